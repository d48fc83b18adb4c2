import {
  classOfName,
  isAsciiDigit,
  isAsciiSpace,
  isAsciiWord,
  isDigit,
  isSpace,
  isWord,
  negated,
  type CharTest,
} from './char-class.js';
import type { PatternReader } from './pattern-reader.js';
import { RegexOptions } from './regex-options.js';

/** The class of `\d \w \s \p{…}` and their opposites; undefined when another escape comes next. */
export function readClassEscape(reader: PatternReader): CharTest | undefined {
  const ascii = reader.has(RegexOptions.ECMAScript);
  const letter = reader.peek();
  const classes: Readonly<Record<string, CharTest>> = {
    d: ascii ? isAsciiDigit : isDigit,
    w: ascii ? isAsciiWord : isWord,
    s: ascii ? isAsciiSpace : isSpace,
  };
  const known = classes[letter.toLowerCase()];
  if (known) {
    reader.at++;
    return letter === letter.toLowerCase() ? known : negated(known);
  }
  if (letter !== 'p' && letter !== 'P') return undefined;
  reader.at++;
  return readProperty(reader, letter === 'P');
}

function readProperty(reader: PatternReader, negative: boolean): CharTest {
  const match = /\{([\w-]*)\}/y;
  match.lastIndex = reader.at;
  const name = match.exec(reader.pattern)?.[1];
  if (name === undefined || name === '') {
    throw reader.error('Incomplete \\p{X} character escape.');
  }
  reader.at += name.length + 2;
  const test = classOfName(name);
  if (!test) throw reader.error(`Unknown property '${name}'.`);
  return negative ? negated(test) : test;
}

const CONTROLS: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  e: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** The code unit of an escape after its backslash: `\n`, `\x41`, `\u0041`, `\cA`, `\101`, `\.`. */
export function readCharEscape(reader: PatternReader): number {
  const octal = reader.match(/[0-7]{1,3}/y)?.[0];
  if (octal !== undefined) {
    const ecma = reader.has(RegexOptions.ECMAScript);
    // ECMAScript stops before the value passes a byte.
    if (ecma && octal.length === 3 && Number.parseInt(octal, 8) > 255) reader.at--;
    const digits = ecma && Number.parseInt(octal, 8) > 255 ? octal.slice(0, 2) : octal;
    return Number.parseInt(digits, 8) & 0xff;
  }
  const char = reader.next();
  if (char === 'x') return hexadecimal(reader, 2);
  if (char === 'u') return hexadecimal(reader, 4);
  if (char === 'c') return control(reader);
  const code = CONTROLS[char];
  if (code !== undefined) return code;
  if (!reader.has(RegexOptions.ECMAScript) && isWord(char.charCodeAt(0))) {
    throw reader.error(`Unrecognized escape sequence \\${char}.`);
  }
  return char.charCodeAt(0);
}

function hexadecimal(reader: PatternReader, length: number): number {
  const digits = reader.match(length === 2 ? /[0-9a-fA-F]{2}/y : /[0-9a-fA-F]{4}/y)?.[0];
  if (digits === undefined) throw reader.error('Insufficient or invalid hexadecimal digits.');
  return Number.parseInt(digits, 16);
}

function control(reader: PatternReader): number {
  if (reader.ended) throw reader.error('Missing control character.');
  const code = reader.next().toUpperCase().charCodeAt(0) - 64;
  if (code < 0 || code >= 32) throw reader.error('Unrecognized control character.');
  return code;
}
