import type { ImportedOperation } from '../../imported-api.js';
import { isResourceName, normaliseOperationName, uniqueNames } from '../../operation-name.js';
import type { XmlTree } from '../xml-tree.js';
import type { WsdlOperation, WsdlPort } from './document.js';
import { jsonName, requestTemplate, responseTemplate } from './liquid-templates.js';
import { listOf, ShapeError, XsdShapes } from './xsd-shapes.js';
import type { Field, Shape } from './xsd-shapes.js';

/** Name of the schema that describes the JSON of the operations. */
export const jsonSchemaName = 'openapi-components';

/** What an import as REST makes: operations with their policies, and the schemas of their JSON. */
export interface RestOperations {
  readonly operations: readonly ImportedOperation[];
  readonly schemas: Readonly<Record<string, unknown>>;
}

/**
 * SOAP to REST: `POST /<operation>` with a JSON body for each operation of the ports, and the policy that makes an
 * envelope of the body and JSON of the answer (the shape that Azure's import gives it). An operation that several ports
 * have is called at the first one.
 * @param tell is told which operation cannot be had, and why
 */
export function restOperations(
  ports: readonly WsdlPort[],
  schemas: readonly XmlTree[],
  tell: (operation: string, reason: string) => void,
): RestOperations {
  const shapes = new XsdShapes(schemas);
  const unique = uniqueNames();
  const described: Record<string, unknown> = {};
  const known = new Set<string>();
  const all = ports.flatMap((port) => port.operations.map((operation) => ({ port, operation })));
  const operations = all.flatMap(({ port, operation }) => {
    if (known.has(operation.name)) return [];
    known.add(operation.name);
    try {
      const input = bodyOf(operation, 'input', shapes);
      const output = bodyOf(operation, 'output', shapes);
      described[operation.name] = jsonSchema({ kind: 'object', fields: input });
      described[`${operation.name}Response`] = jsonSchema({ kind: 'object', fields: output });
      return [operationOf(operation, port, { input, output, name: unique(nameOf(operation)) })];
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      tell(operation.name, error.message);
      return [];
    }
  });
  return { operations, schemas: described };
}

function nameOf({ name }: WsdlOperation): string {
  return isResourceName(name) ? name : normaliseOperationName(name);
}

/**
 * The elements in the body of a message: for the style document those that its parts name, for rpc one of the
 * operation's name with an element for each part (WS-I Basic Profile 1.1, section 4.7). JSON has a member for each.
 */
function bodyOf(
  operation: WsdlOperation,
  direction: 'input' | 'output',
  shapes: XsdShapes,
): readonly Field[] {
  const message = operation.messages[direction];
  // An operation that is not answered.
  if (!message) return [];
  if (message.encoded) throw new ShapeError(`its ${direction} has the use encoded.`);
  const single = { many: false, optional: false, nillable: false };
  if (operation.style === 'document') {
    return message.parts.map(({ name, element }) => {
      if (!element)
        throw new ShapeError(`the part '${name}' of its ${direction} names no element.`);
      return shapes.element(element);
    });
  }
  const fields = message.parts.map(({ name, element, type }): Field => {
    const shape = element ? shapes.element(element).shape : type && shapes.type(type);
    if (!shape) throw new ShapeError(`the part '${name}' of its ${direction} names no type.`);
    return { name, namespace: '', ...single, shape };
  });
  const name = direction === 'input' ? operation.name : `${operation.name}Response`;
  const { namespace } = message;
  return [{ name, namespace, ...single, shape: { kind: 'object', fields } }];
}

/** What the bodies of an operation's messages hold. */
interface Bodies {
  readonly input: readonly Field[];
  readonly output: readonly Field[];
}

function operationOf(
  operation: WsdlOperation,
  port: WsdlPort,
  { input, output, name }: Bodies & { readonly name: string },
): ImportedOperation {
  const representation = (typeName: string): object[] => [
    { contentType: 'application/json', schemaId: jsonSchemaName, typeName },
  ];
  return {
    name,
    properties: {
      displayName: operation.name,
      method: 'POST',
      urlTemplate: `/${operation.name}`,
      ...(operation.documentation ? { description: operation.documentation } : {}),
      templateParameters: [],
      request: {
        queryParameters: [],
        headers: [],
        representations: representation(operation.name),
      },
      responses: [
        {
          statusCode: 200,
          description: '',
          headers: [],
          representations: representation(`${operation.name}Response`),
        },
      ],
    },
    policy: policyOf(operation, port, { input, output }),
  };
}

/** Makes the error body of a fault; an answer that is none is told as it is. */
const faultAsError = `        <set-variable name="old-body" value="@(context.Response.Body.As&lt;string&gt;(preserveContent: true))" />
        <set-body>@{
          var text = (string)context.Variables["old-body"];
          var error = new JObject();
          try
          {
            var fault = XElement.Parse(text).Descendants().First(one => one.Name.LocalName == "Fault");
            var code = fault.Descendants().FirstOrDefault(one => one.Name.LocalName == "faultcode" || one.Name.LocalName == "Value");
            var reason = fault.Descendants().FirstOrDefault(one => one.Name.LocalName == "faultstring" || one.Name.LocalName == "Text");
            error["code"] = code == null ? "" : code.Value;
            error["message"] = reason == null ? "" : reason.Value;
          }
          catch (Exception)
          {
            error["code"] = "InvalidErrorResponseBody";
            error["message"] = "The answer of the service is no SOAP fault: '" + text + "'.";
          }
          return new JObject(new JProperty("error", error)).ToString();
        }</set-body>`;

function policyOf(
  { action }: WsdlOperation,
  { soap, address }: WsdlPort,
  { input, output }: Bodies,
): string {
  const path = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  const contentType =
    soap === '1.2'
      ? `application/soap+xml; charset=utf-8; action="${action}"`
      : 'text/xml; charset=utf-8';
  const header =
    soap === '1.2'
      ? ''
      : `
    <set-header name="SOAPAction" exists-action="override">
      <value>"${escape(action)}"</value>
    </set-header>`;
  return `<policies>
  <inbound>
    <base />
    <rewrite-uri template="${escape(`${path?.pathname ?? '/'}${path?.search ?? ''}`)}" copy-unmatched-params="false" />${header}
    <set-body template="liquid">
${requestTemplate(input, soap ?? '1.1')}
    </set-body>
    <set-header name="Content-Type" exists-action="override">
      <value>${escape(contentType)}</value>
    </set-header>
  </inbound>
  <backend>
    <base />
  </backend>
  <outbound>
    <base />
    <choose>
      <when condition="@(context.Response.StatusCode &lt; 400)">
        <set-body template="liquid">
${responseTemplate(output)}
        </set-body>
      </when>
      <otherwise>
${faultAsError}
      </otherwise>
    </choose>
    <set-header name="Content-Type" exists-action="override">
      <value>application/json</value>
    </set-header>
  </outbound>
  <on-error>
    <base />
  </on-error>
</policies>
`;
}

function jsonSchema(shape: Shape): Record<string, unknown> {
  if (shape.kind === 'text') return { type: 'string' };
  if (shape.kind !== 'object') return { type: shape.kind };
  return {
    type: 'object',
    properties: Object.fromEntries(
      shape.fields.map((field) => {
        const list = listOf(field);
        const one = jsonSchema(list?.shape ?? field.shape);
        const value = list || field.many ? { type: 'array', items: one } : one;
        return [jsonName(field.name), field.nillable ? { ...value, nullable: true } : value];
      }),
    ),
  };
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
