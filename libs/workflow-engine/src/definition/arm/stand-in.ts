import {
  isArray,
  isObject,
  membersOf,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** Values that only Azure knows (keys, principals, URLs of what is deployed) have this in them. */
export const unresolved = 'unresolved';

/** Whether a text stands for a value that only a deployment has. */
export function isStandIn(text: string): boolean {
  return text.startsWith(unresolved) || text.startsWith(`https://${unresolved}/`);
}

/** The text for a value that only a deployment has: an address where its name says so. */
export function standInFor(name: string): string {
  return /ur[il]|endpoint/i.test(name)
    ? `https://${unresolved}/${encodeURIComponent(name)}`
    : `${unresolved}-${name}`;
}

/** An object and an array that stand for ones that only a deployment has: whatever is asked of them is unknown too. */
export const unknownObject: WorkflowObject = {};
export const unknownArray: WorkflowArray = [];

/** Whether a value has such a text anywhere in it: what is computed from it cannot be known either. */
export function holdsStandIn(value: WorkflowValue): boolean {
  if (value === unknownObject || value === unknownArray) return true;
  if (typeof value === 'string') return value.includes(unresolved);
  if (isArray(value)) return value.some(holdsStandIn);
  return isObject(value) && membersOf(value).some(([, member]) => holdsStandIn(member));
}
