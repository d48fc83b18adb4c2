import { Decimal, Guid, parseTimeSpan, TimeSpan } from '@isthmus/dotnet';
import { textOf, unbox } from '@isthmus/policy-expressions';

/** How a value is written in a document and what an expression may give for it. */
export interface ValueKind<T> {
  /** For messages and the support table. */
  readonly name: string;
  /** A literal; undefined when it is none of this kind. */
  parse(text: string): T | undefined;
  /** The result of an expression; undefined when it cannot be one. */
  convert(value: unknown): T | undefined;
  /** What to say about a wrong literal. */
  complaint(text: string): string;
  /** The C# type that is wanted and the static types that may become it; absent: any may. */
  readonly wants?: { readonly type: string; readonly from: readonly string[] };
}

/** Any text. The result of an expression is written as Convert.ToString does; null is the empty string. */
export const textKind: ValueKind<string> = {
  name: 'string',
  parse: (text) => text,
  convert: (value) =>
    typeof value === 'string' ? value : value === null || value === undefined ? '' : textOf(value),
  complaint: () => '',
};

/** As the expression gives it (`object`); a literal is a string. */
export const objectKind: ValueKind<unknown> = {
  name: 'object',
  parse: (text) => text,
  convert: (value) => value ?? null,
  complaint: () => '',
};

/** `true` or `false`, any case. */
export const booleanKind: ValueKind<boolean> = {
  name: 'boolean',
  parse: parseBoolean,
  convert: (value) =>
    typeof value === 'boolean'
      ? value
      : typeof value === 'string'
        ? parseBoolean(value)
        : undefined,
  complaint: (text) => `The string '${text}' is not a valid Boolean value.`,
  wants: { type: 'bool', from: ['bool', 'bool?', 'string', 'object', 'dynamic'] },
};

function parseBoolean(text: string): boolean | undefined {
  const lower = text.trim().toLowerCase();
  if (lower === 'true' || lower === '1') return true;
  return lower === 'false' || lower === '0' ? false : undefined;
}

/** A number that an expression gave, of whatever .NET type. */
function numberOf(value: unknown): number | undefined {
  const raw = unbox(value);
  if (typeof raw === 'number') return raw;
  if (typeof raw === 'bigint') return Number(raw);
  if (raw instanceof Decimal) return raw.toDouble();
  if (typeof raw === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(raw)) return Number(raw);
  const text = raw === null || raw === undefined ? '' : textOf(raw);
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** A whole number within bounds. */
export function integerKind(least = -2_147_483_648, most = 2_147_483_647): ValueKind<number> {
  const accept = (value: number | undefined): number | undefined =>
    value !== undefined && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;
  return {
    name: 'integer',
    parse: (text) => (/^\s*[-+]?\d+\s*$/.test(text) ? accept(Number(text)) : undefined),
    convert: (value) => accept(numberOf(value)),
    complaint: (text) =>
      /^\s*[-+]?\d+\s*$/.test(text)
        ? `The value must be between ${least} and ${most}.`
        : `The value '${text}' is invalid according to its datatype 'http://www.w3.org/2001/XMLSchema:int' - The string '${text}' is not a valid Int32 value.`,
  };
}

/** A number with an optional fraction. */
export function numberKind(least = -Infinity, most = Infinity): ValueKind<number> {
  const accept = (value: number | undefined): number | undefined =>
    value !== undefined && value >= least && value <= most ? value : undefined;
  return {
    name: 'number',
    parse: (text) =>
      /^\s*[-+]?\d+(\.\d+)?([eE][-+]?\d+)?\s*$/.test(text) ? accept(Number(text)) : undefined,
    convert: (value) => accept(numberOf(value)),
    complaint: (text) =>
      Number.isNaN(Number(text))
        ? `The string '${text}' is not a valid number.`
        : `The value must be between ${least} and ${most}.`,
  };
}

/** One of a closed list, compared without case. */
export function choiceKind<const T extends string>(
  allowed: readonly T[],
): ValueKind<T> & { readonly allowed: readonly T[] } {
  const find = (text: string): T | undefined =>
    allowed.find((one) => one.toLowerCase() === text.trim().toLowerCase());
  return {
    name: allowed.join(' | '),
    allowed,
    parse: find,
    convert: (value) => (typeof value === 'string' ? find(value) : undefined),
    complaint: (text) => `The value '${text}' is not one of: ${allowed.join(', ')}.`,
  };
}

/** A GUID in any of .NET's forms, given on in its usual one. */
export const guidKind: ValueKind<string> = {
  name: 'guid',
  parse: (text) => Guid.tryParse(text)?.toString(),
  convert: (value) => Guid.tryParse(textKind.convert(value)!)?.toString(),
  complaint: (text) => `The string '${text}' is not a valid Guid value.`,
};

/** An interval as TimeSpan.Parse reads it: `00:10:00`. */
export const timeSpanKind: ValueKind<TimeSpan> = {
  name: 'timespan',
  parse: timeSpanOf,
  convert: (value) => (value instanceof TimeSpan ? value : timeSpanOf(textKind.convert(value)!)),
  complaint: (text) => `The string '${text}' is not a valid TimeSpan value.`,
};

function timeSpanOf(text: string): TimeSpan | undefined {
  try {
    return parseTimeSpan(text);
  } catch {
    return undefined;
  }
}
