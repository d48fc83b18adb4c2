import { argumentException, DotNetError, invalidCast } from '../dotnet-error.js';
import { compareText } from '../text/compare.js';
import { asText, toInt } from './convert.js';
import { compareLiquid, equalValues, sameValue } from './condition.js';
import { filter, type Filter } from './filter.js';
import { Entry, Hash, itemsOf, listOf, textOf, typeName, type LiquidValue } from './value.js';

type Args = readonly (LiquidValue | undefined)[];

// What a parameter of type IEnumerable takes; nil is nil.
function enumerable(input: LiquidValue): readonly LiquidValue[] | null {
  if (input === null) return null;
  const items = itemsOf(input);
  if (items) return items;
  throw invalidCast(`Invalid cast from '${typeName(input)}' to 'System.Collections.IEnumerable'.`);
}

function property(item: LiquidValue, name: string): LiquidValue {
  if (item instanceof Hash) return item.find(name) ?? null;
  if (item instanceof Entry && name === 'Key') return item.key;
  return item instanceof Entry && name === 'Value' ? item.value : null;
}

// Lists of lists become one list.
function flatten(items: readonly LiquidValue[]): LiquidValue[] {
  return items.flatMap((item) => (Array.isArray(item) ? flatten(item as LiquidValue[]) : [item]));
}

function sorted(
  input: LiquidValue,
  name: string | null,
  compare: (a: LiquidValue, b: LiquidValue) => number,
): LiquidValue {
  if (input === null) return null;
  const items = listOf(input);
  const all = items ? flatten(items) : [input];
  const key = (item: LiquidValue): LiquidValue => (name ? property(item, name) : item);
  try {
    // Plain text sorts by its code units, the values of a property by the culture.
    const order = name === null && compare === compareLiquid ? byOrdinal : compare;
    return all.toSorted((a, b) => order(key(a), key(b)));
  } catch (error) {
    if (error instanceof DotNetError)
      throw new DotNetError(
        'System.InvalidOperationException',
        'Failed to compare two elements in the array.',
      );
    throw error;
  }
}

function byOrdinal(a: LiquidValue, b: LiquidValue): number {
  return typeof a === 'string' && typeof b === 'string'
    ? compareText(a, b, 'Ordinal')
    : compareLiquid(a, b);
}

function byText(a: LiquidValue, b: LiquidValue): number {
  return typeof a === 'string' && typeof b === 'string'
    ? compareText(a, b, 'OrdinalIgnoreCase')
    : compareLiquid(a, b);
}

function slice(input: LiquidValue, args: Args): LiquidValue {
  const items = listOf(input);
  if (typeof input !== 'string' && !items) return input;
  const all: string | readonly LiquidValue[] = items ?? (input as string);
  const start = toInt(args[0] ?? null);
  let count = args[1] === undefined ? 1 : toInt(args[1]);
  let from = start < 0 ? all.length + start : start;
  if (from < 0) {
    count += from;
    from = 0;
  }
  return all.slice(from, from + Math.max(count, 0));
}

function join(input: LiquidValue, args: Args): LiquidValue {
  const items = enumerable(input);
  if (items === null) return null;
  const glue = args[0] === undefined ? ' ' : (asText(args[0]) ?? '');
  return items.map(textOf).join(glue);
}

function map(input: LiquidValue, args: Args): LiquidValue {
  const items = enumerable(input);
  if (items === null) return null;
  const name = asText(args[0] ?? null) ?? '';
  return items.map((item) => property(item, name));
}

function where(input: LiquidValue, args: Args): LiquidValue {
  const items = enumerable(input);
  if (items === null) return null;
  const name = asText(args[0] ?? null);
  if (name === null || name.trim() === '')
    throw argumentException(`'${name ?? ''}' cannot be null or empty.`, 'propertyName');
  const wanted = args[1];
  return items.filter((item) => {
    const value = property(item, name);
    if (wanted === undefined || wanted === null) return value !== null && value !== false;
    return value !== null && equalValues(value, wanted);
  });
}

function unique(input: LiquidValue): LiquidValue {
  const items = listOf(input);
  if (!items) return input === null ? null : [input];
  const kept: LiquidValue[] = [];
  for (const item of items) if (!kept.some((other) => sameValue(other, item))) kept.push(item);
  return kept;
}

function concat(input: LiquidValue, args: Args): LiquidValue {
  const [left, right] = [enumerable(input), enumerable(args[0] ?? null)];
  if (left === null) return right;
  return right === null ? left : [...left, ...right];
}

/** Filters of lists. */
export const listFilters: Readonly<Record<string, Filter>> = {
  First: filter([], (input) => enumerable(input)?.[0] ?? null),
  Last: filter([], (input) => enumerable(input)?.at(-1) ?? null),
  Join: filter(['glue?'], join),
  Map: filter(['enumerableInput'], map),
  Where: filter(['propertyName', 'targetValue?'], where),
  Sort: filter(['property?'], (input, args) =>
    sorted(input, asText(args[0] ?? null), compareLiquid),
  ),
  SortNatural: filter(['property?'], (input, args) =>
    sorted(input, asText(args[0] ?? null), byText),
  ),
  Reverse: filter([], (input) => {
    const items = listOf(input);
    return items && Array.isArray(input) ? items.toReversed() : input;
  }),
  Uniq: filter([], unique),
  Compact: filter([], (input) => {
    const items = listOf(input);
    return items ? items.filter((item) => item !== null) : input;
  }),
  Concat: filter(['right'], concat),
  Slice: filter(['offset', 'length?'], slice),
};
