import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { dateTimeOffsetToText, dateTimeToText } from '../dates/format-date-time.js';
import { Decimal } from '../numbers/decimal.js';
import { numberToText } from '../numbers/format-number.js';

/** A 32-bit integer: what whole literals and counts are; JSON's are bigint (long). */
export class Int {
  constructor(readonly value: number) {}
}

/** A single UTF-16 unit, as `First` of a string gives. */
export class Char {
  constructor(readonly text: string) {}
}

/** DotLiquid.Hash: an object. `find` may forgive the case of names (XML). */
export class Hash {
  constructor(
    readonly entries: ReadonlyMap<string, LiquidValue>,
    private readonly forgiving = false,
  ) {}

  find(name: string): LiquidValue | undefined {
    const exact = this.entries.get(name);
    if (exact !== undefined || !this.forgiving) return exact;
    const lower = name.toLowerCase();
    for (const [key, value] of this.entries) if (key.toLowerCase() === lower) return value;
    return undefined;
  }
}

/** An entry of a hash while it is enumerated. */
export class Entry {
  constructor(
    readonly key: string,
    readonly value: LiquidValue,
  ) {}
}

/** `empty` and `blank`: equal to what fulfils a condition. */
export class LiquidSymbol {
  constructor(readonly fits: (value: LiquidValue) => boolean) {}
}

/** A value that DotLiquid refuses to show (an integer of more than 64 bits). */
export class Unfit {
  constructor(readonly text: string) {}
}

/** Everything a template can hold; numbers are doubles. */
export type LiquidValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | Int
  | Char
  | Decimal
  | DateTime
  | DateTimeOffset
  | Hash
  | Entry
  | LiquidSymbol
  | Unfit
  | readonly LiquidValue[];

/** The .NET name of a value's type, as error messages have it. */
export function typeName(value: LiquidValue): string {
  if (value === null) return 'System.Object';
  if (typeof value === 'boolean') return 'System.Boolean';
  if (typeof value === 'string') return 'System.String';
  if (typeof value === 'number') return 'System.Double';
  return typeof value === 'bigint' ? 'System.Int64' : objectTypeName(value);
}

function objectTypeName(value: object): string {
  if (value instanceof Int) return 'System.Int32';
  if (value instanceof Char) return 'System.Char';
  if (value instanceof Decimal) return 'System.Decimal';
  if (value instanceof DateTime) return 'System.DateTime';
  if (value instanceof DateTimeOffset) return 'System.DateTimeOffset';
  if (value instanceof Hash) return 'DotLiquid.Hash';
  if (value instanceof LiquidSymbol) return 'DotLiquid.Util.Symbol';
  if (value instanceof Unfit) return 'System.Numerics.BigInteger';
  if (value instanceof Entry)
    return 'System.Collections.Generic.KeyValuePair`2[System.String,System.Object]';
  return 'System.Collections.Generic.List`1[System.Object]';
}

/** `ToString()` by the invariant culture; null is empty. */
export function textOf(value: LiquidValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberToText('double', value);
  return typeof value === 'bigint' ? value.toString() : objectText(value);
}

function objectText(
  value: Exclude<LiquidValue, null | boolean | string | number | bigint>,
): string {
  if (value instanceof Int) return String(value.value);
  if (value instanceof Char || value instanceof Unfit) return value.text;
  // Calculated decimals show no zeros at the end.
  if (value instanceof Decimal)
    return value
      .toString()
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
  if (value instanceof DateTime) return dateTimeToText(value);
  if (value instanceof DateTimeOffset) return dateTimeOffsetToText(value);
  if (value instanceof Entry) return `[${value.key}, ${textOf(value.value)}]`;
  return typeName(value);
}

/** Whether a value is a number of any kind. */
export function isNumber(value: LiquidValue): value is number | bigint | Int | Decimal {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Int ||
    value instanceof Decimal
  );
}

/** The items of what .NET can enumerate; a string gives its characters. */
export function itemsOf(value: LiquidValue): readonly LiquidValue[] | undefined {
  if (Array.isArray(value)) return value as readonly LiquidValue[];
  if (value instanceof Hash) return [...value.entries].map(([key, item]) => new Entry(key, item));
  if (typeof value === 'string') return value.split('').map((text) => new Char(text));
  return undefined;
}

/** The same without strings. */
export function listOf(value: LiquidValue): readonly LiquidValue[] | undefined {
  return typeof value === 'string' ? undefined : itemsOf(value);
}
