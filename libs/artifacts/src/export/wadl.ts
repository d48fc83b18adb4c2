import type { ExportedApi } from './openapi.js';
import { serverPath } from './openapi.js';
import { record, records, text } from './members.js';
import type { Members } from './members.js';
import { element, escapeXml } from './xml.js';

/** The description of an API as WADL (2009): resources by path, their methods, parameters and media types. */
export function exportWadl(exported: ExportedApi): string {
  const byPath = new Map<string, string[]>();
  for (const { id, properties } of exported.operations) {
    const path = text(properties['urlTemplate'], '/').split('?', 1)[0] ?? '/';
    const methods = byPath.get(path) ?? [];
    byPath.set(path, [...methods, methodOf(id.slice(id.lastIndexOf('/') + 1), properties)]);
  }
  const parameters = new Map(
    exported.operations.map(({ properties }): [string, readonly Members[]] => [
      text(properties['urlTemplate'], '/').split('?', 1)[0] ?? '/',
      records(properties['templateParameters']),
    ]),
  );
  const resources = [...byPath].map(([path, methods]) => {
    const inPath = (parameters.get(path) ?? []).filter(({ name }) =>
      path.includes(`{${text(name, '')}}`),
    );
    return element('resource', { path: path.replace(/^\/+/, '') }, [
      ...inPath.map((one) => param(one, 'template')),
      ...methods,
    ]);
  });
  const { displayName, description } = exported.api.properties;
  const title = typeof displayName === 'string' ? displayName : undefined;
  const root = element(
    'application',
    {
      xmlns: 'http://wadl.dev.java.net/2009/02',
      'xmlns:xs': 'http://www.w3.org/2001/XMLSchema',
    },
    [
      ...documentation(title, description),
      element('resources', { base: serverPath(exported) }, resources),
    ],
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${root}\n`;
}

function methodOf(name: string, operation: Members): string {
  const request = record(operation['request']);
  const template = text(operation['urlTemplate'], '/');
  const inQuery = records(operation['templateParameters']).filter(
    (one) => !template.split('?', 1)[0]!.includes(`{${text(one['name'], '')}}`),
  );
  const asked = [
    ...[...inQuery, ...records(request['queryParameters'])].map((one) => param(one, 'query')),
    ...records(request['headers']).map((one) => param(one, 'header')),
    ...representations(request),
  ];
  const title = operation['displayName'];
  return element('method', { name: text(operation['method'], 'GET'), id: name }, [
    ...documentation(typeof title === 'string' ? title : undefined, operation['description']),
    ...(asked.length > 0 ? [element('request', {}, asked)] : []),
    ...records(operation['responses']).map((one) =>
      element('response', { status: String(Number(one['statusCode'])) }, [
        ...documentation(undefined, one['description']),
        ...records(one['headers']).map((header) => param(header, 'header')),
        ...representations(one),
      ]),
    ),
  ]);
}

/** The built-in types of XML Schema that the types of JSON correspond to. */
const types: Readonly<Record<string, string>> = {
  integer: 'xs:long',
  number: 'xs:double',
  boolean: 'xs:boolean',
};

function param(contract: Members, style: 'template' | 'query' | 'header'): string {
  const values = Array.isArray(contract['values']) ? (contract['values'] as unknown[]) : [];
  const fallback = contract['defaultValue'];
  return element(
    'param',
    {
      name: text(contract['name'], ''),
      style,
      type: types[text(contract['type'], '')] ?? 'xs:string',
      required: style === 'template' || contract['required'] === true ? 'true' : undefined,
      default: typeof fallback === 'string' && fallback !== '' ? fallback : undefined,
    },
    values.map((value) => element('option', { value: String(value) })),
  );
}

function representations(holder: Members): string[] {
  return records(holder['representations']).map((one) =>
    element('representation', { mediaType: text(one['contentType'], 'application/json') }),
  );
}

function documentation(title: string | undefined, text: unknown): string[] {
  const described = typeof text === 'string' && text !== '' ? [escapeXml(text)] : [];
  return title === undefined && described.length === 0
    ? []
    : [element('doc', { title }, described)];
}
