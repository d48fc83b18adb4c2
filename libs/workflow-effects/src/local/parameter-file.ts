import {
  isObject,
  memberOf,
  membersOf,
  objectOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

const ofEntries: ReadonlySet<string> = new Set(['type', 'value', 'metadata', 'reference']);

/**
 * Parameter values by name, from a file that holds just these, from `{ name: { value } }` with or without
 * types as a parameters.json of a Standard project has them, or from a template's parameter file
 * (`{ parameters: { name: { value } } }`).
 *
 * @param declaredType the type that the definition gives a parameter: a value of a declared object may be
 * an object with a member `value` itself
 */
export function parameterFile(
  document: WorkflowObject,
  declaredType: (name: string) => string | undefined = () => undefined,
): WorkflowObject {
  const schema = memberOf(document, '$schema');
  const inner = memberOf(document, 'parameters');
  const isTemplateFile =
    typeof schema === 'string' || memberOf(document, 'contentVersion') !== undefined;
  if (isTemplateFile && isObject(inner)) return valuesOf(inner);
  const members = membersOf(document);
  const isWrapped =
    members.length > 0 &&
    members.every(([name, value]) => isEntry(value, () => declaredType(name)));
  return isWrapped ? valuesOf(document) : document;
}

/** Whether a value is `{ value }`, not an object that is the value itself. */
function isEntry(entry: WorkflowValue, declaredType: () => string | undefined): boolean {
  if (!isObject(entry)) return false;
  const value = memberOf(entry, 'value');
  if (membersOf(entry).some(([name]) => !ofEntries.has(name.toLowerCase()))) return false;
  if (memberOf(entry, 'type') !== undefined) return value !== undefined;
  if (value === undefined) return memberOf(entry, 'reference') !== undefined;
  return isObject(value) || !/^(?:secure)?object$/i.test(declaredType() ?? '');
}

function valuesOf(declarations: WorkflowObject): WorkflowObject {
  return objectOf(
    membersOf(declarations).flatMap(([name, entry]) => {
      const value = isObject(entry) ? memberOf(entry, 'value') : undefined;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
