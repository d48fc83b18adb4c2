import { countWork, Decimal } from '@isthmus/dotnet';
import {
  Float,
  isArray,
  isObject,
  kindOf,
  type WorkflowNumber,
  type WorkflowObject,
  type WorkflowValue,
} from '../value.js';
import { isNumber } from './arguments.js';

/** The JavaScript number nearest to a number of any kind. */
export function toDouble(value: WorkflowNumber): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Float ? value.value : value.toDouble();
}

export function isInteger(value: WorkflowValue): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** A decimal of any number; floats by their shortest digits, as .NET converts them. */
export function toDecimal(value: WorkflowNumber): Decimal {
  if (value instanceof Decimal) return value;
  return isInteger(value) ? Decimal.fromInteger(value) : Decimal.fromDouble(toDouble(value));
}

/** Compares two numbers by value: below zero, zero, above zero; NaN is below everything. */
export function compareNumbers(left: WorkflowNumber, right: WorkflowNumber): number {
  if (left instanceof Decimal || right instanceof Decimal)
    return toDecimal(left).compareTo(toDecimal(right));
  if (isInteger(left) && isInteger(right)) return left < right ? -1 : left > right ? 1 : 0;
  const one = toDouble(left);
  const other = toDouble(right);
  if (Number.isNaN(one) || Number.isNaN(other)) {
    return Number(Number.isNaN(other)) - Number(Number.isNaN(one));
  }
  return one - other;
}

function sameMembers(left: WorkflowObject, right: WorkflowObject): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  countWork(names.length);
  return names.every(
    (name) =>
      Object.hasOwn(right, name) &&
      deepEquals(left[name] as WorkflowValue, right[name] as WorkflowValue),
  );
}

/** `equals`: strict in type, deep, strings and names with case, numbers by value. */
export function deepEquals(left: WorkflowValue, right: WorkflowValue): boolean {
  if (left === right) return true;
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) === 0;
  if (isArray(left)) {
    countWork(left.length);
    return (
      isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => deepEquals(item, right[index] as WorkflowValue))
    );
  }
  return isObject(left) && isObject(right) && sameMembers(left, right);
}

/**
 * A text that two values share exactly when they are equal to Newtonsoft's JTokenEqualityComparer,
 * for which an integer is no float: makes sets of values linear.
 */
export function equalityKey(value: WorkflowValue): string {
  countWork(2);
  if (isArray(value)) return `[${value.map(equalityKey).join(',')}]`;
  if (isObject(value)) {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${equalityKey(value[name] as WorkflowValue)}`).join(',')}}`;
  }
  if (isInteger(value)) return value.toString();
  if (isNumber(value)) return `f${toDouble(value)}`;
  return typeof value === 'string' ? JSON.stringify(value) : kindOf(value) + String(value);
}
