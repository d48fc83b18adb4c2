import { argumentException, compareText, equalsText, toUpperOrdinal } from '@isthmus/dotnet';
import type { Comparer, EqualityComparer } from '../../runtime/equality.js';
import { enumTable, typeTable } from '../table.js';

const names = [
  'CurrentCulture',
  'CurrentCultureIgnoreCase',
  'InvariantCulture',
  'InvariantCultureIgnoreCase',
  'Ordinal',
  'OrdinalIgnoreCase',
] as const;
export type ComparisonName = (typeof names)[number];

export const stringComparisonTable = enumTable(
  'System.StringComparison',
  Object.fromEntries(names.map((n, i) => [n, i])),
);
export const stringSplitOptionsTable = enumTable(
  'System.StringSplitOptions',
  { None: 0, RemoveEmptyEntries: 1, TrimEntries: 2 },
  true,
);
export const midpointRoundingTable = enumTable('System.MidpointRounding', {
  ToEven: 0,
  AwayFromZero: 1,
  ToZero: 2,
  ToNegativeInfinity: 3,
  ToPositiveInfinity: 4,
});

/** The name that libs/dotnet uses for a StringComparison value. */
export function comparisonName(value: number): ComparisonName {
  const name = names[value];
  if (name === undefined)
    throw argumentException(
      'The string comparison type passed in is currently not supported.',
      'comparisonType',
    );
  return name;
}

/** A StringComparer: compares, and gives keys for dictionaries. */
class NetStringComparer implements Comparer, EqualityComparer {
  constructor(readonly comparison: ComparisonName) {}

  compare(left: unknown, right: unknown): number {
    return compareText(left as string | null, right as string | null, this.comparison);
  }

  equals(left: unknown, right: unknown): boolean {
    return equalsText(left as string | null, right as string | null, this.comparison);
  }

  key(value: unknown): unknown {
    if (value === null) return null;
    const text = value as string;
    return this.comparison.endsWith('IgnoreCase') ? toUpperOrdinal(text) : text;
  }
}

const comparers = new Map(names.map((n) => [n, new NetStringComparer(n)]));
const get = (name: ComparisonName) => () => comparers.get(name)!;

export const stringComparerTable = typeTable(
  'abstract class System.StringComparer : IComparer<string>, IEqualityComparer<string>',
  { instance: NetStringComparer },
  {
    'static StringComparer Ordinal { get; }': get('Ordinal'),
    'static StringComparer OrdinalIgnoreCase { get; }': get('OrdinalIgnoreCase'),
    'static StringComparer InvariantCulture { get; }': get('InvariantCulture'),
    'static StringComparer InvariantCultureIgnoreCase { get; }': get('InvariantCultureIgnoreCase'),
    'static StringComparer CurrentCulture { get; }': get('CurrentCulture'),
    'static StringComparer CurrentCultureIgnoreCase { get; }': get('CurrentCultureIgnoreCase'),
    'int Compare(string x, string y)': (
      self: NetStringComparer,
      x: string | null,
      y: string | null,
    ) => self.compare(x, y),
    'bool Equals(string x, string y)': (
      self: NetStringComparer,
      x: string | null,
      y: string | null,
    ) => self.equals(x, y),
  },
);
