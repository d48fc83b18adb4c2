import {
  argumentNull,
  argumentOutOfRange,
  endsWithText,
  indexOfText,
  lastIndexOfText,
  startsWithText,
} from '@isthmus/dotnet';
import type { MemberRecord } from '../table.js';
import { comparisonName } from './string-comparison.js';

const char = (code: number): string => String.fromCharCode(code);

function range(
  self: string,
  start: number,
  count = self.length - start,
): { start: number; count: number } {
  if (start < 0 || start > self.length)
    throw argumentOutOfRange(
      'startIndex',
      'Index was out of range. Must be non-negative and less than or equal to the size of the collection.',
    );
  if (count < 0 || count > self.length - start)
    throw argumentOutOfRange(
      'count',
      'Count must be positive and count must refer to a location within the string/array/collection.',
    );
  return { start, count };
}

function find(self: string, value: string, start: number, count: number): number {
  const found = self.slice(0, start + count).indexOf(value, start);
  return found;
}

function anyOf(self: string, set: readonly number[] | null, start: number, count: number): number {
  if (set === null) throw argumentNull('anyOf');
  for (let i = start; i < start + count; i += 1) if (set.includes(self.charCodeAt(i))) return i;
  return -1;
}

function lastAnyOf(
  self: string,
  set: readonly number[] | null,
  start: number,
  count: number,
): number {
  if (set === null) throw argumentNull('anyOf');
  for (let i = start; i > start - count; i -= 1) if (set.includes(self.charCodeAt(i))) return i;
  return -1;
}

function required(value: string | null, name = 'value'): string {
  if (value === null) throw argumentNull(name);
  return value;
}

function lastChar(self: string, c: number, start: number, count: number): number {
  if (self === '') return -1;
  if (start < 0 || start >= self.length)
    throw argumentOutOfRange(
      'startIndex',
      'Index was out of range. Must be non-negative and less than the size of the collection.',
    );
  if (count < 0 || start - count + 1 < 0)
    throw argumentOutOfRange(
      'count',
      'Count must be positive and count must refer to a location within the string/array/collection.',
    );
  return lastAnyOf(self, [c], start, count);
}

