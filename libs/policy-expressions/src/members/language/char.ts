import {
  argumentNull,
  argumentOutOfRange,
  DotNetError,
  formatException,
  lowerCodePoint,
  upperCodePoint,
} from '@isthmus/dotnet';
import type { Ref } from '../../runtime/ref.js';
import { constant, typeTable, type MemberRecord } from '../table.js';

const text = (code: number): string => String.fromCharCode(code);
const is =
  (pattern: RegExp) =>
  (code: number): boolean =>
    pattern.test(text(code));

const tests: Readonly<Record<string, (code: number) => boolean>> = {
  IsDigit: is(/\p{Nd}/u),
  IsLetter: is(/\p{L}/u),
  IsLetterOrDigit: is(/[\p{L}\p{Nd}]/u),
  IsNumber: is(/\p{N}/u),
  IsUpper: is(/\p{Lu}/u),
  IsLower: is(/\p{Ll}/u),
  IsPunctuation: is(/\p{P}/u),
  IsSymbol: is(/\p{S}/u),
  IsSeparator: is(/\p{Z}/u),
  IsControl: is(/\p{Cc}/u),
  IsWhiteSpace: is(/[\p{Z}\t-\r\u0085]/u),
  IsSurrogate: (c) => c >= 0xd800 && c <= 0xdfff,
  IsHighSurrogate: (c) => c >= 0xd800 && c <= 0xdbff,
  IsLowSurrogate: (c) => c >= 0xdc00 && c <= 0xdfff,
};

const classification: MemberRecord = Object.fromEntries(
  Object.entries(tests).flatMap(([name, test]) => [
    [`static bool ${name}(char c)`, (c: number) => test(c)],
    [
      `static bool ${name}(string s, int index)`,
      (s: string | null, index: number) => test(at(s, index)),
    ],
  ]),
);

function at(s: string | null, index: number): number {
  if (s === null) throw argumentNull('s');
  if (index < 0 || index >= s.length)
    throw argumentOutOfRange(
      'index',
      'Index was out of range. Must be non-negative and less than the size of the collection.',
    );
  return s.charCodeAt(index);
}

const fractions: Readonly<Record<string, number>> = {
  '¼': 0.25,
  '½': 0.5,
  '¾': 0.75,
  '²': 2,
  '³': 3,
  '¹': 1,
  '⅓': 1 / 3,
  '⅔': 2 / 3,
};

function numericValue(code: number): number {
  const c = text(code);
  if (c >= '0' && c <= '9') return Number(c);
  if (Object.hasOwn(fractions, c)) return fractions[c]!;
  if (!/\p{Nd}/u.test(c)) return -1;
  // Digits of every script stand in runs of ten.
  let zero = code;
  while (/\p{Nd}/u.test(text(zero - 1)) && code - zero < 9) zero -= 1;
  return code - zero;
}

const ascii: MemberRecord = Object.fromEntries(
  Object.entries({
    '': /\p{ASCII}/u,
    Digit: /[0-9]/,
    Letter: /[a-z]/i,
    LetterLower: /[a-z]/,
    LetterUpper: /[A-Z]/,
    LetterOrDigit: /[a-z0-9]/i,
    HexDigit: /[0-9a-f]/i,
    HexDigitLower: /[0-9a-f]/,
    HexDigitUpper: /[0-9A-F]/,
  }).map(([name, pattern]) => [`static bool IsAscii${name}(char c)`, is(pattern)]),
);

export const charTable = typeTable(
  'struct System.Char : IComparable, IComparable<char>, IEquatable<char>, IConvertible',
  { initial: 0 },
  classification,
  ascii,
  {
    'const char MaxValue': constant(0xffff),
    'const char MinValue': constant(0),
    'string ToString()': (self: number) => text(self),
    'string ToString(IFormatProvider provider)': (self: number) => text(self),
    'static bool IsBetween(char c, char minInclusive, char maxInclusive)': (
      c: number,
      least: number,
      most: number,
    ) => c >= least && c <= most,
    'static string ToString(char c)': (c: number) => text(c),
    'bool Equals(char obj)': (self: number, other: number) => self === other,
    'int CompareTo(char value)': (self: number, other: number) => self - other,
    'int GetHashCode()': (self: number) => self | (self << 16),
    'static char ToUpper(char c)': (c: number) => upperCodePoint(c),
    'static char ToLower(char c)': (c: number) => lowerCodePoint(c),
    'static char ToUpperInvariant(char c)': (c: number) => upperCodePoint(c),
    'static char ToLowerInvariant(char c)': (c: number) => lowerCodePoint(c),
    'static double GetNumericValue(char c)': numericValue,
    'static double GetNumericValue(string s, int index)': (s: string | null, index: number) =>
      numericValue(at(s, index)),
    'static char Parse(string s)': (s: string | null) => parseChar(s),
    'static bool TryParse(string s, out char result)': (s: string | null, result: Ref) => {
      const ok = s !== null && s.length === 1;
      result.value = ok ? s.charCodeAt(0) : 0;
      return ok;
    },
    'static string ConvertFromUtf32(int utf32)': (code: number) => {
      if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        throw argumentOutOfRange(
          'utf32',
          'A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include surrogate codepoint values (0x00d800 ~ 0x00dfff).',
        );
      return String.fromCodePoint(code);
    },
    'static int ConvertToUtf32(string s, int index)': (s: string | null, index: number) => {
      const first = at(s, index);
      const code = s!.codePointAt(index)!;
      if (code <= 0xffff && first >= 0xd800 && first <= 0xdfff)
        throw new DotNetError(
          'System.ArgumentException',
          'Found a surrogate char without its pair.',
          { paramName: 's' },
        );
      return code;
    },
    'static int ConvertToUtf32(char highSurrogate, char lowSurrogate)': (
      high: number,
      low: number,
    ) => {
      if (!tests['IsHighSurrogate']!(high)) throw argumentOutOfRange('highSurrogate');
      if (!tests['IsLowSurrogate']!(low)) throw argumentOutOfRange('lowSurrogate');
      return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;
    },
    'static bool IsSurrogatePair(char highSurrogate, char lowSurrogate)': (
      high: number,
      low: number,
    ) => tests['IsHighSurrogate']!(high) && tests['IsLowSurrogate']!(low),
    'static bool IsSurrogatePair(string s, int index)': (s: string | null, index: number) =>
      tests['IsHighSurrogate']!(at(s, index)) &&
      index + 1 < s!.length &&
      tests['IsLowSurrogate']!(s!.charCodeAt(index + 1)),
  },
);

function parseChar(s: string | null): number {
  if (s === null) throw argumentNull('s');
  if (s.length !== 1) throw formatException('String must be exactly one character long.');
  return s.charCodeAt(0);
}
