import { isObject, memberOf, textOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import type { CallRequest } from '../run/effects.js';
import { callRequest } from './request.js';

/**
 * The connection of a connector action or trigger: `host.connection.referenceName` (Standard) or `.name`
 * (Consumption); in the form of Power Automate `host.connectionReferenceName` or `host.connectionName`.
 */
export function connectionOf(inputs: WorkflowObject): string | undefined {
  const host = objectMember(inputs, 'host') ?? {};
  const connection = objectMember(host, 'connection');
  const name = connection
    ? (memberOf(connection, 'referenceName') ?? memberOf(connection, 'name'))
    : (memberOf(host, 'connection') ??
      memberOf(host, 'connectionReferenceName') ??
      memberOf(host, 'connectionName'));
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/**
 * The call of a connector operation: by `path`, or by `host.operationId` with `parameters`, which the connector finds
 * in its description (`POST /operations/{operationId}`); undefined when the inputs name none.
 * @param defaultMethod of a call by `path`
 */
export function operationRequest(
  inputs: WorkflowObject,
  defaultMethod?: string,
): CallRequest | undefined {
  const path = operationPath(inputs);
  if (path !== undefined) return callRequest(inputs, path, defaultMethod);
  const operation = memberOf(objectMember(inputs, 'host') ?? {}, 'operationId');
  if (typeof operation !== 'string' || operation === '') return undefined;
  const body = objectMember(inputs, 'parameters') ?? {};
  return callRequest({ method: 'POST', body }, `/operations/${encodeURIComponent(operation)}`);
}

/** The path of a connector operation: `path`, or a `pathTemplate` with its parameters filled in. */
export function operationPath(inputs: WorkflowObject): string | undefined {
  const path = memberOf(inputs, 'path');
  if (path !== undefined && path !== null) return textOf(path);
  const template = objectMember(inputs, 'pathTemplate');
  if (!template) return undefined;
  const parameters = memberOf(template, 'parameters');
  const text = textOf(memberOf(template, 'template') ?? null);
  return text.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const value = isObject(parameters) ? memberOf(parameters, name) : undefined;
    return value === undefined ? whole : pathText(textOf(value));
  });
}

/**
 * A value within a path. Definitions encode what they put there (`@{encodeURIComponent(…)}`), so an escape stays what it
 * is; only what no path can hold is escaped.
 */
function pathText(value: string): string {
  return value.replace(/[^\x21-\x7e]+|["#<>?\\^`{|}]/g, (characters) =>
    encodeURIComponent(characters.toWellFormed()),
  );
}
