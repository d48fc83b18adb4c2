import { countWork } from '@isthmus/dotnet';
import type { FuncKeywordDefinition } from 'ajv/dist/types/index.js';

/** No keyword of any dialect. */
const keyword = 'x-isthmus-counted';

/** Under these stands data, not a schema. */
const literals = new Set(['enum', 'const', 'default', 'example', 'examples']);

/** Under these stand schemas by names that authors choose. */
const named = new Set([
  'properties',
  'patternProperties',
  'definitions',
  '$defs',
  'components',
  'schemas',
  'dependentSchemas',
  'dependencies',
]);

/** Counts each visit of a subschema, before whatever else it says: what fails counts too. */
export const countedVisits: FuncKeywordDefinition = {
  keyword,
  schemaType: 'boolean',
  errors: false,
  before: 'not',
  validate: () => {
    countWork(1);
    return true;
  },
};

/**
 * The schema with a count in each subschema, where a pointer may lead back: `oneOf` over itself doubles the work with
 * every level of a value, which senders choose. Without pointers a schema visits a value no more often than it is long.
 */
export function counted(schema: object): object {
  return /"\$(?:ref|dynamicRef|recursiveRef)"/.test(JSON.stringify(schema))
    ? (marked(schema, false) as object)
    : schema;
}

function marked(node: unknown, names: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => marked(item, false));
  if (typeof node !== 'object' || node === null) return node;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node))
    result[key] = !names && literals.has(key) ? value : marked(value, !names && named.has(key));
  if (!names && !('$ref' in node)) result[keyword] = true;
  return result;
}
