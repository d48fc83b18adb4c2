import {
  isArray,
  isObject,
  membersOf,
  objectOf,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

const known = new WeakMap<object, WorkflowValue>();

/**
 * A schema of a definition as it is meant: texts and names that begin with `@@` stand for one `@`, as everywhere
 * in a definition (`@@odata.type`); a single `@` begins no expression in a schema.
 */
export function literalSchema(schema: WorkflowValue): WorkflowValue {
  if (!isObject(schema)) return schema;
  const done = known.get(schema);
  if (done !== undefined) return done;
  const literal = unescaped(schema);
  known.set(schema, literal);
  return literal;
}

function unescaped(value: WorkflowValue): WorkflowValue {
  if (typeof value === 'string') return withoutEscape(value);
  if (isArray(value)) return value.map(unescaped);
  if (!isObject(value)) return value;
  return objectOf(
    membersOf(value).map(([name, member]) => [withoutEscape(name), unescaped(member)] as const),
  );
}

function withoutEscape(text: string): string {
  return text.startsWith('@@') ? text.slice(1) : text;
}
