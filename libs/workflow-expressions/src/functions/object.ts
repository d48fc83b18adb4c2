import {
  isObject,
  membersOf,
  objectOf,
  spellingOf,
  withMember,
  withoutMember,
  type WorkflowObject,
  type WorkflowValue,
} from '../value.js';
import { objectAt, stringAt } from './arguments.js';
import { eager, failure, type WorkflowFunction } from './function.js';

function addProperty(args: readonly WorkflowValue[]): WorkflowObject {
  const object = objectAt('addProperty', args, 0);
  const name = stringAt('addProperty', args, 1);
  if (spellingOf(object, name) !== undefined) {
    throw failure(
      'addProperty',
      `failed: the object already has a property with the name '${name}'.`,
    );
  }
  return objectOf([...membersOf(object), [name, args[2] as WorkflowValue]]);
}

/** Members of the second object win; objects under one name are merged. */
function mergeObjects(left: WorkflowObject, right: WorkflowObject): WorkflowObject {
  const merged = new Map<string, WorkflowValue>(membersOf(left));
  for (const [name, value] of membersOf(right)) {
    const old = merged.get(name);
    merged.set(name, isObject(old) && isObject(value) ? mergeObjects(old, value) : value);
  }
  return objectOf(merged);
}

/** Manipulation of objects: all return copies, names match in any case. */
export const objectFunctions: readonly WorkflowFunction[] = [
  eager('addProperty', [3, 3], addProperty),
  eager('setProperty', [3, 3], (args) =>
    withMember(
      objectAt('setProperty', args, 0),
      stringAt('setProperty', args, 1),
      args[2] as WorkflowValue,
    ),
  ),
  eager('removeProperty', [2, 2], (args) =>
    withoutMember(objectAt('removeProperty', args, 0), stringAt('removeProperty', args, 1)),
  ),
  eager('mergeObjects', [2, 2], (args) =>
    mergeObjects(objectAt('mergeObjects', args, 0), objectAt('mergeObjects', args, 1)),
  ),
  eager('createObject', [0, 0], () => ({})),
];
