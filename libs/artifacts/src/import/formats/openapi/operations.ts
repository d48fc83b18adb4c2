import { isRecord } from '../../../folder/parse-text.js';
import type { ImportedOperation, ImportInput } from '../../imported-api.js';
import { isResourceName, normaliseOperationName, uniqueNames } from '../../operation-name.js';
import { strings } from './document.js';
import type { OpenApiDocument } from './document.js';
import { mergeParameters, parameterContract } from './parameters.js';
import type { OpenApiParameter } from './parameters.js';
import { contentRepresentations, schemaRepresentations } from './representations.js';
import { inlineTypeName } from './schemas.js';
import type { ComponentSchemas } from './schemas.js';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

interface Place {
  readonly path: string;
  readonly method: string;
  readonly operation: Readonly<Record<string, unknown>>;
  readonly parameters: readonly OpenApiParameter[];
}

/** The operations of a document in its order; `x-ms-paths` count as paths. */
export function readOperations(
  document: OpenApiDocument,
  schemas: ComponentSchemas,
  input: ImportInput,
): ImportedOperation[] {
  const unique = uniqueNames();
  const operations: ImportedOperation[] = [];
  for (const paths of [document.root['paths'], document.root['x-ms-paths']]) {
    if (!isRecord(paths)) continue;
    for (const [path, written] of Object.entries(paths)) {
      const item = path.startsWith('x-') ? undefined : document.resolve(written);
      if (!item) continue;
      for (const method of methods) {
        const operation = document.resolve(item[method]);
        if (!operation) continue;
        const parameters = mergeParameters(document, item['parameters'], operation['parameters']);
        const place = { path, method, operation, parameters };
        const name = unique(operationName(place, input));
        operations.push({ name, properties: operationProperties(document, schemas, place, input) });
      }
    }
  }
  return operations;
}

function operationName({ path, method, operation }: Place, input: ImportInput): string {
  const id = operation['operationId'];
  if (typeof id !== 'string' || id === '')
    return normaliseOperationName(`${method}-${path}`) || method;
  if (input.operationNames === 'verbatim' && isResourceName(id)) return id;
  return normaliseOperationName(id) || normaliseOperationName(`${method}-${path}`);
}

function operationProperties(
  document: OpenApiDocument,
  schemas: ComponentSchemas,
  place: Place,
  input: ImportInput,
): Record<string, unknown> {
  const { path, method, operation, parameters } = place;
  // A name stands once in a template: a query parameter named as one of the path stays in the query.
  const inTemplate = (one: OpenApiParameter): boolean =>
    one.in === 'path' ||
    (one.in === 'query' &&
      one['required'] === true &&
      input.requiredQueryParameters === 'template' &&
      !parameters.some((other) => other.in === 'path' && other.name === one.name));
  const contract = (one: OpenApiParameter): Record<string, unknown> =>
    parameterContract(document, one, {
      schemas,
      typeName: inlineTypeName(path, method, `${one.name}-parameter`),
    });
  const template = parameters.filter(inTemplate);
  const id = operation['operationId'];
  const fallback = typeof id === 'string' && id !== '' ? id : `${method.toUpperCase()} - ${path}`;
  const summary = operation['summary'];
  return {
    displayName: typeof summary === 'string' && summary !== '' ? summary.slice(0, 300) : fallback,
    method: method.toUpperCase(),
    urlTemplate: urlTemplate(path, template),
    ...(typeof operation['description'] === 'string'
      ? { description: operation['description'] }
      : {}),
    templateParameters: template.map(contract),
    request: {
      queryParameters: parameters
        .filter((one) => one.in === 'query' && !inTemplate(one))
        .map(contract),
      headers: parameters.filter((one) => one.in === 'header').map(contract),
      representations: requestRepresentations(document, schemas, place),
    },
    responses: responses(document, schemas, place),
  };
}

/** Required query parameters stand in the template and so take part in matching. */
function urlTemplate(path: string, template: readonly OpenApiParameter[]): string {
  const missing = template.filter((one) => one.in === 'query' && !path.includes(`{${one.name}}`));
  const query = missing.map((one) => `${one.name}={${one.name}}`).join('&');
  if (query === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

function requestRepresentations(
  document: OpenApiDocument,
  schemas: ComponentSchemas,
  { path, method, operation, parameters }: Place,
): Record<string, unknown>[] {
  const naming = { schemas, typeName: inlineTypeName(path, method, 'request') };
  if (document.version === 3) {
    const body = document.resolve(operation['requestBody']);
    return contentRepresentations(document, body?.['content'], naming);
  }
  const own = strings(operation['consumes']);
  const consumes = own.length > 0 ? own : document.consumes;
  const body = parameters.find((one) => one.in === 'body');
  if (body) return schemaRepresentations(consumes, { schema: body['schema'] }, naming);
  const form = parameters.filter((one) => one.in === 'formData');
  if (form.length === 0) return [];
  const types = consumes.filter((type) => /form/i.test(type));
  return (types.length > 0 ? types : ['application/x-www-form-urlencoded']).map((contentType) => ({
    contentType,
    formParameters: form.map((one) =>
      parameterContract(document, one, {
        schemas,
        typeName: inlineTypeName(path, method, `${one.name}-form`),
      }),
    ),
  }));
}

function responses(
  document: OpenApiDocument,
  schemas: ComponentSchemas,
  { path, method, operation }: Place,
): Record<string, unknown>[] {
  if (!isRecord(operation['responses'])) return [];
  const own = strings(operation['produces']);
  const produces = own.length > 0 ? own : document.produces;
  return Object.entries(operation['responses']).flatMap(([code, written]) => {
    const response = document.resolve(written);
    if (!response || code.startsWith('x-')) return [];
    const naming = { schemas, typeName: inlineTypeName(path, method, `${code}-response`) };
    const statusCode = /^\d{3}$/.test(code) ? Number(code) : code;
    const headers = Object.entries(isRecord(response['headers']) ? response['headers'] : {}).map(
      ([name, header]) => {
        const parameter = { ...document.resolve(header), name, in: 'header' };
        const typeName = inlineTypeName(path, method, `${code}-${name}-header`);
        return parameterContract(document, parameter, { schemas, typeName });
      },
    );
    const representations =
      document.version === 3
        ? contentRepresentations(document, response['content'], naming)
        : schemaRepresentations(produces, response, naming);
    const description = typeof response['description'] === 'string' ? response['description'] : '';
    return [{ statusCode, description, headers, representations }];
  });
}
