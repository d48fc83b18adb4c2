import { WorkflowExpressionError } from './error.js';
import {
  isArray,
  isObject,
  kindOf,
  memberOf,
  namesOf,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from './value.js';
import { textOf } from './text.js';

function failure(text: string, reason: string): WorkflowExpressionError {
  return new WorkflowExpressionError(
    `The template language expression '${text}' cannot be evaluated because ${reason} ` +
      'Please see https://aka.ms/logicexpressions for usage details.',
  );
}

function element(
  array: WorkflowArray,
  key: WorkflowValue,
  isSafe: boolean,
  text: string,
): WorkflowValue {
  if (typeof key !== 'number' || !Number.isInteger(key)) {
    throw failure(
      text,
      `property '${textOf(key)}' cannot be selected. Array elements can only be selected using an integer index.`,
    );
  }
  const value = array[key];
  if (value !== undefined) return value;
  if (isSafe && key >= 0) return null;
  throw failure(
    text,
    array.length === 0
      ? `array index '${key}' cannot be selected from empty array.`
      : `array index '${key}' is outside bounds (0, ${array.length - 1}) of array.`,
  );
}

function member(
  object: WorkflowObject,
  key: WorkflowValue,
  isSafe: boolean,
  text: string,
): WorkflowValue {
  if (typeof key !== 'string') {
    throw failure(
      text,
      `property '${textOf(key)}' cannot be selected. Property selection is only supported with a name of type 'String'.`,
    );
  }
  let value = memberOf(object, key);
  if (value === undefined) value = path(object, key);
  if (value !== undefined) return value;
  if (isSafe) return null;
  throw failure(
    text,
    `property '${key}' doesn't exist, available properties are '${namesOf(object).join(', ')}'.`,
  );
}

/** `['body/value']` walks nested members, as newer designers write it; a member of that very name comes first. */
function path(object: WorkflowObject, key: string): WorkflowValue | undefined {
  if (!key.includes('/')) return undefined;
  let value: WorkflowValue | undefined = object;
  for (const name of key.split('/')) {
    if (!isObject(value)) return undefined;
    value = memberOf(value, name);
  }
  return value;
}

/**
 * `value[key]`, or `value?[key]` when safe.
 * @param text the whole expression, for messages
 * @throws WorkflowExpressionError for a missing member, an index out of bounds, a key of the wrong type
 */
export function dereference(
  value: WorkflowValue,
  key: WorkflowValue,
  isSafe: boolean,
  text: string,
): WorkflowValue {
  if (isArray(value)) return element(value, key, isSafe, text);
  if (isObject(value)) return member(value, key, isSafe, text);
  if (value === null && isSafe) return null;
  const tail =
    value === null
      ? ''
      : ` Property selection is not supported on values of type '${kindOf(value)}'.`;
  throw failure(text, `property '${textOf(key)}' cannot be selected.${tail}`);
}
