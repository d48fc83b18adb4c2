import { isObject, memberOf, textOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';

/** The connection of a connector action or trigger: `host.connection.referenceName` (Standard) or `.name` (Consumption). */
export function connectionOf(inputs: WorkflowObject): string | undefined {
  const connection = objectMember(objectMember(inputs, 'host') ?? {}, 'connection');
  const name =
    connection && (memberOf(connection, 'referenceName') ?? memberOf(connection, 'name'));
  return typeof name === 'string' && name !== '' ? name : undefined;
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
    return value === undefined ? whole : encodeURIComponent(textOf(value));
  });
}
