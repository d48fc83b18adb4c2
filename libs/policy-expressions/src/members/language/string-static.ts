import {
  argumentNull,
  argumentOutOfRange,
  compareOrdinal,
  compareText,
  equalsText,
  formatComposite,
  trimText,
} from '@isthmus/dotnet';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { iterate } from '../../runtime/sequence.js';
import { rawText, textOf } from '../../runtime/text.js';
import { constant, type MemberRecord } from '../table.js';
import { comparisonName } from './string-comparison.js';

function limited(text: string, runtime: Runtime): string {
  runtime.size(text.length);
  return text;
}

/** string.Format with `object` arguments. */
export function format(text: string | null, args: readonly unknown[], runtime: Runtime): string {
  return limited(
    formatComposite(
      text,
      args,
      (value, f) => textOf(value, f),
      (n) => runtime.size(n),
    ),
    runtime,
  );
}

function join(separator: string | null, items: Iterable<string>, runtime: Runtime): string {
  let text = '';
  let isFirst = true;
  for (const item of items) {
    text += isFirst ? item : (separator ?? '') + item;
    isFirst = false;
    runtime.step();
    runtime.size(text.length);
  }
  return text;
}

function* texts(items: Iterable<unknown>, site: Site | null): Generator<string> {
  for (const item of items)
    yield site === null ? textOf(item) : rawText(item, site.typeArguments[0]!);
}

function required<T>(values: T | null, name = 'values'): T {
  if (values === null) throw argumentNull(name);
  return values;
}

const char = (code: number): string => String.fromCharCode(code);
const part = (text: string | null, index: number, length: number, which: string): string | null => {
  if (text === null) return null;
  if (index < 0 || length < 0 || index > text.length) throw argumentOutOfRange(which);
  return text.slice(index, index + length);
};

type Strings = readonly (string | null)[];

