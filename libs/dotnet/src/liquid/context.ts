import type { DateTime } from '../dates/date-time.js';
import { parseNumber, tryParseNumber } from '../numbers/parse-number.js';
import { NumberStyles } from '../numbers/number-styles.js';
import { trimText } from '../text/trim-split.js';
import { ListHash } from './bind.js';
import { LiquidLimitError } from './liquid-error.js';
import { toInt } from './convert.js';
import { Entry, Hash, Int, itemsOf, LiquidSymbol, listOf, type LiquidValue } from './value.js';

/** Work and output a rendering may make. */
export interface LiquidLimits {
  /** Nodes rendered and items enumerated. */
  readonly steps: number;
  /** Characters of output. */
  readonly output: number;
}

const integerForm = /^[+-]?\d+$/;
const rangeForm = /^\((\S+)\.\.(\S+)\)$/;
const floatForm = /^[+-]?\d[\d.|,]+$/;
const variableParts = /\[[^\]]+\]|[\w-]+\??/g;
const isEmpty = new LiquidSymbol((value) => itemsOf(value)?.length === 0);
const isBlank = new LiquidSymbol((value) =>
  typeof value === 'string' ? trimText(value) === '' : itemsOf(value)?.length === 0,
);

/** The state of one rendering: scopes, counters, registers. */
export class LiquidContext {
  private readonly scopes: Map<string, LiquidValue>[] = [new Map()];
  /** Counters of `increment` and `decrement`. */
  readonly counters = new Map<string, LiquidValue>();
  readonly registers = new Map<string, unknown>();
  private steps = 0;
  private written = 0;

  constructor(
    private readonly bindings: ReadonlyMap<string, LiquidValue>,
    private readonly limits: LiquidLimits,
    readonly now: DateTime,
  ) {}

  step(): void {
    if (++this.steps > this.limits.steps)
      throw new LiquidLimitError('The Liquid template takes too many steps.');
  }

  /** Counts output; also what a capture holds. */
  wrote(length: number): void {
    this.written += length;
    if (this.written > this.limits.output)
      throw new LiquidLimitError('The Liquid template writes too much output.');
  }

  /** Runs with a scope of its own. */
  stack(body: () => void): void {
    this.scopes.unshift(new Map());
    if (this.scopes.length > 80) throw new LiquidLimitError('Nesting too deep');
    try {
      body();
    } finally {
      this.scopes.shift();
    }
  }

  /** Sets a variable of the innermost scope. */
  set(name: string, value: LiquidValue): void {
    this.scopes[0]!.set(name, value);
  }

  /** `assign` and `capture` write to the outermost scope. */
  assign(name: string, value: LiquidValue): void {
    this.scopes.at(-1)!.set(name, value);
  }

  /** The value of a literal or of a variable with its path. */
  resolve(key: string | undefined): LiquidValue {
    switch (key) {
      case undefined:
      case '':
      case 'nil':
      case 'null':
        return null;
      case 'true':
        return true;
      case 'false':
        return false;
      case 'blank':
        return isBlank;
      case 'empty':
        return isEmpty;
      default:
        return this.literal(key) ?? this.variable(key);
    }
  }

  private literal(key: string): LiquidValue | undefined {
    if (/^'[^]*'$/.test(key) || /^"[^]*"$/.test(key)) return key.slice(1, -1);
    if (integerForm.test(key)) {
      const small = tryParseNumber('int', key);
      return small === undefined ? (parseNumber('long', key) as bigint) : new Int(small as number);
    }
    const range = rangeForm.exec(key);
    if (range) return this.range(toInt(this.resolve(range[1])), toInt(this.resolve(range[2])));
    if (!floatForm.test(key)) return undefined;
    const value = tryParseNumber('double', key, {
      styles: NumberStyles.Float | NumberStyles.AllowThousands,
    });
    return value as number | undefined;
  }

  private range(from: number, to: number): LiquidValue[] {
    const items: LiquidValue[] = [];
    for (let i = from; i <= to; i++) {
      this.step();
      items.push(new Int(i));
    }
    return items;
  }

  private variable(markup: string): LiquidValue {
    const parts = markup.match(variableParts) ?? [];
    const first = parts[0];
    if (first === undefined) return null;
    let value = this.find(first.startsWith('[') ? this.bracketed(first) : first);
    for (const part of parts.slice(1)) {
      this.step();
      if (part.startsWith('[')) value = lookup(value, this.resolve(part.slice(1, -1)));
      else value = member(value, part);
      if (value === null) return null;
    }
    return value;
  }

  private bracketed(part: string): string {
    const name = this.resolve(part.slice(1, -1));
    return typeof name === 'string' ? name : '';
  }

  private find(name: string): LiquidValue {
    for (const scope of this.scopes) if (scope.has(name)) return scope.get(name)!;
    if (this.counters.has(name)) return this.counters.get(name)!;
    return this.bindings.get(name) ?? null;
  }
}

// `object[key]`
function lookup(value: LiquidValue, key: LiquidValue): LiquidValue {
  if (typeof key === 'string') {
    if (value instanceof Hash) return value.find(key) ?? null;
    return null;
  }
  if (!(key instanceof Int) && typeof key !== 'bigint') return null;
  const index = key instanceof Int ? key.value : Number(key);
  if (value instanceof Entry) return index === 0 ? value.key : index === 1 ? value.value : null;
  const items = value instanceof ListHash ? value.items : listOf(value);
  if (!items || value instanceof Hash)
    return value instanceof ListHash ? (items?.at(index) ?? null) : null;
  return items.at(index) ?? null;
}

// `object.part`: a member, or size, first and last of what can be enumerated.
function member(value: LiquidValue, part: string): LiquidValue {
  if (value instanceof Hash) {
    const found = value.find(part);
    if (found !== undefined) return found;
  }
  if (value instanceof Entry)
    return part === 'Key' ? value.key : part === 'Value' ? value.value : null;
  if (typeof value === 'string') return /^[sS]ize$/.test(part) ? new Int(value.length) : null;
  const items = value instanceof ListHash ? value.items : listOf(value);
  if (!items) return null;
  if (part === 'size' || part === 'Size') return new Int(items.length);
  if (part === 'first' || part === 'First') return items[0] ?? null;
  if (part === 'last' || part === 'Last') return items.at(-1) ?? null;
  return null;
}
