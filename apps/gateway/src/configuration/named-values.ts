import { isObject } from './resource-index.js';
import type { ResourceIndex } from './resource-index.js';

/** Named values by display name, the name that documents use; those without a value are left out. */
export function readNamedValues(index: ResourceIndex, owner: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const { name, properties } of index.in(`${owner}/namedValues`)) {
    const value = properties.text('value');
    if (value !== undefined) values.set(properties.text('displayName') ?? name, value);
  }
  return values;
}

/** Puts named values into every text of a structure. Throws an Error for a name without a value. */
export function withNamedValues<T>(value: T, values: ReadonlyMap<string, string>): T {
  const byKey = new Map([...values].map(([name, one]) => [name.toLowerCase(), one]));
  return replace(value, byKey) as T;
}

function replace(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_whole, name: string) => {
      const found = values.get(name.toLowerCase());
      if (found === undefined) throw new Error(`Property '${name}' not found.`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((one) => replace(one, values));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, replace(one, values)]),
    );
  return value;
}