/** string.Join, Concat, Format, Compare … */
export const staticMembers: MemberRecord = {
  'const string Empty': constant(''),
  'static bool IsNullOrEmpty(string value)': (value: string | null) =>
    value === null || value === '',
  'static bool IsNullOrWhiteSpace(string value)': (value: string | null) =>
    value === null || trimText(value) === '',
  'static string Concat(object arg0)': (a: unknown) => textOf(a),
  'static string Concat(object arg0, object arg1)': (a: unknown, b: unknown, runtime: Runtime) =>
    limited(textOf(a) + textOf(b), runtime),
  'static string Concat(object arg0, object arg1, object arg2)': (
    a: unknown,
    b: unknown,
    c: unknown,
    runtime: Runtime,
  ) => limited(textOf(a) + textOf(b) + textOf(c), runtime),
  'static string Concat(params object[] args)': (
    args: readonly unknown[] | null,
    runtime: Runtime,
  ) => join('', texts(required(args, 'args'), null), runtime),
  'static string Concat(string str0, string str1)': (
    a: string | null,
    b: string | null,
    runtime: Runtime,
  ) => limited((a ?? '') + (b ?? ''), runtime),
  'static string Concat(string str0, string str1, string str2)': (
    a: string | null,
    b: string | null,
    c: string | null,
    runtime: Runtime,
  ) => limited((a ?? '') + (b ?? '') + (c ?? ''), runtime),
  'static string Concat(string str0, string str1, string str2, string str3)': (
    a: string | null,
    b: string | null,
    c: string | null,
    ...rest: unknown[]
  ) =>
    limited(
      (a ?? '') + (b ?? '') + (c ?? '') + ((rest[0] as string | null) ?? ''),
      rest[1] as Runtime,
    ),
  'static string Concat(params string[] values)': (values: Strings | null, runtime: Runtime) =>
    join('', texts(required(values), null), runtime),
  'static string Concat(IEnumerable<string> values)': (values: unknown, runtime: Runtime) =>
    join('', texts(iterate(required(values)), null), runtime),
  'static string Concat<T>(IEnumerable<T> values)': (
    values: unknown,
    runtime: Runtime,
    site: Site,
  ) => join('', texts(iterate(required(values)), site), runtime),
  'static string Join(string separator, params string[] value)': (
    separator: string | null,
    values: Strings | null,
    runtime: Runtime,
  ) => join(separator, texts(required(values, 'value'), null), runtime),
  'static string Join(string separator, params object[] values)': (
    separator: string | null,
    values: readonly unknown[] | null,
    runtime: Runtime,
  ) => join(separator, texts(required(values), null), runtime),
  'static string Join(string separator, IEnumerable<string> values)': (
    separator: string | null,
    values: unknown,
    runtime: Runtime,
  ) => join(separator, texts(iterate(required(values)), null), runtime),
  'static string Join<T>(string separator, IEnumerable<T> values)': (
    separator: string | null,
    values: unknown,
    runtime: Runtime,
    site: Site,
  ) => join(separator, texts(iterate(required(values)), site), runtime),
  'static string Join(char separator, params string[] value)': (
    separator: number,
    values: Strings | null,
    runtime: Runtime,
  ) => join(char(separator), texts(required(values, 'value'), null), runtime),
  'static string Join(char separator, params object[] values)': (
    separator: number,
    values: readonly unknown[] | null,
    runtime: Runtime,
  ) => join(char(separator), texts(required(values), null), runtime),
  'static string Join<T>(char separator, IEnumerable<T> values)': (
    separator: number,
    values: unknown,
    runtime: Runtime,
    site: Site,
  ) => join(char(separator), texts(iterate(required(values)), site), runtime),
  'static string Join(string separator, string[] value, int startIndex, int count)': (
    separator: string | null,
    values: Strings | null,
    start: number,
    ...rest: unknown[]
  ) => {
    const list = required(values, 'value');
    const count = rest[0] as number;
    if (start < 0 || count < 0 || start > list.length - count)
      throw argumentOutOfRange('startIndex');
    return join(separator, texts(list.slice(start, start + count), null), rest[1] as Runtime);
  },
  'static string Format(string format, object arg0)': (
    f: string | null,
    a: unknown,
    runtime: Runtime,
  ) => format(f, [a], runtime),
  'static string Format(string format, object arg0, object arg1)': (
    f: string | null,
    a: unknown,
    b: unknown,
    runtime: Runtime,
  ) => format(f, [a, b], runtime),
  'static string Format(string format, object arg0, object arg1, object arg2)': (
    f: string | null,
    a: unknown,
    b: unknown,
    ...rest: unknown[]
  ) => format(f, [a, b, rest[0]], rest[1] as Runtime),
  'static string Format(string format, params object[] args)': (
    f: string | null,
    args: readonly unknown[] | null,
    runtime: Runtime,
  ) => format(f, required(args, 'args'), runtime),
  'static string Format(IFormatProvider provider, string format, params object[] args)': (
    _p: unknown,
    f: string | null,
    args: readonly unknown[] | null,
    runtime: Runtime,
  ) => format(f, required(args, 'args'), runtime),
  'static int Compare(string strA, string strB)': (a: string | null, b: string | null) =>
    compareText(a, b, 'CurrentCulture'),
  'static int Compare(string strA, string strB, bool ignoreCase)': (
    a: string | null,
    b: string | null,
    ignoreCase: boolean,
  ) => compareText(a, b, ignoreCase ? 'CurrentCultureIgnoreCase' : 'CurrentCulture'),
  'static int Compare(string strA, string strB, StringComparison comparisonType)': (
    a: string | null,
    b: string | null,
    comparison: number,
  ) => compareText(a, b, comparisonName(comparison)),
  'static int Compare(string strA, int indexA, string strB, int indexB, int length)': (
    a: string | null,
    i: number,
    b: string | null,
    ...rest: unknown[]
  ) =>
    compareText(
      part(a, i, rest[1] as number, 'indexA'),
      part(b, rest[0] as number, rest[1] as number, 'indexB'),
      'CurrentCulture',
    ),
  'static int Compare(string strA, int indexA, string strB, int indexB, int length, bool ignoreCase)':
    (a: string | null, i: number, b: string | null, ...rest: unknown[]) =>
      compareText(
        part(a, i, rest[1] as number, 'indexA'),
        part(b, rest[0] as number, rest[1] as number, 'indexB'),
        rest[2] === true ? 'CurrentCultureIgnoreCase' : 'CurrentCulture',
      ),
  'static int Compare(string strA, int indexA, string strB, int indexB, int length, StringComparison comparisonType)':
    (a: string | null, i: number, b: string | null, ...rest: unknown[]) =>
      compareText(
        part(a, i, rest[1] as number, 'indexA'),
        part(b, rest[0] as number, rest[1] as number, 'indexB'),
        comparisonName(rest[2] as number),
      ),
  'static int CompareOrdinal(string strA, string strB)': compareOrdinal,
  'static int CompareOrdinal(string strA, int indexA, string strB, int indexB, int length)': (
    a: string | null,
    i: number,
    b: string | null,
    ...rest: unknown[]
  ) =>
    compareOrdinal(
      part(a, i, rest[1] as number, 'indexA'),
      part(b, rest[0] as number, rest[1] as number, 'indexB'),
    ),
  'static bool Equals(string a, string b)': (a: string | null, b: string | null) => a === b,
  'static bool Equals(string a, string b, StringComparison comparisonType)': (
    a: string | null,
    b: string | null,
    comparison: number,
  ) => equalsText(a, b, comparisonName(comparison)),
  'static string Copy(string str)': (text: string | null) => required(text, 'str'),
};
