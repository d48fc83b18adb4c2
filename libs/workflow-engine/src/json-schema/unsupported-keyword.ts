import { isArray, isObject, membersOf, type WorkflowValue } from '@isthmus/workflow-expressions';

/** Members of a schema whose members are names of the user's, not keywords. */
const named = new Set(['properties', 'definitions', 'dependencies', '$defs']);
/** Members that hold values, no schemas. */
const values = new Set(['enum', 'const', 'default', 'example', 'examples', 'required']);

/** The keyword `pattern` or `patternProperties` in a schema, which the service refuses to run; a property may have that name. */
export function unsupportedKeyword(schema: WorkflowValue): string | undefined {
  if (isArray(schema)) return firstOf(schema.map(unsupportedKeyword));
  if (!isObject(schema)) return undefined;
  return firstOf(
    membersOf(schema).map(([name, value]) => {
      if (name === 'pattern' || name === 'patternProperties') return name;
      if (values.has(name)) return undefined;
      if (named.has(name) && isObject(value))
        return firstOf(membersOf(value).map(([, inner]) => unsupportedKeyword(inner)));
      return unsupportedKeyword(value);
    }),
  );
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((keyword) => keyword !== undefined);
}
