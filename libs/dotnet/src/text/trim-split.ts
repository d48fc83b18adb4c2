import { argumentOutOfRange } from '../dotnet-error.js';
import { countWork } from '../work-meter.js';

/** What char.IsWhiteSpace says. */
export const WHITE_SPACE =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';

/** Which ends to trim. */
export type TrimSide = 'both' | 'start' | 'end';

/** `Trim`, `TrimStart`, `TrimEnd`: `chars` null or empty means white space. */
export function trimText(
  text: string,
  chars: string | null = null,
  side: TrimSide = 'both',
): string {
  const set = chars === null || chars === '' ? WHITE_SPACE : chars;
  let start = 0;
  let end = text.length;
  if (side !== 'end') while (start < end && set.includes(text[start] ?? '')) start++;
  if (side !== 'start') while (end > start && set.includes(text[end - 1] ?? '')) end--;
  return text.slice(start, end);
}

/** Options of Split; `count` is the largest number of pieces. */
export interface SplitOptions {
  readonly count?: number;
  readonly removeEmpty?: boolean;
  readonly trim?: boolean;
}

/** `Split` by any of several separators, the first that matches at a place; none means white space. */
export function splitText(
  text: string,
  separators: readonly (string | null)[],
  options: SplitOptions = {},
): string[] {
  const { count = Infinity, removeEmpty = false, trim = false } = options;
  countWork(text.length >> 5);
  if (count < 0) throw argumentOutOfRange('count', 'Count cannot be less than zero.');
  const marks = separators.filter((mark): mark is string => mark !== null && mark !== '');
  // An array of empty strings only separates nothing; no array at all means white space.
  const used = separators.length === 0 ? Array.from(WHITE_SPACE) : marks;
  const kept = (piece: string): string => (trim ? trimText(piece) : piece);
  if (count === 0) return [];
  if (count === 1 || used.length === 0) {
    const only = kept(text);
    return removeEmpty && only === '' ? [] : [only];
  }
  const pieces: string[] = [];
  let start = 0;
  const push = (piece: string): void => {
    const value = kept(piece);
    if (!removeEmpty || value !== '') pieces.push(value);
  };
  for (let at = 0; at < text.length;) {
    const mark = used.find((candidate) => text.startsWith(candidate, at));
    if (mark === undefined) {
      at++;
      continue;
    }
    if (pieces.length === count - 1) break;
    push(text.slice(start, at));
    at += mark.length;
    start = at;
  }
  let rest = text.slice(start);
  if (removeEmpty && pieces.length === count - 1) {
    // The last piece keeps its inner separators but not the leading ones.
    for (let again = true; again;) {
      const mark = used.find(
        (candidate) => kept(rest).startsWith(candidate) || rest.startsWith(candidate),
      );
      again = mark !== undefined && rest.startsWith(mark);
      if (again) rest = rest.slice(mark?.length);
    }
  }
  push(rest);
  return pieces;
}
