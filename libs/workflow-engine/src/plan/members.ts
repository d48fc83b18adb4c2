import {
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** A member that is an object; undefined when it is missing or anything else. */
export function objectMember(object: WorkflowObject, name: string): WorkflowObject | undefined {
  const value = memberOf(object, name);
  return isObject(value) ? value : undefined;
}

/** A member that is a text; undefined when it is missing or anything else. */
export function textMember(object: WorkflowObject, name: string): string | undefined {
  const value = memberOf(object, name);
  return typeof value === 'string' ? value : undefined;
}

/** A value as a message shows it; nothing where there is none. */
export function shown(value: WorkflowValue | undefined): string {
  return value === undefined ? '' : textOf(value);
}
