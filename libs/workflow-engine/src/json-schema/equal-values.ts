import { isArray, isObject, namesOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import { numericOf } from './numeric.js';

/** Deep equality of JSON values; names with case, numbers by value. */
export function equalValues(left: WorkflowValue, right: WorkflowValue): boolean {
  if (left === right) return true;
  if (isArray(left) && isArray(right)) {
    return (
      left.length === right.length &&
      left.every((item, index) => equalValues(item, right[index] ?? null))
    );
  }
  if (isObject(left) && isObject(right)) {
    const names = namesOf(left);
    return (
      names.length === namesOf(right).length &&
      names.every(
        (name) =>
          Object.hasOwn(right, name) && equalValues(left[name] ?? null, right[name] ?? null),
      )
    );
  }
  const number = numericOf(left);
  return number !== undefined && number === numericOf(right);
}
