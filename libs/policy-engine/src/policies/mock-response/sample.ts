/** A value that a JSON Schema describes, the same every time. */
export function sampleOf(schema: unknown, document: unknown): unknown {
  return sample(schema, document, 0);
}

/** Recursive schemas end here. */
const deepest = 12;

function sample(node: unknown, document: unknown, depth: number): unknown {
  if (typeof node !== 'object' || node === null || depth > deepest) return null;
  const schema = node as Record<string, unknown>;
  if (typeof schema['$ref'] === 'string')
    return sample(lookUp(schema['$ref'], document), document, depth + 1);
  for (const key of ['example', 'default', 'const'])
    if (schema[key] !== undefined) return schema[key];
  const examples = schema['examples'];
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  const choices = schema['enum'];
  if (Array.isArray(choices) && choices.length > 0) return choices[0] as unknown;
  for (const key of ['oneOf', 'anyOf']) {
    const options = schema[key];
    if (Array.isArray(options) && options.length > 0)
      return sample(options[0], document, depth + 1);
  }
  const parts = schema['allOf'];
  if (Array.isArray(parts)) {
    const made = [...(parts as unknown[]), { ...schema, allOf: undefined }].map((part) =>
      sample(part, document, depth + 1),
    );
    return Object.assign(
      {},
      ...made.filter((one) => typeof one === 'object' && one !== null),
    ) as unknown;
  }
  return byType(schema, document, depth);
}

function byType(schema: Record<string, unknown>, document: unknown, depth: number): unknown {
  const given = schema['type'];
  const type = Array.isArray(given) ? (given as unknown[]).find((one) => one !== 'null') : given;
  if (type === 'object' || schema['properties']) {
    const result: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(
      (schema['properties'] as object | undefined) ?? {},
    )) {
      Object.defineProperty(result, name, {
        value: sample(property, document, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return result;
  }
  switch (type) {
    case 'array':
      return schema['items'] === undefined ? [] : [sample(schema['items'], document, depth + 1)];
    case 'integer':
      return Math.ceil(numberOf(schema['minimum']));
    case 'number':
      return numberOf(schema['minimum']);
    case 'boolean':
      return true;
    case 'string':
      return textOf(schema);
    default:
      return null;
  }
}

function numberOf(minimum: unknown): number {
  return typeof minimum === 'number' ? minimum : 0;
}

function textOf({ format, minLength }: Record<string, unknown>): string {
  switch (format) {
    case 'date':
      return '2000-01-23';
    case 'date-time':
      return '2000-01-23T04:56:07Z';
    case 'uuid':
      return '046b6c7f-0b8a-43b9-b35d-6489e6daee91';
    case 'uri':
    case 'url':
      return 'https://example.com/';
    case 'email':
      return 'user@example.com';
    case 'byte':
      return 'c3RyaW5n';
    default:
      return 'string'.padEnd(typeof minLength === 'number' ? Math.min(minLength, 1000) : 0, 'x');
  }
}

function lookUp(reference: string, document: unknown): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let node: unknown = document;
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    node =
      typeof node === 'object' && node !== null && Object.hasOwn(node, key)
        ? (node as Record<string, unknown>)[key]
        : undefined;
  }
  return node;
}
