import { Decimal, invalidOperation, overflowException } from '@isthmus/dotnet';
import { wrapInteger } from '../../compile/numeric-kinds.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { sourceItems } from '../../runtime/items.js';
import type { MemberRecord } from '../table.js';

type Select = ((item: unknown) => unknown) | null;

interface Kind {
  readonly name: string;
  readonly zero: unknown;
  readonly add: (a: never, b: never) => unknown;
  readonly average: string;
  readonly divide: (sum: never, count: number) => unknown;
}

const noElements = (): Error => invalidOperation('Sequence contains no elements');

const checkedInt = (a: number, b: number): number => {
  const sum = a + b;
  if (sum > 2147483647 || sum < -2147483648)
    throw overflowException('Arithmetic operation resulted in an overflow.');
  return sum;
};

const kinds: readonly Kind[] = [
  {
    name: 'int',
    zero: 0,
    add: checkedInt,
    average: 'double',
    divide: (sum: number, count) => sum / count,
  },
  {
    name: 'long',
    zero: 0n,
    add: (a: bigint, b: bigint) => wrapInteger(a + b, 'long', true),
    average: 'double',
    divide: (sum: bigint, count) => Number(sum) / count,
  },
  {
    name: 'double',
    zero: 0,
    add: (a: number, b: number) => a + b,
    average: 'double',
    divide: (sum: number, count) => sum / count,
  },
  {
    name: 'float',
    zero: 0,
    add: (a: number, b: number) => a + b,
    average: 'float',
    divide: (sum: number, count) => Math.fround(sum / count),
  },
  {
    name: 'decimal',
    zero: Decimal.zero,
    add: (a: Decimal, b: Decimal) => a.add(b),
    average: 'decimal',
    divide: (sum: Decimal, count) => sum.divide(Decimal.fromInteger(count)),
  },
];

interface Total {
  readonly sum: unknown;
  readonly count: number;
}

/** The sum of an average of int may pass the range of int. */
const wide: Readonly<Record<string, Kind['add']>> = { int: (a: number, b: number) => a + b };

function total(
  source: unknown,
  kind: Kind,
  select: Select,
  use: { runtime: Runtime; site: Site; add: Kind['add'] },
): Total {
  let sum = kind.zero;
  let count = 0;
  for (const item of sourceItems(source, use.site)) {
    use.runtime.step();
    const value = select === null ? item : select(item);
    if (value === null || value === undefined) continue;
    sum = use.add(sum as never, value as never);
    count += 1;
  }
  return { sum, count };
}

function members(kind: Kind, nullable: boolean): MemberRecord {
  const mark = nullable ? '?' : '';
  const type = `${kind.name}${mark}`;
  const result = (sum: unknown): unknown =>
    kind.name === 'float' ? Math.fround(sum as number) : sum;
  const add = (source: unknown, select: Select, runtime: Runtime, site: Site): unknown =>
    result(total(source, kind, select, { runtime, site, add: kind.add }).sum);
  const average = (source: unknown, select: Select, runtime: Runtime, site: Site): unknown => {
    const { sum, count } = total(source, kind, select, {
      runtime,
      site,
      add: wide[kind.name] ?? kind.add,
    });
    if (count > 0) return kind.divide(sum as never, count);
    if (nullable) return null;
    throw noElements();
  };
  return {
    [`static ${type} Sum(this IEnumerable<${type}> source)`]: (
      source: unknown,
      runtime: Runtime,
      site: Site,
    ) => add(source, null, runtime, site),
    [`static ${type} Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, ${type}> selector)`]:
      add,
    [`static ${kind.average}${mark} Average(this IEnumerable<${type}> source)`]: (
      source: unknown,
      runtime: Runtime,
      site: Site,
    ) => average(source, null, runtime, site),
    [`static ${kind.average}${mark} Average<TSource>(this IEnumerable<TSource> source, Func<TSource, ${type}> selector)`]:
      average,
  };
}

/** Sum and Average over each numeric type. */
export const numericAggregates: MemberRecord = Object.assign(
  {},
  ...kinds.flatMap((k) => [members(k, false), members(k, true)]),
) as MemberRecord;
