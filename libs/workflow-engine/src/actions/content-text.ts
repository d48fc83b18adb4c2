import {
  isEnvelope,
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { objectMember, textMember } from '../plan/members.js';

/** The text of a member that is text or an envelope; undefined when there is none. */
export function contentText(inputs: WorkflowValue, name = 'content'): string | undefined {
  const content = isObject(inputs) ? memberOf(inputs, name) : undefined;
  if (content === undefined || content === null) return undefined;
  return typeof content === 'string' || isEnvelope(content)
    ? textOf(content).replace(/^\uFEFF/, '')
    : undefined;
}

/**
 * The name of a map or schema that the inputs name: `{ map: { name } }` (Standard), or
 * `{ integrationAccount: { map: { name } } }` (Consumption).
 */
export function artifactName(
  inputs: WorkflowValue,
  kind: 'map' | 'schema' | 'flatFileSchema',
): string | undefined {
  if (!isObject(inputs)) return undefined;
  const account = objectMember(inputs, 'integrationAccount') ?? {};
  const holder: WorkflowObject | undefined =
    objectMember(inputs, kind) ?? objectMember(account, kind);
  return (holder && textMember(holder, 'name')) ?? textMember(inputs, `${kind}Name`);
}
