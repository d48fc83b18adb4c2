import { stringForms } from './string-forms.js';
import { enumeratorOf } from '../../runtime/enumerator.js';
import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  compareText,
  DotNetError,
  equalsText,
  splitText,
  toLowerInvariant,
  toUpperInvariant,
  trimText,
} from '@isthmus/dotnet';
import { iterate } from '../../runtime/sequence.js';
import { replaceText } from '../../runtime/replace-text.js';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord } from '../table.js';
import { comparisonName } from './string-comparison.js';
import { searchMembers } from './string-search.js';
import { staticMembers } from './string-static.js';

const char = (code: number): string => String.fromCharCode(code);
const chars = (codes: readonly number[] | null): string | null =>
  codes === null ? null : String.fromCharCode(...codes);

function checkRange(self: string, start: number, length: number): void {
  if (start < 0) throw argumentOutOfRange('startIndex', 'StartIndex cannot be less than zero.');
  if (start > self.length)
    throw argumentOutOfRange('startIndex', 'startIndex cannot be larger than length of string.');
  if (length < 0) throw argumentOutOfRange('length', 'Length cannot be less than zero.');
  if (start > self.length - length)
    throw argumentOutOfRange(
      'length',
      'Index and length must refer to a location within the string.',
    );
}

function pad(self: string, width: number, fill: number, runtime: Runtime): string {
  if (width < 0) throw argumentOutOfRange('totalWidth', 'Non-negative number required.');
  runtime.size(width);
  return char(fill).repeat(Math.max(0, width - self.length));
}

function replace(self: string, old: string | null, value: string | null, runtime: Runtime): string {
  if (old === null) throw argumentNull('oldValue');
  if (old === '') throw argumentException('String cannot be of zero length.', 'oldValue');
  return replaceText(self, old, value ?? '', runtime);
}

