import { isObject, memberOf, textOf } from '@isthmus/workflow-expressions';
import type { ActionType } from './action-type.js';
import { isList, listOf } from './list-source.js';
import { succeeded } from './succeeded.js';

/** One text of all items: objects and arrays as compact JSON, null as nothing. */
export const join: ActionType = {
  type: 'Join',
  start(inputs) {
    const list = listOf(inputs, 'join');
    if (!isList(list)) return list;
    const separator = isObject(inputs) ? textOf(memberOf(inputs, 'joinWith') ?? null) : '';
    return succeeded({ body: list.map(textOf).join(separator) });
  },
};
