import { Decimal } from '@isthmus/dotnet';
import {
  Float,
  floatOf,
  isArray,
  objectOf,
  type WorkflowObject,
  type WorkflowValue,
} from '../value.js';
import { maximumDepth, readTokens } from './read-tokens.js';

/** How JSON text is read. */
export interface JsonReadOptions {
  /**
   * How Parse JSON reads: text after the first value is ignored, and the end of the text closes
   * containers that are open after a value.
   */
  readonly lenientEnd?: boolean;
}

// What JSON.parse would lose: floats without fraction, integers beyond 2^53, the order of integer-like
// names. Texts that only look like that inside of strings take the longer way.
const lossy =
  /\d(?:\.0+\s*(?:[,}\]]|$)|\.?[eE][+-]?\d+\s*(?:[,}\]]|$))|(?:^|[:,[\s])-?\d*\.?\d{16}|"\d+"\s*:|-0\s*(?:[,}\]]|$)|\\u/;

/** How many names a text has, or more when strings hold `":`. */
function nameCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

function memberCount(value: WorkflowValue, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > maximumDepth) return Number.NaN;
  let count = 0;
  if (isArray(value)) {
    for (const item of value) count += memberCount(item, depth + 1);
    return count;
  }
  const object = value as WorkflowObject;
  for (const name in object) count += 1 + memberCount(object[name] as WorkflowValue, depth + 1);
  return count;
}

/** The value of strict JSON text that loses nothing as a JavaScript value; undefined for any other. */
function plainValue(text: string): WorkflowValue | undefined {
  if (lossy.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as WorkflowValue;
    // Fewer members than names: one is repeated, and its place would be lost.
    return memberCount(value) === nameCount(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads JSON as Newtonsoft's reader does, without losing the kind of numbers: `1.0` stays a float,
 * integers are exact, members keep their order, of equal names the last wins. Comments, single
 * quotes, bare names, trailing commas, hexadecimal and octal integers are accepted.
 * @throws JsonTextError when the text is no JSON even so
 */
export function parseJson(text: string, options: JsonReadOptions = {}): WorkflowValue {
  return plainValue(text) ?? readTokens(text, options.lenientEnd ?? false);
}
/** A JavaScript number of foreign origin (where 1.0 and 1 are one) as a value: integral ones are integers. */
function numberOf(value: number): WorkflowValue {
  return Number.isSafeInteger(value) ? value + 0 : floatOf(value);
}

/** A plain JavaScript value, such as the result of a script or a YAML file, as a workflow value. */
export function valueOf(value: unknown): WorkflowValue {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value;
  if (typeof value === 'number') return numberOf(value);
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Float || value instanceof Decimal) return value;
  if (Array.isArray(value)) return value.map(valueOf);
  return objectOf(Object.entries(value).map(([name, member]) => [name, valueOf(member)] as const));
}
