import {
  splitPath,
  type CallEffect,
  type EffectOutcome,
  type Plan,
} from '@isthmus/workflow-engine';
import {
  isObject,
  membersOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { DefinitionShapes } from './read-shapes.js';

/**
 * Answers every call with success. The body is one that the definition can read: as a ParseJson action's schema says,
 * or with the members that its expressions ask for; `{ "value": [] }` where nothing is read of it.
 */
export function stubPerformer(plan: Plan): (effect: CallEffect) => Promise<EffectOutcome> {
  const shapes = new DefinitionShapes(plan.definition);
  return async (effect) => {
    const { name } = splitPath(effect.path);
    const shape = shapes.call(name);
    if (effect.kind === 'javascript')
      return { kind: 'value', effectId: effect.id, value: shape.isRead ? shape.sample() : null };
    const headers = shapes.headers(name);
    return {
      kind: 'response',
      effectId: effect.id,
      statusCode: 200,
      headers: {
        ...textMembers(headers.isRead ? headers.sample() : {}),
        'Content-Type': 'application/json; charset=utf-8',
      },
      body: shape.isRead ? shape.sample() : { value: [] },
    };
  };
}

/** What calls back the webhook actions of a definition: a body that it can read. */
export function stubCallbacks(definition: WorkflowObject): (path: string) => WorkflowObject {
  const shapes = new DefinitionShapes(definition);
  return (path) => {
    const shape = shapes.call(splitPath(path).name);
    return { body: shape.isRead ? shape.sample() : {} };
  };
}

/** Headers that a definition reads. */
export function textMembers(value: WorkflowValue): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(membersOf(value).map(([name, member]) => [name, textOf(member)]));
}
