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
 * SOAP to REST: `POST /<operation>` with a JSON body for each operation of a document/literal port, and the policy that
 * makes an envelope of the body and JSON of the answer (the shape that Azure's import gives it).
 * @param tell is told why an operation cannot be had
 */
export function restOperations(
  port: WsdlPort,
  schemas: readonly XmlTree[],
  tell: (message: string) => void,
): RestOperations {
  const shapes = new XsdShapes(schemas);
  const unique = uniqueNames();
  const described: Record<string, unknown> = {};
  const operations = port.operations.flatMap((operation) => {
    try {
      const [input, output] = [
        wrapper(operation, 'input', shapes),
        wrapper(operation, 'output', shapes),
      ];
      described[operation.name] = jsonSchema(wrapped(input));
      described[`${operation.name}Response`] = jsonSchema(wrapped(output));
      return [operationOf(operation, port, { input, output, name: unique(nameOf(operation)) })];
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      tell(`The operation '${operation.name}' cannot be offered as JSON: ${error.message}`);
      return [];
    }
  });
  return { operations, schemas: described };
}

function nameOf({ name }: WsdlOperation): string {
  return isResourceName(name) ? name : normaliseOperationName(name);
}

/** The element that a message of document style is. */
function wrapper(
  operation: WsdlOperation,
  direction: 'input' | 'output',
  shapes: XsdShapes,
): Field {
  if (operation.style === 'rpc') throw new ShapeError('it has the style rpc.');
  const element = operation.elements[direction];
  if (element === undefined)
    throw new ShapeError(`its ${direction} is not one part that names an element.`);
  return shapes.element(element);
}

/** A message in JSON is an object with one member, the element. */
function wrapped(field: Field): Shape {
  return { kind: 'object', fields: [field] };
}

function operationOf(
  operation: WsdlOperation,
  port: WsdlPort,
  { input, output, name }: { readonly input: Field; readonly output: Field; readonly name: string },
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
  { input, output }: { readonly input: Field; readonly output: Field },
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
