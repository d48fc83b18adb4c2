import { isRecord } from '../folder/parse-text.js';

type Members = Readonly<Record<string, unknown>>;

/** An OpenAPI 3.0 document of {@link exportApi} as OpenAPI 2.0. */
export function asSwagger(document: Members): Record<string, unknown> {
  const components = members(document['components']);
  const [server] = list(document['servers']);
  const more = document['x-ms-paths'];
  const { schemas, securitySchemes } = components;
  return renamed({
    swagger: '2.0',
    info: document['info'],
    basePath: members(server)['url'] ?? '/',
    schemes: ['https'],
    paths: pathItems(document['paths']),
    ...(more === undefined ? {} : { 'x-ms-paths': pathItems(more) }),
    ...(schemas === undefined ? {} : { definitions: schemas }),
    ...(securitySchemes === undefined
      ? {}
      : { securityDefinitions: securitySchemes, security: document['security'] }),
  }) as Record<string, unknown>;
}

function pathItems(paths: unknown): unknown {
  return Object.fromEntries(
    Object.entries(members(paths)).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(members(item)).map(([method, one]) => [method, operation(members(one))]),
      ),
    ]),
  );
}

function operation(one: Members): Members {
  const { parameters, requestBody, responses, ...rest } = one;
  const body = members(members(requestBody)['content']);
  const produces = new Set<string>();
  const answers = Object.entries(members(responses)).map(([code, answer]) => {
    const { content, headers, ...plain } = members(answer);
    const types = Object.entries(members(content));
    for (const [type] of types) produces.add(type);
    const examples = types.flatMap(([type, media]) => {
      const value = exampleOf(members(media));
      return value === undefined ? [] : [[type, value]];
    });
    return [
      code,
      {
        ...plain,
        ...(types[0] ? schemaOf(members(types[0][1])) : {}),
        ...(headers === undefined ? {} : { headers: flatHeaders(members(headers)) }),
        ...(examples.length > 0 ? { examples: Object.fromEntries(examples) as unknown } : {}),
      },
    ];
  });
  const all = [...list(parameters).map((parameter) => flat(members(parameter))), ...bodyOf(body)];
  return {
    ...rest,
    ...(Object.keys(body).length > 0 ? { consumes: Object.keys(body) } : {}),
    ...(produces.size > 0 ? { produces: [...produces] } : {}),
    ...(all.length > 0 ? { parameters: all } : {}),
    responses: Object.fromEntries(answers) as unknown,
  };
}

/** A form becomes one parameter a field; any other body is one parameter. */
function bodyOf(content: Members): Members[] {
  const [first] = Object.entries(content);
  if (!first) return [];
  const [type, media] = first;
  const schema = members(members(media)['schema']);
  if (!/form/i.test(type) || !isRecord(schema['properties']))
    return [{ name: 'body', in: 'body', ...schemaOf(members(media)) }];
  const required = new Set(list(schema['required']));
  return Object.entries(schema['properties']).map(([name, field]) => ({
    name,
    in: 'formData',
    ...(required.has(name) ? { required: true } : {}),
    ...simple(members(field)),
  }));
}

function schemaOf(media: Members): Members {
  return media['schema'] === undefined ? {} : { schema: media['schema'] };
}

function exampleOf({ example, examples }: Members): unknown {
  if (example !== undefined) return example;
  return members(Object.values(members(examples))[0])['value'];
}

/** In 2.0 the schema's members stand in the parameter itself, and may be no reference. */
function flat(parameter: Members): Members {
  const { schema, examples: _examples, ...rest } = parameter;
  return { ...rest, ...simple(members(schema)) };
}

function flatHeaders(headers: Members): Members {
  return Object.fromEntries(
    Object.entries(headers).map(([name, one]) => [name, flat(members(one))]),
  );
}

function simple(schema: Members): Members {
  return '$ref' in schema || schema['type'] === 'object' ? { type: 'string' } : schema;
}

/** References of 3.0 lead to `components.schemas`, those of 2.0 to `definitions`. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === '$ref' && typeof one === 'string'
        ? one.replace(/^#\/components\/schemas\//, '#/definitions/')
        : renamed(one),
    ]),
  );
}

function members(value: unknown): Members {
  return isRecord(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
