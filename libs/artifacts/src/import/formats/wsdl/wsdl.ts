import type {
  ImportedApi,
  ImportedOperation,
  ImportedSchema,
  ImportFormat,
  ImportInput,
} from '../../imported-api.js';
import { isResourceName, normaliseOperationName, uniqueNames } from '../../operation-name.js';
import type { XmlTree } from '../xml-tree.js';
import { openWsdl } from './document.js';
import type { WsdlDocument, WsdlOperation, WsdlPort } from './document.js';

/** WSDL 1.1: one SOAP operation becomes one operation of a pass-through API. */
export const wsdl: ImportFormat = {
  name: 'wsdl',
  recognises: (file, text) =>
    /\.wsdl$/i.test(file) || /<(\w+:)?definitions[\s>]/.test(text.slice(0, 8192)),
  read: readWsdl,
};

const schemaName = 'wsdl-types';

function readWsdl(input: ImportInput): ImportedApi | undefined {
  const document = openWsdl(input);
  if (!document) return undefined;
  const port = document.ports.find((one) => one.soap !== undefined);
  if (!port) {
    const message = 'The document binds no port to SOAP 1.1 or SOAP 1.2 over HTTP.';
    input.report({ severity: 'error', message, file: input.file, line: 1, column: 1 });
    return undefined;
  }
  const unique = uniqueNames();
  const operations = port.operations.map((operation) => operationOf(operation, port, unique));
  const displayName = document.serviceName;
  return {
    type: 'soap',
    ...(displayName ? { displayName } : {}),
    ...(document.documentation ? { description: document.documentation } : {}),
    ...(port.address ? { serviceUrl: port.address } : {}),
    operations,
    schemas: schemasOf(document),
  };
}

/** "POST /?soapAction=<action>", the template that Azure's SOAP pass-through import makes. */
function operationOf(
  operation: WsdlOperation,
  port: WsdlPort,
  unique: (name: string) => string,
): ImportedOperation {
  const contentType = port.soap === '1.2' ? 'application/soap+xml' : 'text/xml';
  const name = isResourceName(operation.name)
    ? operation.name
    : normaliseOperationName(operation.name);
  const representation = (element: string | undefined): Record<string, unknown> => ({
    contentType,
    ...(element ? { schemaId: schemaName, typeName: element } : {}),
  });
  return {
    name: unique(name),
    properties: {
      displayName: operation.name,
      method: 'POST',
      urlTemplate: `/?soapAction=${operation.action}`,
      ...(operation.documentation ? { description: operation.documentation } : {}),
      templateParameters: [],
      request: {
        queryParameters: [],
        headers: [],
        representations: [representation(operation.input)],
      },
      responses: [
        {
          statusCode: 200,
          description: '',
          headers: [],
          representations: [representation(operation.output)],
        },
      ],
    },
  };
}

function schemasOf(document: WsdlDocument): ImportedSchema[] {
  if (document.schemas.length === 0) return [];
  const value = document.schemas.map((schema: XmlTree) => schema.canonical()).join('\n');
  const contentType = 'application/vnd.ms-azure-apim.xsd+xml';
  return [{ name: schemaName, properties: { contentType, document: { value } } }];
}
