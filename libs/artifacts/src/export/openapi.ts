import { isRecord } from '../folder/parse-text.js';
import { record, records, text } from './members.js';
import type { Members } from './members.js';
import type { Resource } from '../resource.js';
import { asSwagger } from './swagger.js';

/** An API with what belongs to it, as resources. */
export interface ExportedApi {
  readonly api: Resource;
  readonly operations: readonly Resource[];
  readonly schemas: readonly Resource[];
  /** Version set of the API, if it has one. */
  readonly versionSet?: Resource | undefined;
}

/** Formats that an API is exported in. */
export type ExportFormat = 'openapi' | 'swagger';

/**
 * The description of an API as an object: OpenAPI 3.0.1, as Azure exports it, or OpenAPI 2.0 for `swagger`. What
 * gateways ask for (subscription key, version) is part of it; the server is a path on whatever host serves it.
 */
export function exportApi(exported: ExportedApi, format: ExportFormat): Record<string, unknown> {
  const document = openapi(exported);
  return format === 'openapi' ? document : asSwagger(document);
}

function openapi(exported: ExportedApi): Record<string, unknown> {
  const { properties } = exported.api;
  const paths: Record<string, Record<string, unknown>> = {};
  // Operations that only the query tells apart: OpenAPI has no room for them but in this extension, as Azure takes it.
  const more: Record<string, Record<string, unknown>> = {};
  for (const { id, properties: operation } of exported.operations) {
    const template = text(operation['urlTemplate'], '/') || '/';
    const method = text(operation['method'], 'GET').toLowerCase();
    const path = pathOf(template);
    const taken = paths[path]?.[method] !== undefined;
    const item = taken ? (more[template] ??= {}) : (paths[path] ??= {});
    item[method] = operationOf(id, operation, exported);
  }
  const schemas = namedSchemas(exported.schemas);
  const keys = keySchemes(properties);
  const components = {
    ...(Object.keys(schemas).length > 0 ? { schemas } : {}),
    ...(keys ? { securitySchemes: keys } : {}),
  };
  return {
    openapi: '3.0.1',
    info: {
      title: text(properties['displayName'], exported.api.id.slice('/apis/'.length)),
      ...optional('description', properties['description']),
      version: text(properties['apiVersion'], '1.0'),
    },
    servers: [{ url: serverPath(exported) }],
    paths,
    ...(Object.keys(more).length > 0 ? { 'x-ms-paths': more } : {}),
    ...(Object.keys(components).length > 0 ? { components } : {}),
    ...(keys ? { security: Object.keys(keys).map((name) => ({ [name]: [] })) } : {}),
  };
}

/** The template without its query parameters, which are told as such; fixed pairs (`?op=list`) stay, they tell operations apart. */
function pathOf(template: string): string {
  const [path = '', query = ''] = template.split(/\?(.*)/s);
  const fixed = query.split('&').filter((pair) => pair !== '' && !pair.includes('{'));
  return `${path || '/'}${fixed.length > 0 ? `?${fixed.join('&')}` : ''}`;
}

/** The API's own path; a version that is a segment of it belongs to it. */
export function serverPath({ api, versionSet }: ExportedApi): string {
  const { path, apiVersion } = api.properties;
  const scheme = versionSet?.properties['versioningScheme'];
  const version = scheme === 'Segment' && typeof apiVersion === 'string' ? [apiVersion] : [];
  return `/${[text(path, ''), ...version].filter((one) => one !== '').join('/')}`;
}

function keySchemes(api: Members): Record<string, unknown> | undefined {
  if (api['subscriptionRequired'] === false) return undefined;
  const names = record(api['subscriptionKeyParameterNames']);
  const header = text(names['header'], 'Ocp-Apim-Subscription-Key');
  const query = text(names['query'], 'subscription-key');
  return {
    apiKeyHeader: { type: 'apiKey', name: header, in: 'header' },
    apiKeyQuery: { type: 'apiKey', name: query, in: 'query' },
  };
}

