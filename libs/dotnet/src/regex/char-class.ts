import { lowerCodePoint, upperCodePoint } from '../text/casing.js';
import { UNICODE_BLOCKS } from './unicode-blocks.js';

/** True when a UTF-16 code unit is matched. */
export type CharTest = (code: number) => boolean;

const CATEGORY = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfson]?)$/;

/** Remembers the answers for ASCII and asks again beyond. */
function cached(test: CharTest): CharTest {
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => (test(code) ? 1 : 0));
  return (code) => (code < 128 ? ascii[code] === 1 : test(code));
}

const byPattern = (pattern: RegExp): CharTest =>
  cached((code) => pattern.test(String.fromCharCode(code)));

const namedClasses = new Map<string, CharTest>();

/** The test of `\p{name}`: a general category or an `Is…` block; undefined for unknown names. */
export function classOfName(name: string): CharTest | undefined {
  const known = namedClasses.get(name);
  if (known) return known;
  let test: CharTest | undefined;
  if (CATEGORY.test(name)) test = byPattern(new RegExp(`^\\p{${name}}$`, 'u'));
  else {
    const block = UNICODE_BLOCKS.get(name);
    if (block) test = (code) => code >= block[0] && code <= block[1];
  }
  if (test) namedClasses.set(name, test);
  return test;
}

/** `\d`, `\w`, `\s`. */
export const isDigit = byPattern(/^\p{Nd}$/u);
export const isWord = byPattern(/^[\p{L}\p{Mn}\p{Nd}\p{Pc}]$/u);
export const isSpace = byPattern(/^[\t-\r\u0085\p{Z}]$/u);

/** What RegexOptions.ECMAScript makes of them. */
export const isAsciiDigit: CharTest = (code) => code >= 48 && code <= 57;
export const isAsciiWord = byPattern(/^[A-Za-z0-9_\u0130]$/);
export const isAsciiSpace = byPattern(/^[\t-\r ]$/);

/** Word boundaries also count the zero-width joiners as word characters. */
export const isBoundaryWord: CharTest = (code) =>
  isWord(code) || code === 0x200c || code === 0x200d;

export const negated =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);

/** Code units that differ from a letter only in case, with unusual partners of the lower-case form. */
const UNUSUAL: Readonly<Record<number, readonly number[]>> = {
  0x6b: [0x212a],
  0xe5: [0x212b],
  0x3c9: [0x2126],
  0xdf: [0x1e9e],
  0x3b8: [0x3f4],
};

/** The lower-case form that case-insensitive matching compares. */
export const foldCase = (code: number): number =>
  code < 0x80 ? (code >= 65 && code <= 90 ? code + 32 : code) : lowerUnit(code);

function lowerUnit(code: number): number {
  if (code >= 0xd800 && code <= 0xdfff) return code;
  return lowerCodePoint(code);
}

/** All code units equal to `code` without regard to case, itself included. */
function equivalents(code: number): number[] {
  if (code >= 0xd800 && code <= 0xdfff) return [code];
  const lower = lowerCodePoint(code);
  const upper = upperCodePoint(lower);
  const back = lowerCodePoint(upper) === lower ? [upper] : [];
  return [code, lower, ...back, ...(UNUSUAL[lower] ?? [])];
}

/** Matches when any case variant of the character does. */
export const ignoringCase = (test: CharTest): CharTest =>
  cached((code) => equivalents(code).some(test));
