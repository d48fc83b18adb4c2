import type { DataValidateFunction, FuncKeywordDefinition } from 'ajv/dist/types/index.js';

/** `uniqueItems` by the text of each item: comparing each with each takes the square of their number. */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  compile(wanted: boolean) {
    const check: DataValidateFunction = (items: readonly unknown[]) => {
      const same = wanted ? firstSame(items) : undefined;
      if (!same) return true;
      const [j, i] = same;
      const message = `must NOT have duplicate items (items ## ${j} and ${i} are identical)`;
      check.errors = [{ keyword: 'uniqueItems', message, params: { i, j } }];
      return false;
    };
    return check;
  },
};

function firstSame(items: readonly unknown[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = textOf(item);
    const before = seen.get(text);
    if (before !== undefined) return [before, index];
    seen.set(text, index);
  }
  return undefined;
}

/** JSON text in which objects are the same whatever the order of their members. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  const names = Object.keys(value);
  if (names.length > 1) names.sort();
  let text = '{';
  for (const name of names)
    text += `${JSON.stringify(name)}:${textOf((value as Record<string, unknown>)[name])},`;
  return `${text}}`;
}
