import type { OperationCall } from '../connector.js';
import type { ConnectorDefinition, Parameter } from './definition.js';
import { textOf } from './expressions.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * `POST /operations/{operationId}` with parameters by name, as actions of the type OpenApiConnection call: the same
 * call by method and path. Parts of a body parameter stand under `name/part`. A call of another form stays as it is.
 */
export function byOperationId(definition: ConnectorDefinition, call: OperationCall): OperationCall {
  const [, id] = /^\/operations\/([^/]+)$/.exec(call.path) ?? [];
  const values = call.method === 'POST' && id !== undefined ? valuesOf(call) : undefined;
  const operation = definition.operations.find(({ operationId }) => operationId === decoded(id));
  if (!values || !operation) return call;
  const query = new URLSearchParams(call.query);
  const headers: Record<string, string> = { ...call.headers };
  let path = operation.template;
  let body = Buffer.from('');
  delete headers['content-type'];
  for (const parameter of operation.parameters) {
    const value = valueOf(parameter, values);
    if (value === undefined || value === null) continue;
    if (parameter.in === 'query') query.set(parameter.name, textOf(value));
    else if (parameter.in === 'header') headers[parameter.name.toLowerCase()] = textOf(value);
    else if (parameter.in === 'path')
      path = path.replaceAll(`{${parameter.name}}`, () => encoded(parameter, value));
    else if (parameter.in === 'body') {
      body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
      headers['content-type'] = 'application/json';
    }
  }
  return { ...call, method: operation.method, path, query, headers, body };
}

function decoded(id: string | undefined): string | undefined {
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function encoded(parameter: Parameter, value: unknown): string {
  const once = encodeURIComponent(textOf(value));
  return parameter['x-ms-url-encoding'] === 'double' ? encodeURIComponent(once) : once;
}

function valuesOf(call: OperationCall): Values | undefined {
  try {
    const value: unknown = JSON.parse(call.body.toString('utf8') || '{}');
    return typeof value === 'object' && value !== null ? (value as Values) : undefined;
  } catch {
    return undefined;
  }
}

/** The value of a parameter; of a body put together from its parts. */
function valueOf(parameter: Parameter, values: Values): unknown {
  if (Object.hasOwn(values, parameter.name)) return values[parameter.name];
  if (parameter.in !== 'body') return undefined;
  const parts = Object.entries(values).filter(([name]) => name.startsWith(`${parameter.name}/`));
  if (parts.length === 0) return undefined;
  const body: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of parts) {
    const keys = name.split('/').slice(1);
    let at = body;
    for (const key of keys.slice(0, -1)) {
      const inner = at[key];
      at = (
        typeof inner === 'object' && inner !== null
          ? inner
          : (at[key] = Object.create(null) as Record<string, unknown>)
      ) as Record<string, unknown>;
    }
    at[keys.at(-1) ?? ''] = value;
  }
  return body;
}
