import { childrenNamed, readXml } from '../import/formats/xml-tree.js';
import type { XmlTree } from '../import/formats/xml-tree.js';
import type { ExportedApi } from './openapi.js';
import { serverPath } from './openapi.js';
import { record, records, text } from './members.js';
import type { Members } from './members.js';
import { element, escapeXml } from './xml.js';

/** One SOAP operation as an export tells it. */
interface SoapOperation {
  readonly name: string;
  readonly action: string;
  readonly documentation: string;
  /** Local names of the elements that its messages are. */
  readonly input: string | undefined;
  readonly output: string | undefined;
}

const versions = {
  '1.1': { prefix: 'soap', type: 'text/xml', namespace: 'http://schemas.xmlsoap.org/wsdl/soap/' },
  '1.2': {
    prefix: 'soap12',
    type: 'application/soap+xml',
    namespace: 'http://schemas.xmlsoap.org/wsdl/soap12/',
  },
} as const;

/**
 * The description of a SOAP API as WSDL 1.1, document/literal, from its operations and the schemas of its import. The
 * operation that takes any action is left out: a WSDL has no word for it. The address is a path on whatever host
 * serves it.
 */
export function exportWsdl(exported: ExportedApi): string {
  const schemas = schemasOf(exported);
  const operations = operationsOf(exported);
  const own = schemas[0]?.attributes['targetNamespace'] ?? 'urn:api';
  const title = exported.api.properties['displayName'];
  const name =
    (typeof title === 'string' ? title : 'Service').replaceAll(/[^\w.-]/g, '') || 'Service';
  const spoken = (['1.1', '1.2'] as const).filter((one) => speaks(exported, versions[one].type));
  const used = spoken.length > 0 ? spoken : (['1.1'] as const);
  const description = exported.api.properties['description'];
  const root = element(
    'definitions',
    {
      xmlns: 'http://schemas.xmlsoap.org/wsdl/',
      'xmlns:tns': own,
      ...Object.fromEntries(
        used.map((one) => [`xmlns:${versions[one].prefix}`, versions[one].namespace]),
      ),
      name,
      targetNamespace: own,
    },
    [
      ...(typeof description === 'string' ? documentation(description) : []),
      ...(schemas.length > 0
        ? [
            element(
              'types',
              {},
              schemas.map((one) => one.canonical()),
            ),
          ]
        : []),
      ...operations.flatMap((one) => [
        message(`${one.name}Input`, one.input, schemas),
        message(`${one.name}Output`, one.output, schemas),
      ]),
      element('portType', { name: `${name}PortType` }, operations.map(abstractOperation)),
      ...used.map((one) => binding(name, one, operations)),
      service(name, used, serverPath(exported)),
    ],
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${root}\n`;
}

function schemasOf({ schemas }: ExportedApi): XmlTree[] {
  const texts = schemas.flatMap(({ properties }) => {
    const { value } = record(properties['document']);
    return typeof value === 'string' && /xsd\+xml/.test(text(properties['contentType'], ''))
      ? [value]
      : [];
  });
  return texts.flatMap((text) => {
    const root = readXml({ text: `<types>${text}</types>`, file: 'schemas', report: () => {} });
    return root ? childrenNamed(root, 'schema') : [];
  });
}

function operationsOf({ operations }: ExportedApi): SoapOperation[] {
  return operations.flatMap(({ properties }) => {
    const action = /[?&]soapAction=(.*)$/i.exec(text(properties['urlTemplate'], ''))?.[1];
    if (action === undefined || action.startsWith('{')) return [];
    const [response] = records(properties['responses']);
    const request = record(properties['request']);
    return [
      {
        name: text(properties['displayName'], '').replaceAll(/[^\w.-]/g, ''),
        action,
        documentation: text(properties['description'], ''),
        input: typeOf(request),
        output: response && typeOf(response),
      },
    ];
  });
}

function typeOf(holder: Members): string | undefined {
  const name = records(holder['representations'])[0]?.['typeName'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function speaks({ operations }: ExportedApi, contentType: string): boolean {
  return operations.some(({ properties }) => {
    return records(record(properties['request'])['representations']).some(
      (one) => one['contentType'] === contentType,
    );
  });
}

function message(name: string, part: string | undefined, schemas: readonly XmlTree[]): string {
  const schema = schemas.find((one) =>
    childrenNamed(one, 'element').some(({ attributes }) => attributes['name'] === part),
  );
  const namespace = schema?.attributes['targetNamespace'] ?? '';
  const parts =
    part === undefined || !schema
      ? []
      : [
          element('part', {
            name: 'parameters',
            'xmlns:m': namespace === '' ? undefined : namespace,
            element: namespace === '' ? part : `m:${part}`,
          }),
        ];
  return element('message', { name }, parts);
}

function abstractOperation({ name, documentation: text }: SoapOperation): string {
  return element('operation', { name }, [
    ...documentation(text),
    element('input', { message: `tns:${name}Input` }),
    element('output', { message: `tns:${name}Output` }),
  ]);
}

function binding(
  name: string,
  version: keyof typeof versions,
  operations: readonly SoapOperation[],
): string {
  const { prefix } = versions[version];
  const body = [element(`${prefix}:body`, { use: 'literal' })];
  return element('binding', { name: bindingName(name, version), type: `tns:${name}PortType` }, [
    element(`${prefix}:binding`, {
      style: 'document',
      transport: 'http://schemas.xmlsoap.org/soap/http',
    }),
    ...operations.map((one) =>
      element('operation', { name: one.name }, [
        element(`${prefix}:operation`, { soapAction: one.action, style: 'document' }),
        element('input', {}, body),
        element('output', {}, body),
      ]),
    ),
  ]);
}

function service(name: string, used: readonly (keyof typeof versions)[], path: string): string {
  const ports = used.map((version) =>
    element(
      'port',
      { name: bindingName(name, version), binding: `tns:${bindingName(name, version)}` },
      [element(`${versions[version].prefix}:address`, { location: path })],
    ),
  );
  return element('service', { name }, ports);
}

function bindingName(name: string, version: keyof typeof versions): string {
  return `${name}Soap${version === '1.2' ? '12' : ''}`;
}

function documentation(text: string): string[] {
  return text === '' ? [] : [element('documentation', {}, [escapeXml(text)])];
}
