import { Decimal } from '@isthmus/dotnet';
import type { WorkflowExpressionError } from '../error.js';
import {
  Float,
  isArray,
  isObject,
  kindOf,
  type WorkflowArray,
  type WorkflowNumber,
  type WorkflowObject,
  type WorkflowValue,
} from '../value.js';
import { failure } from './function.js';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** The failure of an argument of the wrong kind; `index` is undefined where a function has one parameter only. */
export function wrongKind(
  name: string,
  index: number | undefined,
  expected: string,
  value: WorkflowValue,
): WorkflowExpressionError {
  const which =
    index === undefined ? 'its parameter' : `its ${ordinals[index] ?? `${index + 1}th`} parameter`;
  return failure(
    name,
    `expects ${which} to be ${expected}. The provided value is of type '${kindOf(value)}'.`,
  );
}

/** The only argument of a function, a string. */
export function onlyString(name: string, args: readonly WorkflowValue[]): string {
  const value = args[0] as WorkflowValue;
  if (typeof value === 'string') return value;
  throw wrongKind(name, undefined, 'a string', value);
}

export function stringAt(name: string, args: readonly WorkflowValue[], index: number): string {
  const value = args[index] as WorkflowValue;
  if (typeof value === 'string') return value;
  throw wrongKind(name, index, 'of type string', value);
}

/** An optional string: absent and null are the same. */
export function optionalStringAt(
  name: string,
  args: readonly WorkflowValue[],
  index: number,
): string | undefined {
  const value = args[index];
  return value === undefined || value === null ? undefined : stringAt(name, args, index);
}

/** An integer that fits a JavaScript number: positions, counts, lengths. */
export function integerAt(name: string, args: readonly WorkflowValue[], index: number): number {
  const value = args[index] as WorkflowValue;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'bigint') return Number(value);
  throw wrongKind(name, index, 'an integer', value);
}

export function isNumber(value: WorkflowValue): value is WorkflowNumber {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Float ||
    value instanceof Decimal
  );
}

export function numberAt(
  name: string,
  args: readonly WorkflowValue[],
  index: number,
): WorkflowNumber {
  const value = args[index] as WorkflowValue;
  if (isNumber(value)) return value;
  throw wrongKind(name, index, 'an integer, a float or a decimal number', value);
}

export function arrayAt(
  name: string,
  args: readonly WorkflowValue[],
  index: number,
): WorkflowArray {
  const value = args[index] as WorkflowValue;
  if (isArray(value)) return value;
  throw wrongKind(name, index, 'an array', value);
}

export function objectAt(
  name: string,
  args: readonly WorkflowValue[],
  index: number,
): WorkflowObject {
  const value = args[index] as WorkflowValue;
  if (isObject(value)) return value;
  throw wrongKind(name, index, 'an object', value);
}
