import { isWord } from './char-class.js';
import type { Match } from './match.js';

/** A piece of a replacement pattern. */
export type ReplacementPart = string | ((match: Match) => string);

/** What the pattern's groups are, for `$1` and `${name}`. */
export interface GroupLookup {
  readonly hasNumber: (number: number) => boolean;
  readonly numberOfName: (name: string) => number | undefined;
  readonly ecmaScript: boolean;
}

/** Reads `$1 ${name} $$ $& $\` $' $+ $_`; everything else is literal. */
export function parseReplacement(replacement: string, groups: GroupLookup): ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let literal = '';
  const put = (part: ReplacementPart): void => {
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(part);
  };
  for (let at = 0; at < replacement.length;) {
    if (replacement[at] !== '$') {
      literal += replacement[at++] ?? '';
      continue;
    }
    const found = substitution(replacement.slice(at + 1), groups);
    if (!found) {
      literal += '$';
      at++;
    } else {
      if (found.part === '$') literal += '$';
      else put(found.part);
      at += 1 + found.length;
    }
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

const SIGNS: Readonly<Record<string, (match: Match) => string>> = {
  '&': (match) => match.value,
  '`': (match) => match.input.slice(0, match.index),
  "'": (match) => match.input.slice(match.index + match.length),
  '+': (match) => match.groups.at(-1)?.value ?? '',
  _: (match) => match.input,
};

function substitution(
  rest: string,
  groups: GroupLookup,
): { readonly part: ReplacementPart; readonly length: number } | undefined {
  const sign = rest[0] ?? '';
  if (sign === '$') return { part: '$', length: 1 };
  const known = SIGNS[sign];
  if (known) return { part: known, length: 1 };
  const byNumber =
    (number: number): ReplacementPart =>
    (match) =>
      match.group(number).value;
  const braced = /^\{([^{}]*)\}/.exec(rest);
  if (braced) {
    const name = braced[1] ?? '';
    const length = braced[0].length;
    if (/^\d+$/.test(name)) {
      return groups.hasNumber(Number(name)) ? { part: byNumber(Number(name)), length } : undefined;
    }
    const isName = name !== '' && Array.from(name).every((char) => isWord(char.charCodeAt(0)));
    const number = isName ? groups.numberOfName(name) : undefined;
    return number === undefined ? undefined : { part: byNumber(number), length };
  }
  let digits = /^\d+/.exec(rest)?.[0] ?? '';
  if (groups.ecmaScript) {
    while (digits !== '' && !groups.hasNumber(Number(digits))) digits = digits.slice(0, -1);
  }
  if (digits === '' || !groups.hasNumber(Number(digits))) return undefined;
  return { part: byNumber(Number(digits)), length: digits.length };
}
