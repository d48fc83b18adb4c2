import type { OperationDefinition, ParameterDefinition } from '../model/entities.js';
import { schemaCheck } from './schema-validator.js';

/** What is wrong with the values of a parameter or header; undefined when they conform to its schema. */
export function checkParameter(
  parameter: ParameterDefinition,
  values: readonly string[],
  definition: OperationDefinition,
): string | undefined {
  if (parameter.schema === undefined) return undefined;
  const schema = resolved(parameter.schema, definition.document);
  const home = { document: definition.document, dialect: definition.dialect };
  const types = typesOf(schema);
  const check = schemaCheck(holder(parameter.schema), home, {});
  return check({
    value: types.includes('array')
      ? listOf(parameter, values).map((item) => scalar(item, itemTypes(schema, definition)))
      : scalar(values.join(','), types),
  });
}

const holders = new WeakMap<object, object>();

/** The schema of an object that holds the value: one for each schema, so that its check is compiled once. */
function holder(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  let made = holders.get(schema);
  if (!made) holders.set(schema, (made = { type: 'object', properties: { value: schema } }));
  return made;
}

function typesOf(schema: unknown): readonly string[] {
  const type = (schema as { type?: unknown } | undefined)?.type;
  return Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : [];
}

function itemTypes(schema: unknown, definition: OperationDefinition): readonly string[] {
  return typesOf(resolved((schema as { items?: unknown }).items, definition.document));
}

/** Follows one local reference. */
function resolved(schema: unknown, document: unknown): unknown {
  const reference = (schema as { $ref?: unknown } | undefined)?.$ref;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  let node: unknown = document;
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    node =
      typeof node === 'object' && node !== null && Object.hasOwn(node, key)
        ? (node as Record<string, unknown>)[key]
        : undefined;
  }
  return node ?? schema;
}

/** Repeated parameters, or one separated by the delimiter of its style. */
function listOf({ style, explode }: ParameterDefinition, values: readonly string[]): string[] {
  if (values.length > 1 && explode !== false) return [...values];
  const separator = style === 'pipeDelimited' ? '|' : style === 'spaceDelimited' ? ' ' : ',';
  return values
    .join(separator)
    .split(separator)
    .map((value) => value.trim());
}

/** A text as the JSON value that its schema asks for; a text that is none stays a text and fails the check. */
function scalar(text: string, types: readonly string[]): unknown {
  if (
    (types.includes('integer') || types.includes('number')) &&
    /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)
  )
    return Number(text);
  if (types.includes('boolean') && /^(true|false)$/i.test(text))
    return text.toLowerCase() === 'true';
  if (types.includes('null') && text === '') return null;
  if (types.includes('object')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}
