import { describe, expect, it } from '@jest/globals';
import { knownActionTypes, knownTriggerTypes } from './definition/type-names.js';
import { workflowSupport } from './support.js';

const names = (types: readonly { readonly type: string }[]): string[] =>
  types.map(({ type }) => type.toLowerCase());

describe('workflowSupport', () => {
  it('lists every type that a definition may name, once', () => {
    const { actions, triggers } = workflowSupport();
    expect(new Set(names(actions)).size).toBe(actions.length);
    expect([...knownActionTypes].filter((type) => !names(actions).includes(type))).toEqual([]);
    expect([...knownTriggerTypes].filter((type) => !names(triggers).includes(type))).toEqual([]);
  });

  it('lets definitions name every type that it lists', () => {
    const { actions, triggers } = workflowSupport();
    expect(names(actions).filter((type) => !knownActionTypes.has(type))).toEqual([]);
    expect(names(triggers).filter((type) => !knownTriggerTypes.has(type))).toEqual([]);
  });
});
