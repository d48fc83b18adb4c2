import type { TextCursor } from './text-cursor.js';

const simple = new Map<string, string>([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
  ['/', '/'],
]);

/** Reads a string up to its closing quote; the cursor stands on the opening one. */
export function readString(cursor: TextCursor): string {
  const quote = cursor.char;
  cursor.at++;
  let value = '';
  for (;;) {
    const start = cursor.at;
    while (!cursor.ended && cursor.char !== quote && cursor.char !== '\\') cursor.step();
    value += cursor.text.slice(start, cursor.at);
    if (cursor.ended) throw cursor.error(`Unterminated string. Expected delimiter: ${quote}`);
    cursor.at++;
    if (cursor.text[cursor.at - 1] === quote) return value;
    value += readEscape(cursor, quote);
  }
}

// The cursor stands behind the backslash.
function readEscape(cursor: TextCursor, quote: string): string {
  if (cursor.ended) throw cursor.error(`Unterminated string. Expected delimiter: ${quote}`);
  const char = cursor.char;
  cursor.at++;
  if (char === 'u') return readUnicode(cursor);
  const known = simple.get(char);
  if (known === undefined) throw cursor.error(`Bad JSON escape sequence: \\${char}`);
  return known;
}

// A surrogate that has no partner is replaced, as Newtonsoft does.
function readUnicode(cursor: TextCursor): string {
  const first = readHex(cursor);
  if (first >= 0xdc00 && first <= 0xdfff) return '\ufffd';
  if (first < 0xd800 || first > 0xdbff) return String.fromCharCode(first);
  if (!cursor.text.startsWith('\\u', cursor.at)) return '\ufffd';
  const before = cursor.at;
  cursor.at += 2;
  const second = readHex(cursor);
  if (second >= 0xdc00 && second <= 0xdfff) return String.fromCharCode(first, second);
  cursor.at = before;
  return '\ufffd';
}

function readHex(cursor: TextCursor): number {
  const digits = cursor.text.slice(cursor.at, cursor.at + 4);
  if (digits.length < 4) {
    cursor.at = cursor.text.length;
    throw cursor.error('Unexpected end while parsing Unicode escape sequence');
  }
  if (!/^[0-9a-f]{4}$/i.test(digits))
    throw cursor.error(`Invalid Unicode escape sequence: \\u${digits}`);
  cursor.at += 4;
  return Number.parseInt(digits, 16);
}
