import { isBoxedValue } from '../boxed-value.js';

/** An indexer's key as an array index: a number, or a boxed `int`; null if it is neither. */
export function indexKey(key: unknown): number | null {
  if (typeof key === 'number') return key;
  if (isBoxedValue(key))
    return key.typeName === 'int' && typeof key.value === 'number' ? key.value : null;
  return null;
}

/** An indexer's key as .NET messages show it. */
export function keyText(key: unknown): string {
  if (key === null || key === undefined) return 'null';
  if (typeof key === 'string') return `"${key}"`;
  if (isBoxedValue(key)) return String(key.value);
  return typeof key === 'object' ? 'System.Object' : String(key as number | boolean | bigint);
}
