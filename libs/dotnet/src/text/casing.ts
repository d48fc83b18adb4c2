/** Simple (one to one) upper-case forms that JavaScript's full mapping expands. */
const SIMPLE_UPPER = new Map<number, number>([
  [0x1fb3, 0x1fbc],
  [0x1fc3, 0x1fcc],
  [0x1ff3, 0x1ffc],
]);
for (const start of [0x1f80, 0x1f90, 0x1fa0]) {
  for (let offset = 0; offset < 8; offset++) SIMPLE_UPPER.set(start + offset, start + offset + 8);
}

const DOTLESS_I = 0x131;
const DOTTED_CAPITAL_I = 0x130;

/** Invariant upper case of a code point: simple mapping, the dotless i stays. */
export function upperCodePoint(code: number): number {
  if (code === DOTLESS_I) return code;
  const simple = SIMPLE_UPPER.get(code);
  if (simple !== undefined) return simple;
  return single(String.fromCodePoint(code).toUpperCase(), code);
}

/** Invariant lower case of a code point: simple mapping, the dotted capital I stays. */
export function lowerCodePoint(code: number): number {
  if (code === DOTTED_CAPITAL_I) return code;
  return single(String.fromCodePoint(code).toLowerCase(), code);
}

/** A mapping that grows to several code points is no simple mapping: the character stays. */
function single(mapped: string, code: number): number {
  const first = mapped.codePointAt(0) ?? code;
  return mapped.length === (first > 0xffff ? 2 : 1) ? first : code;
}

const ASCII = /^[\0-\x7f]*$/;

function mapText(text: string, map: (code: number) => number): string {
  let result = '';
  for (const char of text) result += String.fromCodePoint(map(char.codePointAt(0) ?? 0));
  return result;
}

/** `ToUpperInvariant()`. */
export const toUpperInvariant = (text: string): string =>
  ASCII.test(text) ? text.toUpperCase() : mapText(text, upperCodePoint);

/** `ToLowerInvariant()`. */
export const toLowerInvariant = (text: string): string =>
  ASCII.test(text) ? text.toLowerCase() : mapText(text, lowerCodePoint);

/** Upper case as ordinal comparison without case sees it: the long s stays too. */
export const toUpperOrdinal = (text: string): string =>
  ASCII.test(text)
    ? text.toUpperCase()
    : mapText(text, (code) => (code === 0x17f ? code : upperCodePoint(code)));