function operationOf(id: string, operation: Members, exported: ExportedApi): Members {
  const request = record(operation['request']);
  const template = text(operation['urlTemplate'], '/');
  const path = template.split('?', 1)[0] ?? '';
  const place = (one: Members): string =>
    path.includes(`{${text(one['name'], '')}}`) || path.includes(`{*${text(one['name'], '')}}`)
      ? 'path'
      : 'query';
  const parameters = [
    ...records(operation['templateParameters']).map((one) => parameter(one, place(one))),
    ...records(request['queryParameters']).map((one) => parameter(one, 'query')),
    ...records(request['headers']).map((one) => parameter(one, 'header')),
    ...versionParameter(exported),
  ];
  const content = contentOf(records(request['representations']));
  const hasBody = Object.keys(content).length > 0;
  return {
    summary: text(operation['displayName'], ''),
    ...optional('description', operation['description']),
    operationId: id.slice(id.lastIndexOf('/') + 1),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody
      ? { requestBody: { ...optional('description', request['description']), content } }
      : {}),
    responses: responsesOf(records(operation['responses'])),
  };
}

/** Header or query parameter that chooses the version. */
function versionParameter({ api, versionSet }: ExportedApi): Members[] {
  const { versioningScheme, versionHeaderName, versionQueryName } = versionSet?.properties ?? {};
  const { apiVersion } = api.properties;
  const place =
    versioningScheme === 'Header' ? 'header' : versioningScheme === 'Query' ? 'query' : '';
  const name = place === 'header' ? versionHeaderName : versionQueryName;
  if (place === '' || typeof name !== 'string' || typeof apiVersion !== 'string') return [];
  return [{ name, in: place, required: true, schema: { type: 'string', enum: [apiVersion] } }];
}

function parameter(contract: Members, place: string): Members {
  const values = Array.isArray(contract['values']) ? (contract['values'] as unknown[]) : [];
  const { typeName, defaultValue, examples } = contract;
  const schema =
    typeof typeName === 'string'
      ? { $ref: `#/components/schemas/${pointer(typeName)}` }
      : {
          type: text(contract['type'], 'string') || 'string',
          ...(values.length > 0 ? { enum: values } : {}),
          ...optional('default', defaultValue),
        };
  return {
    name: text(contract['name'], '').replace(/^\*/, ''),
    in: place,
    ...optional('description', contract['description']),
    ...(place === 'path' || contract['required'] === true ? { required: true } : {}),
    schema,
    ...(isRecord(examples) ? { examples } : {}),
  };
}

function contentOf(representations: readonly Members[]): Record<string, unknown> {
  return Object.fromEntries(
    representations.map((one) => {
      const { typeName, examples, sample } = one;
      const form = records(one['formParameters']);
      const schema =
        form.length > 0
          ? formSchema(form)
          : typeof typeName === 'string' && typeName !== ''
            ? { $ref: `#/components/schemas/${pointer(typeName)}` }
            : undefined;
      const shown = isRecord(examples) ? { examples } : optional('example', sample);
      return [
        text(one['contentType'], 'application/json'),
        { ...optional('schema', schema), ...shown },
      ];
    }),
  );
}

function formSchema(form: readonly Members[]): Members {
  const required = form.filter((one) => one['required'] === true).map((one) => one['name']);
  return {
    ...(required.length > 0 ? { required } : {}),
    type: 'object',
    properties: Object.fromEntries(
      form.map((one) => [text(one['name'], ''), parameter(one, 'form')['schema']]),
    ),
  };
}

function responsesOf(responses: readonly Members[]): Record<string, unknown> {
  const all = responses.map((one): [string, unknown] => {
    const content = contentOf(records(one['representations']));
    const headers = records(one['headers']).map((header): [string, unknown] => {
      const { name, in: _place, required: _required, ...rest } = parameter(header, 'header');
      return [String(name), rest];
    });
    return [
      String(one['statusCode']),
      {
        description: text(one['description'], ''),
        ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
        ...(Object.keys(content).length > 0 ? { content } : {}),
      },
    ];
  });
  return all.length > 0 ? Object.fromEntries(all) : { 200: { description: '' } };
}

/** The schemas of all schema resources under their names. */
function namedSchemas(resources: readonly Resource[]): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const { properties } of resources) {
    const document = record(properties['document']);
    const found = {
      ...record(document['definitions']),
      ...record(record(document['components'])['schemas']),
    };
    for (const [name, schema] of Object.entries(found)) named[name] = schema;
  }
  return named;
}

function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function optional(name: string, value: unknown): Members {
  return value === undefined || value === null || value === '' ? {} : { [name]: value };
}
