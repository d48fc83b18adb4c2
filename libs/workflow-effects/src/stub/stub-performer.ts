import {
  splitPath,
  type CallEffect,
  type EffectOutcome,
  type Plan,
} from '@isthmus/workflow-engine';
import { readShapes } from './read-shapes.js';

/**
 * Answers every call with success. The body is one that the definition can read: as a ParseJson action's schema says,
 * or with the members that its expressions ask for; `{ "value": [] }` where nothing is read of it.
 */
export function stubPerformer(plan: Plan): (effect: CallEffect) => Promise<EffectOutcome> {
  const shapes = readShapes(plan.definition);
  return async (effect) => {
    if (effect.kind === 'javascript') return { kind: 'value', effectId: effect.id, value: null };
    const shape = shapes.get(splitPath(effect.path).name.toLowerCase());
    return {
      kind: 'response',
      effectId: effect.id,
      statusCode: 200,
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: shape?.isRead ? shape.sample() : { value: [] },
    };
  };
}
