import {
  isEnvelope,
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { objectMember, textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionScope, Finished } from './action-type.js';
import { worded } from '../run/worded.js';

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

/** The refusal of an action whose content is missing. */
export const missingContent: Finished = badRequest(
  'InvalidTemplate',
  worded`Required property 'content' expects a value but got null. Path ''.`,
);

/** The map or schema that the inputs name, or the refusal of an action that names none or an unknown one. */
export function namedArtifact(
  name: string | undefined,
  kind: 'map' | 'schema',
  scope: ActionScope,
): { readonly name: string; readonly text: string } | { readonly refusal: Finished } {
  const text = name === undefined ? undefined : scope.environment.artifacts[kind]?.(name);
  if (name !== undefined && text !== undefined) return { name, text };
  return {
    refusal: badRequest(
      'ArtifactNotFound',
      worded`The ${kind} '${name ?? ''}' could not be found.`,
    ),
  };
}
