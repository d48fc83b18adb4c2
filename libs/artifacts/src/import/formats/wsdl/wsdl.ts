import type { ImportedApi, ImportedSchema, ImportFormat, ImportInput } from '../../imported-api.js';
import type { XmlTree } from '../xml-tree.js';
import { choosePorts } from './choose-ports.js';
import { openWsdl } from './document.js';
import type { WsdlDocument, WsdlPort } from './document.js';
import { passThroughOperations, schemaName } from './pass-through.js';
import { jsonSchemaName, restOperations } from './soap-to-rest.js';

/** WSDL 1.1: one SOAP operation becomes one operation of a pass-through API, or of one that speaks JSON. */
export const wsdl: ImportFormat = {
  name: 'wsdl',
  recognises: (file, text) =>
    /\.wsdl$/i.test(file) || /<(\w+:)?definitions[\s>]/.test(text.slice(0, 8192)),
  read: readWsdl,
};

function readWsdl(input: ImportInput): ImportedApi | undefined {
  const document = openWsdl(input);
  if (!document) return undefined;
  const ports = choosePorts(document, input);
  const [first] = ports;
  if (!first) return undefined;
  const displayName = first.service ?? document.serviceName;
  const names = {
    ...(displayName ? { displayName } : {}),
    ...(document.documentation ? { description: document.documentation } : {}),
  };
  if (input.soapAs === 'rest') return { ...names, ...asRest(ports, document, input) };
  return {
    type: 'soap',
    ...names,
    ...(first.address ? { serviceUrl: first.address } : {}),
    operations: passThroughOperations(ports),
    schemas: schemasOf(document),
  };
}

/**
 * An API of JSON operations; its address is the origin of the service, the policies know the path. Operations that
 * cannot be had are left out, told, and named in the description; where none can be had, that is an error.
 */
function asRest(
  ports: readonly WsdlPort[],
  document: WsdlDocument,
  { file, report }: ImportInput,
): Pick<ImportedApi, 'type' | 'serviceUrl' | 'operations' | 'schemas' | 'description'> {
  const left = new Map<string, string>();
  const tell = (operation: string, reason: string): void => void left.set(operation, reason);
  const { operations, schemas } = restOperations(ports, document.schemas, tell);
  const severity = operations.length > 0 ? 'warning' : 'error';
  for (const [operation, reason] of left) {
    const message = `The operation '${operation}' cannot be offered as JSON: ${reason}`;
    report({ severity, message, file, line: 1, column: 1 });
  }
  const leftOut = [...left].map(([operation, reason]) => `${operation} (${reason})`).join(' ');
  const description = `${document.documentation} Left out: ${leftOut}`.trim();
  const address = ports[0]?.address;
  const contentType = 'application/vnd.oai.openapi.components+json';
  return {
    type: 'http',
    ...(left.size > 0 ? { description } : {}),
    ...(address !== undefined && URL.canParse(address)
      ? { serviceUrl: new URL(address).origin }
      : {}),
    operations,
    schemas: [
      {
        name: jsonSchemaName,
        properties: { contentType, document: { openapi: '3.0.1', components: { schemas } } },
      },
    ],
  };
}

function schemasOf(document: WsdlDocument): ImportedSchema[] {
  if (document.schemas.length === 0) return [];
  const value = document.schemas.map((schema: XmlTree) => schema.canonical()).join('\n');
  const contentType = 'application/vnd.ms-azure-apim.xsd+xml';
  return [{ name: schemaName, properties: { contentType, document: { value } } }];
}
