import {
  isObject,
  memberOf,
  membersOf,
  objectOf,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';

/**
 * Parameter values by name, from a file that holds just these, from a parameters.json of a Standard project
 * (`{ name: { type, value } }`), or from a template's parameter file (`{ parameters: { name: { value } } }`).
 */
export function parameterFile(document: WorkflowObject): WorkflowObject {
  const schema = memberOf(document, '$schema');
  const inner = memberOf(document, 'parameters');
  if (typeof schema === 'string' && isObject(inner)) return valuesOf(inner);
  const members = membersOf(document);
  const isTyped = members.length > 0 && members.every(([, value]) => isTypedValue(value));
  return isTyped ? valuesOf(document) : document;
}

function isTypedValue(value: unknown): boolean {
  const entry = value as WorkflowObject;
  return (
    isObject(entry) &&
    memberOf(entry, 'type') !== undefined &&
    memberOf(entry, 'value') !== undefined
  );
}

function valuesOf(declarations: WorkflowObject): WorkflowObject {
  return objectOf(
    membersOf(declarations).flatMap(([name, entry]) => {
      const value = isObject(entry) ? memberOf(entry, 'value') : undefined;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