function replaceIgnoringCase(
  self: string,
  old: string | null,
  value: string | null,
  ...rest: unknown[]
): string {
  if (old === null) throw argumentNull('oldValue');
  if (old === '') throw argumentException('String cannot be of zero length.', 'oldValue');
  const runtime = rest[1] as Runtime;
  if (!comparisonName(rest[0] as number).endsWith('IgnoreCase'))
    return replaceText(self, old, value ?? '', runtime);
  const pattern = new RegExp(old.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  const count =
    value !== null && value.length > old.length ? (self.match(pattern)?.length ?? 0) : 0;
  runtime.size(self.length + count * ((value ?? '').length - old.length));
  return self.replace(pattern, () => value ?? '');
}

const options = (flags: number) => ({ removeEmpty: (flags & 1) !== 0, trim: (flags & 2) !== 0 });

const splitting: MemberRecord = {
  'string[] Split(params char[] separator)': (self: string, separator: readonly number[] | null) =>
    splitText(self, (separator ?? []).map(char)),
  'string[] Split(char[] separator, int count)': (
    self: string,
    separator: readonly number[] | null,
    count: number,
  ) => splitText(self, (separator ?? []).map(char), { count }),
  'string[] Split(char[] separator, StringSplitOptions options)': (
    self: string,
    separator: readonly number[] | null,
    flags: number,
  ) => splitText(self, (separator ?? []).map(char), options(flags)),
  'string[] Split(char[] separator, int count, StringSplitOptions options)': (
    self: string,
    separator: readonly number[] | null,
    count: number,
    flags: number,
  ) => splitText(self, (separator ?? []).map(char), { count, ...options(flags) }),
  'string[] Split(char separator, StringSplitOptions options = StringSplitOptions.None)': (
    self: string,
    separator: number,
    flags: number,
  ) => splitText(self, [char(separator)], options(flags)),
  'string[] Split(char separator, int count, StringSplitOptions options = StringSplitOptions.None)':
    (self: string, separator: number, count: number, flags: number) =>
      splitText(self, [char(separator)], { count, ...options(flags) }),
  'string[] Split(string separator, StringSplitOptions options = StringSplitOptions.None)': (
    self: string,
    separator: string | null,
    flags: number,
  ) => splitByText(self, separator, options(flags)),
  'string[] Split(string separator, int count, StringSplitOptions options = StringSplitOptions.None)':
    (self: string, separator: string | null, count: number, flags: number) =>
      splitByText(self, separator, { count, ...options(flags) }),
  'string[] Split(string[] separator, StringSplitOptions options)': (
    self: string,
    separator: readonly (string | null)[] | null,
    flags: number,
  ) => splitText(self, separator ?? [], options(flags)),
  'string[] Split(string[] separator, int count, StringSplitOptions options)': (
    self: string,
    separator: readonly (string | null)[] | null,
    count: number,
    flags: number,
  ) => splitText(self, separator ?? [], { count, ...options(flags) }),
};

/** One text as separator: an empty one separates nothing, null means white space. */
function splitByText(
  self: string,
  separator: string | null,
  settings: Parameters<typeof splitText>[2],
): string[] {
  return splitText(self, separator === null ? [] : [separator], settings);
}

const shaping: MemberRecord = {
  'string Substring(int startIndex)': (self: string, start: number) => {
    if (start < 0) throw argumentOutOfRange('startIndex', 'StartIndex cannot be less than zero.');
    if (start > self.length)
      throw argumentOutOfRange('startIndex', 'startIndex cannot be larger than length of string.');
    return self.slice(start);
  },
  'string Substring(int startIndex, int length)': (self: string, start: number, length: number) => {
    checkRange(self, start, length);
    return self.slice(start, start + length);
  },
  'string Remove(int startIndex)': (self: string, start: number) => {
    if (start < 0) throw argumentOutOfRange('startIndex', 'StartIndex cannot be less than zero.');
    if (start > self.length)
      throw argumentOutOfRange('startIndex', 'startIndex must be less than length of string.');
    return self.slice(0, start);
  },
  'string Remove(int startIndex, int count)': (self: string, start: number, count: number) => {
    if (start < 0) throw argumentOutOfRange('startIndex', 'StartIndex cannot be less than zero.');
    if (count < 0) throw argumentOutOfRange('count', 'Non-negative number required.');
    if (start > self.length - count)
      throw argumentOutOfRange(
        'count',
        'Index and count must refer to a location within the string.',
      );
    return self.slice(0, start) + self.slice(start + count);
  },
  'string Insert(int startIndex, string value)': (
    self: string,
    start: number,
    value: string | null,
    runtime: Runtime,
  ) => {
    if (value === null) throw argumentNull('value');
    if (start < 0 || start > self.length) throw argumentOutOfRange('startIndex');
    runtime.size(self.length + value.length);
    return self.slice(0, start) + value + self.slice(start);
  },
  'string Replace(char oldChar, char newChar)': (self: string, old: number, value: number) =>
    self.replaceAll(char(old), () => char(value)),
  'string Replace(string oldValue, string newValue)': replace,
  'string Replace(string oldValue, string newValue, StringComparison comparisonType)':
    replaceIgnoringCase,
  'string PadLeft(int totalWidth)': (self: string, width: number, runtime: Runtime) =>
    pad(self, width, 32, runtime) + self,
  'string PadLeft(int totalWidth, char paddingChar)': (
    self: string,
    width: number,
    fill: number,
    runtime: Runtime,
  ) => pad(self, width, fill, runtime) + self,
  'string PadRight(int totalWidth)': (self: string, width: number, runtime: Runtime) =>
    self + pad(self, width, 32, runtime),
  'string PadRight(int totalWidth, char paddingChar)': (
    self: string,
    width: number,
    fill: number,
    runtime: Runtime,
  ) => self + pad(self, width, fill, runtime),
  'string Trim()': (self: string) => trimText(self),
  'string Trim(char trimChar)': (self: string, c: number) => trimText(self, char(c)),
  'string Trim(params char[] trimChars)': (self: string, set: readonly number[] | null) =>
    trimText(self, chars(set)),
  'string TrimStart()': (self: string) => trimText(self, null, 'start'),
  'string TrimStart(char trimChar)': (self: string, c: number) => trimText(self, char(c), 'start'),
  'string TrimStart(params char[] trimChars)': (self: string, set: readonly number[] | null) =>
    trimText(self, chars(set), 'start'),
  'string TrimEnd()': (self: string) => trimText(self, null, 'end'),
  'string TrimEnd(char trimChar)': (self: string, c: number) => trimText(self, char(c), 'end'),
  'string TrimEnd(params char[] trimChars)': (self: string, set: readonly number[] | null) =>
    trimText(self, chars(set), 'end'),
  'string ToUpper()': toUpperInvariant,
  'string ToLower()': toLowerInvariant,
  'string ToUpperInvariant()': toUpperInvariant,
  'string ToLowerInvariant()': toLowerInvariant,
};

const basics: MemberRecord = {
  'new(char[] value)': (value: readonly number[] | null) => chars(value ?? []),
  'new(char c, int count)': (c: number, count: number, runtime: Runtime) => {
    if (count < 0) throw argumentOutOfRange('count', "'count' must be non-negative.");
    runtime.size(count);
    return char(c).repeat(count);
  },
  'new(char[] value, int startIndex, int length)': (
    value: readonly number[] | null,
    start: number,
    length: number,
  ) => {
    if (value === null) throw argumentNull('value');
    if (start < 0) throw argumentOutOfRange('startIndex');
    if (length < 0 || start > value.length - length) throw argumentOutOfRange('length');
    return chars(value.slice(start, start + length));
  },
  'int Length { get; }': (self: string) => self.length,
  'char this[int index] { get; }': (self: string, index: number) => {
    if (index < 0 || index >= self.length)
      throw new DotNetError(
        'System.IndexOutOfRangeException',
        'Index was outside the bounds of the array.',
      );
    return self.charCodeAt(index);
  },
  'string ToString()': (self: string) => self,
  'string ToString(IFormatProvider provider)': (self: string) => self,
  'object Clone()': (self: string) => self,
  'char[] ToCharArray()': (self: string) => [...iterate(self)],
  'char[] ToCharArray(int startIndex, int length)': (
    self: string,
    start: number,
    length: number,
  ) => {
    checkRange(self, start, length);
    return [...iterate(self.slice(start, start + length))];
  },
  'IEnumerator<char> GetEnumerator()': (self: string) => enumeratorOf(self),
  'int CompareTo(string strB)': (self: string, other: string | null) =>
    compareText(self, other, 'CurrentCulture'),
  'int CompareTo(object value)': (self: string, other: unknown) => {
    if (other !== null && typeof other !== 'string')
      throw argumentException('Object must be of type String.');
    return compareText(self, other, 'CurrentCulture');
  },
  'bool Equals(string value)': (self: string, other: string | null) => self === other,
  'bool Equals(object obj)': (self: string, other: unknown) => self === other,
  'bool Equals(string value, StringComparison comparisonType)': (
    self: string,
    other: string | null,
    comparison: number,
  ) => equalsText(self, other, comparisonName(comparison)),
  'static bool operator ==(string a, string b)': (a: string | null, b: string | null) => a === b,
  'static bool operator !=(string a, string b)': (a: string | null, b: string | null) => a !== b,
  'void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count)': (
    self: string,
    from: number,
    target: number[],
    ...rest: number[]
  ) => {
    const [to = 0, count = 0] = rest;
    if (from < 0 || to < 0 || count < 0 || from + count > self.length || to + count > target.length)
      throw argumentOutOfRange('sourceIndex');
    for (let i = 0; i < count; i += 1) target[to + i] = self.charCodeAt(from + i);
  },
};

export const stringTable = typeTable(
  'class System.String : IEnumerable<char>, IEnumerable, IComparable, IComparable<string>, IEquatable<string>, ICloneable, IConvertible',
  { text: (self: string) => self, typed: (self: string) => ({ value: self }) },
  basics,
  shaping,
  splitting,
  searchMembers,
  stringForms,
  staticMembers,
);
