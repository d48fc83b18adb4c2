import {
  isArray,
  textOf,
  type WorkflowArray,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** Arrays that `grown` made and that nobody has been given: they can grow in place. */
const unseen = new WeakSet<object>();

/** The value of a variable is handed out: from now on it must not change. */
export function seenValue(value: WorkflowValue): WorkflowValue {
  if (isArray(value)) unseen.delete(value);
  return value;
}

/**
 * An array with an item more, a text with more text. Appending to an array that nobody has read since takes no copy,
 * so that a loop may append a hundred thousand times.
 */
export function grown(value: WorkflowValue | undefined, more: WorkflowValue): WorkflowValue {
  if (!isArray(value)) return textOf(value ?? null) + textOf(more);
  if (unseen.has(value)) {
    (value as WorkflowValue[]).push(more);
    return value;
  }
  const copy: WorkflowArray = [...value, more];
  unseen.add(copy);
  return copy;
}
