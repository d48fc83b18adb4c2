import { argumentNull, argumentOutOfRange } from '../dotnet-error.js';
import { toUpperOrdinal } from './casing.js';

/** System.StringComparison. The current culture is the invariant one. */
export type StringComparison =
  | 'CurrentCulture'
  | 'CurrentCultureIgnoreCase'
  | 'InvariantCulture'
  | 'InvariantCultureIgnoreCase'
  | 'Ordinal'
  | 'OrdinalIgnoreCase';

const linguistic = new Intl.Collator('en', { sensitivity: 'variant' });
const linguisticIgnoreCase = new Intl.Collator('en', { sensitivity: 'accent' });

const collatorOf = (comparison: StringComparison): Intl.Collator =>
  comparison.endsWith('IgnoreCase') ? linguisticIgnoreCase : linguistic;
const isOrdinal = (comparison: StringComparison): boolean => comparison.startsWith('Ordinal');

/** `string.CompareOrdinal`: difference of the first differing code units, else of the lengths. */
export function compareOrdinal(left: string | null, right: string | null): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (left === '' || right === '') {
    return (left.charCodeAt(0) || 0) - (right.charCodeAt(0) || 0);
  }
  return ordinalDifference(left, right);
}

function ordinalDifference(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = left.charCodeAt(i) - right.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** `string.Compare(left, right, comparison)`: null sorts first. */
export function compareText(
  left: string | null,
  right: string | null,
  comparison: StringComparison = 'CurrentCulture',
): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (comparison === 'Ordinal') return compareOrdinal(left, right);
  if (comparison === 'OrdinalIgnoreCase') {
    return ordinalDifference(toUpperOrdinal(left), toUpperOrdinal(right));
  }
  return Math.sign(collatorOf(comparison).compare(left, right));
}

/** `string.Equals(left, right, comparison)`. */
export const equalsText = (
  left: string | null,
  right: string | null,
  comparison: StringComparison = 'Ordinal',
): boolean =>
  left === right || (left !== null && right !== null && compareText(left, right, comparison) === 0);

/** Plain ASCII without characters that collation treats specially: ordinal search gives the same. */
const PLAIN = /^[\t-\r !-&(-,./0-~]*$/;

/** Longer texts are searched ordinally: collating them at every position would take too long. */
const MOST_LINGUISTIC = 20_000;

/** Length of the text at `start` that collates equal to `value`; undefined when none does. */
function matchLength(
  text: string,
  start: number,
  value: string,
  collator: Intl.Collator,
): number | undefined {
  const most = Math.min(text.length, start + value.length * 3 + 8);
  let best: number | undefined;
  for (let end = start; end <= most; end++) {
    if (!isBoundary(text, end)) continue;
    if (collator.compare(text.slice(start, end), value) === 0) {
      best = end - start;
      break;
    }
  }
  return best;
}

/** False inside a surrogate pair and before a combining mark. */
const isBoundary = (text: string, at: number): boolean =>
  at >= text.length || !/^(?:\p{M}|[\udc00-\udfff])/u.test(text.slice(at, at + 1));

function prepare(
  text: string,
  value: string | null,
  comparison: StringComparison,
): { text: string; value: string } | undefined {
  if (value === null) throw argumentNull('value');
  if (comparison === 'Ordinal') return { text, value };
  const plain =
    isOrdinal(comparison) ||
    text.length > MOST_LINGUISTIC ||
    (PLAIN.test(text) && PLAIN.test(value));
  if (!plain) return undefined;
  return comparison.endsWith('IgnoreCase')
    ? { text: toUpperOrdinal(text), value: toUpperOrdinal(value) }
    : { text, value };
}

/** `text.StartsWith(value, comparison)`. */
export function startsWithText(
  text: string,
  value: string | null,
  comparison: StringComparison = 'CurrentCulture',
): boolean {
  const plain = prepare(text, value, comparison);
  if (plain) return plain.text.startsWith(plain.value);
  return matchLength(text, 0, value ?? '', collatorOf(comparison)) !== undefined;
}

/** `text.EndsWith(value, comparison)`. */
export function endsWithText(
  text: string,
  value: string | null,
  comparison: StringComparison = 'CurrentCulture',
): boolean {
  const plain = prepare(text, value, comparison);
  if (plain) return plain.text.endsWith(plain.value);
  const collator = collatorOf(comparison);
  const least = Math.max(0, text.length - (value ?? '').length * 3 - 8);
  for (let start = text.length; start >= least; start--) {
    if (isBoundary(text, start) && collator.compare(text.slice(start), value ?? '') === 0)
      return true;
  }
  return false;
}

/** The window of a search: `count` code units from `start`. */
export interface SearchRange {
  readonly start?: number;
  readonly count?: number;
}

/** `text.IndexOf(value, start, count, comparison)`; -1 when it does not occur. */
export function indexOfText(
  text: string,
  value: string | null,
  comparison: StringComparison = 'CurrentCulture',
  range: SearchRange = {},
): number {
  if (value === null) throw argumentNull('value');
  const start = range.start ?? 0;
  if (start < 0 || start > text.length) throw outOfRange('startIndex');
  const count = range.count ?? text.length - start;
  if (count < 0 || count > text.length - start) throw argumentOutOfRange('count', COUNT);
  const window = text.slice(start, start + count);
  const plain = prepare(window, value, comparison);
  if (plain) {
    const at = plain.text.indexOf(plain.value);
    return at < 0 ? -1 : at + start;
  }
  const collator = collatorOf(comparison);
  for (let at = 0; at <= window.length; at++) {
    if (isBoundary(window, at) && matchLength(window, at, value, collator) !== undefined) {
      return at + start;
    }
  }
  return -1;
}

const COUNT =
  'Count must be positive and count must refer to a location within the string/array/collection.';
const outOfRange = (name: string): Error =>
  argumentOutOfRange(
    name,
    'Index was out of range. Must be non-negative and less than or equal to the size of the collection.',
  );

/** `text.LastIndexOf(value, start, count, comparison)`: searches backwards from `start`. */
export function lastIndexOfText(
  text: string,
  value: string | null,
  comparison: StringComparison = 'CurrentCulture',
  range: SearchRange = {},
): number {
  if (value === null) throw argumentNull('value');
  let start = range.start ?? text.length - 1;
  let count = range.count ?? start + 1;
  if (text === '' && (start === -1 || start === 0)) return value === '' ? 0 : -1;
  if (start < 0 || start > text.length) throw outOfRange('startIndex');
  if (start === text.length) {
    start--;
    if (count > 0) count--;
  }
  if (count < 0 || start - count + 1 < 0) throw argumentOutOfRange('count', COUNT);
  const from = start - count + 1;
  const window = text.slice(from, start + 1);
  const plain = prepare(window, value, comparison);
  if (plain) {
    const at = plain.text.lastIndexOf(plain.value);
    return at < 0 ? -1 : at + from;
  }
  const collator = collatorOf(comparison);
  for (let at = window.length; at >= 0; at--) {
    if (isBoundary(window, at) && matchLength(window, at, value, collator) !== undefined) {
      return at + from;
    }
  }
  return -1;
}