/** Contains, IndexOf, StartsWith … of string. */
export const searchMembers: MemberRecord = {
  'bool Contains(string value)': (self: string, value: string | null) =>
    self.includes(required(value)),
  'bool Contains(char value)': (self: string, c: number) => self.includes(char(c)),
  'bool Contains(string value, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    comparison: number,
  ) => indexOfText(self, required(value), comparisonName(comparison)) >= 0,
  'bool Contains(char value, StringComparison comparisonType)': (
    self: string,
    c: number,
    comparison: number,
  ) => indexOfText(self, char(c), comparisonName(comparison)) >= 0,
  'bool StartsWith(string value)': (self: string, value: string | null) =>
    startsWithText(self, required(value), 'CurrentCulture'),
  'bool StartsWith(char value)': (self: string, c: number) => self.startsWith(char(c)),
  'bool StartsWith(string value, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    comparison: number,
  ) => startsWithText(self, required(value), comparisonName(comparison)),
  'bool StartsWith(string value, bool ignoreCase, IFormatProvider culture)': (
    self: string,
    value: string | null,
    ignoreCase: boolean,
  ) =>
    startsWithText(
      self,
      required(value),
      ignoreCase ? 'CurrentCultureIgnoreCase' : 'CurrentCulture',
    ),
  'bool EndsWith(string value, bool ignoreCase, IFormatProvider culture)': (
    self: string,
    value: string | null,
    ignoreCase: boolean,
  ) =>
    endsWithText(self, required(value), ignoreCase ? 'CurrentCultureIgnoreCase' : 'CurrentCulture'),
  'bool EndsWith(string value)': (self: string, value: string | null) =>
    endsWithText(self, required(value), 'CurrentCulture'),
  'bool EndsWith(char value)': (self: string, c: number) => self.endsWith(char(c)),
  'bool EndsWith(string value, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    comparison: number,
  ) => endsWithText(self, required(value), comparisonName(comparison)),
  'int IndexOf(char value)': (self: string, c: number) => self.indexOf(char(c)),
  'int IndexOf(char value, int startIndex)': (self: string, c: number, start: number) => {
    const r = range(self, start);
    return find(self, char(c), r.start, r.count);
  },
  'int IndexOf(char value, int startIndex, int count)': (
    self: string,
    c: number,
    start: number,
    count: number,
  ) => {
    const r = range(self, start, count);
    return find(self, char(c), r.start, r.count);
  },
  'int IndexOf(char value, StringComparison comparisonType)': (
    self: string,
    c: number,
    comparison: number,
  ) => indexOfText(self, char(c), comparisonName(comparison)),
  'int IndexOf(string value)': (self: string, value: string | null) =>
    indexOfText(self, value, 'CurrentCulture'),
  'int IndexOf(string value, int startIndex)': (
    self: string,
    value: string | null,
    start: number,
  ) => indexOfText(self, value, 'CurrentCulture', { start }),
  'int IndexOf(string value, int startIndex, int count)': (
    self: string,
    value: string | null,
    start: number,
    count: number,
  ) => indexOfText(self, value, 'CurrentCulture', { start, count }),
  'int IndexOf(string value, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    comparison: number,
  ) => indexOfText(self, value, comparisonName(comparison)),
  'int IndexOf(string value, int startIndex, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    start: number,
    comparison: number,
  ) => indexOfText(self, value, comparisonName(comparison), { start }),
  'int IndexOf(string value, int startIndex, int count, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    start: number,
    ...rest: unknown[]
  ) =>
    indexOfText(self, value, comparisonName(rest[1] as number), {
      start,
      count: rest[0] as number,
    }),
  'int LastIndexOf(char value)': (self: string, c: number) => self.lastIndexOf(char(c)),
  'int LastIndexOf(char value, int startIndex)': (self: string, c: number, start: number) =>
    lastChar(self, c, start, start + 1),
  'int LastIndexOf(char value, int startIndex, int count)': lastChar,
  'int LastIndexOf(string value)': (self: string, value: string | null) =>
    lastIndexOfText(self, value, 'CurrentCulture'),
  'int LastIndexOf(string value, int startIndex)': (
    self: string,
    value: string | null,
    start: number,
  ) => lastIndexOfText(self, value, 'CurrentCulture', { start }),
  'int LastIndexOf(string value, int startIndex, int count)': (
    self: string,
    value: string | null,
    start: number,
    count: number,
  ) => lastIndexOfText(self, value, 'CurrentCulture', { start, count }),
  'int LastIndexOf(string value, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    comparison: number,
  ) => lastIndexOfText(self, value, comparisonName(comparison)),
  'int LastIndexOf(string value, int startIndex, StringComparison comparisonType)': (
    self: string,
    value: string | null,
    start: number,
    comparison: number,
  ) => lastIndexOfText(self, value, comparisonName(comparison), { start }),
  'int IndexOfAny(char[] anyOf)': (self: string, set: readonly number[] | null) =>
    anyOf(self, set, 0, self.length),
  'int IndexOfAny(char[] anyOf, int startIndex)': (
    self: string,
    set: readonly number[] | null,
    start: number,
  ) => {
    const r = range(self, start);
    return anyOf(self, set, r.start, r.count);
  },
  'int IndexOfAny(char[] anyOf, int startIndex, int count)': (
    self: string,
    set: readonly number[] | null,
    start: number,
    count: number,
  ) => {
    const r = range(self, start, count);
    return anyOf(self, set, r.start, r.count);
  },
  'int LastIndexOfAny(char[] anyOf)': (self: string, set: readonly number[] | null) =>
    lastAnyOf(self, set, self.length - 1, self.length),
  'int LastIndexOfAny(char[] anyOf, int startIndex)': (
    self: string,
    set: readonly number[] | null,
    start: number,
  ) => lastAnyOf(self, set, start, start + 1),
};
