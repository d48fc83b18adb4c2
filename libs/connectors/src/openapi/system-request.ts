import { ConnectorError, type OperationCall } from '../connector.js';
import { forwardableHeaders, type SystemRequest } from '../send.js';
import type { ConnectorDefinition, ConnectorOperation } from './definition.js';
import { textOf } from './expressions.js';

/** An operation and the values of its path, decoded. */
export interface MatchedCall {
  readonly operation: ConnectorOperation;
  readonly pathValues: Readonly<Record<string, string>>;
}

/** The operation that a call is for. @throws ConnectorError 404 where the definition has none, 400 of bad values */
export function matchOperation(definition: ConnectorDefinition, call: OperationCall): MatchedCall {
  for (const operation of definition.operations) {
    const match = operation.method === call.method ? operation.pattern.exec(call.path) : null;
    if (!match) continue;
    const pathValues = operation.names.map(
      (name, index) => [name, decoded(match[index + 1] ?? '', operation, name)] as const,
    );
    return { operation, pathValues: Object.fromEntries(pathValues) };
  }
  throw new ConnectorError(
    404,
    'OperationNotFound',
    `The connector has no operation ${call.method} ${call.path}.`,
  );
}

/** What the system is asked, before policy templates and credentials. */
export function systemRequest(
  definition: ConnectorDefinition,
  { operation, pathValues }: MatchedCall,
  call: OperationCall,
): SystemRequest {
  const path = operation.template.replace(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(pathValues[name] ?? ''),
  );
  const url = new URL(baseOf(definition, call).replace(/\/$/, '') + path);
  for (const [name, value] of call.query) url.searchParams.append(name, value);
  for (const parameter of operation.parameters) {
    if (
      parameter.in === 'query' &&
      parameter.default !== undefined &&
      !call.query.has(parameter.name)
    ) {
      url.searchParams.set(parameter.name, textOf(parameter.default));
    }
  }
  return { method: call.method, url, headers: forwardableHeaders(call.headers), body: call.body };
}

/** The base URL of a connection, of the definition, or of its host template. */
export function baseOf(definition: ConnectorDefinition, { connection }: OperationCall): string {
  const { baseUrl, hostTemplate } = definition;
  const base = connection.baseUrl ?? baseUrl;
  if (base !== undefined) return base;
  if (!hostTemplate) throw incomplete(`Connection ${connection.name} has no base URL.`);
  const url = hostTemplate.url.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = connection.parameters[name] ?? hostTemplate.defaults.get(name);
    if (value !== undefined) return value;
    throw incomplete(`Connection ${connection.name} has no parameter '${name}'.`);
  });
  if (URL.canParse(url)) return url;
  throw incomplete(`The parameters of connection ${connection.name} make no address: ${url}`);
}

function incomplete(message: string): ConnectorError {
  return new ConnectorError(500, 'ConnectionIncomplete', message);
}

/**
 * One path value. Designers encode a value twice where the definition says `x-ms-url-encoding: double`; the system
 * gets it encoded once. A value that is a dot segment once decoded is refused: it would address another operation.
 */
function decoded(encoded: string, operation: ConnectorOperation, name: string): string {
  const double = operation.parameters.find(
    (parameter) => parameter.in === 'path' && parameter.name === name,
  )?.['x-ms-url-encoding'];
  let value: string;
  try {
    value = decodeURIComponent(encoded);
    if (double === 'double') value = decodeURIComponent(value);
  } catch {
    throw new ConnectorError(
      400,
      'InvalidPath',
      `Path value of '${name}' is not valid percent-encoding.`,
    );
  }
  if (value === '.' || value === '..') {
    throw new ConnectorError(400, 'InvalidPath', `Path value of '${name}' is a dot segment.`);
  }
  return value;
}
