import { argumentNull, argumentOutOfRange, DotNetError } from '@isthmus/dotnet';
import { rawText, textOf } from '../../runtime/text.js';
import { netType } from '../../binding/catalogue.js';
import { replaceText } from '../../runtime/replace-text.js';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord } from '../table.js';
import { format } from './string-static.js';

/** System.Text.StringBuilder. */
export class NetStringBuilder {
  constructor(public text: string) {}
}

export function append(self: NetStringBuilder, text: string, runtime: Runtime): NetStringBuilder {
  runtime.size(self.text.length + text.length);
  self.text += text;
  return self;
}

function splice(
  self: NetStringBuilder,
  index: number,
  text: string,
  runtime: Runtime,
): NetStringBuilder {
  if (index < 0 || index > self.text.length)
    throw argumentOutOfRange(
      'index',
      'Index was out of range. Must be non-negative and less than or equal to the size of the collection.',
    );
  runtime.size(self.text.length + text.length);
  self.text = self.text.slice(0, index) + text + self.text.slice(index);
  return self;
}

const char = (code: number): string => String.fromCharCode(code);

const typed = [
  'bool',
  'sbyte',
  'byte',
  'short',
  'ushort',
  'int',
  'uint',
  'long',
  'ulong',
  'float',
  'double',
  'decimal',
];

const appending: MemberRecord = {
  ...Object.fromEntries(
    typed.map((t) => [
      `StringBuilder Append(${t} value)`,
      (self: NetStringBuilder, value: unknown, runtime: Runtime) =>
        append(self, rawText(value, netType(t)), runtime),
    ]),
  ),
  'StringBuilder Append(string value)': (
    self: NetStringBuilder,
    value: string | null,
    runtime: Runtime,
  ) => append(self, value ?? '', runtime),
  'StringBuilder Append(object value)': (
    self: NetStringBuilder,
    value: unknown,
    runtime: Runtime,
  ) => append(self, textOf(value), runtime),
  'StringBuilder Append(char value)': (self: NetStringBuilder, c: number, runtime: Runtime) =>
    append(self, char(c), runtime),
  'StringBuilder Append(char value, int repeatCount)': (
    self: NetStringBuilder,
    c: number,
    count: number,
    runtime: Runtime,
  ) => {
    if (count < 0) throw argumentOutOfRange('repeatCount');
    runtime.size(count);
    return append(self, char(c).repeat(count), runtime);
  },
  'StringBuilder Append(char[] value)': (
    self: NetStringBuilder,
    value: readonly number[] | null,
    runtime: Runtime,
  ) => append(self, String.fromCharCode(...(value ?? [])), runtime),
  'StringBuilder Append(string value, int startIndex, int count)': (
    self: NetStringBuilder,
    value: string | null,
    start: number,
    ...rest: unknown[]
  ) => {
    const count = rest[0] as number;
    const text = value ?? '';
    if (start < 0 || count < 0 || start + count > text.length) throw argumentOutOfRange('count');
    return append(self, text.slice(start, start + count), rest[1] as Runtime);
  },
  'StringBuilder AppendLine()': (self: NetStringBuilder, runtime: Runtime) =>
    append(self, '\n', runtime),
  'StringBuilder AppendLine(string value)': (
    self: NetStringBuilder,
    value: string | null,
    runtime: Runtime,
  ) => append(self, `${value ?? ''}\n`, runtime),
  'StringBuilder AppendFormat(string format, object arg0)': (
    self: NetStringBuilder,
    f: string | null,
    a: unknown,
    runtime: Runtime,
  ) => append(self, format(f, [a], runtime), runtime),
  'StringBuilder AppendFormat(string format, object arg0, object arg1)': (
    self: NetStringBuilder,
    f: string | null,
    a: unknown,
    ...rest: unknown[]
  ) => append(self, format(f, [a, rest[0]], rest[1] as Runtime), rest[1] as Runtime),
  'StringBuilder AppendFormat(string format, params object[] args)': (
    self: NetStringBuilder,
    f: string | null,
    args: readonly unknown[] | null,
    runtime: Runtime,
  ) => {
    if (args === null) throw argumentNull('args');
    return append(self, format(f, args, runtime), runtime);
  },
  'StringBuilder AppendJoin(string separator, params string[] values)': (
    self: NetStringBuilder,
    separator: string | null,
    values: readonly (string | null)[],
    runtime: Runtime,
  ) => append(self, values.map((v) => v ?? '').join(separator ?? ''), runtime),
  'StringBuilder AppendJoin(string separator, params object[] values)': (
    self: NetStringBuilder,
    separator: string | null,
    values: readonly unknown[],
    runtime: Runtime,
  ) => append(self, values.map((v) => textOf(v)).join(separator ?? ''), runtime),
};

function replaceAll(
  self: NetStringBuilder,
  old: string | null,
  value: string | null,
  runtime: Runtime,
): NetStringBuilder {
  if (old === null) throw argumentNull('oldValue');
  if (old === '')
    throw new DotNetError('System.ArgumentException', 'The value cannot be an empty string.', {
      paramName: 'oldValue',
    });
  self.text = replaceText(self.text, old, value ?? '', runtime);
  return self;
}

export const stringBuilderTable = typeTable(
  'class System.Text.StringBuilder',
  { instance: NetStringBuilder, text: (self: NetStringBuilder) => self.text },
  appending,
  {
    'new()': () => new NetStringBuilder(''),
    'new(int capacity)': () => new NetStringBuilder(''),
    'new(string value)': (value: string | null) => new NetStringBuilder(value ?? ''),
    'new(string value, int capacity)': (value: string | null) => new NetStringBuilder(value ?? ''),
    'int Length { get; set; }': {
      get: (self: NetStringBuilder) => self.text.length,
      set: (self: NetStringBuilder, length: number, runtime: Runtime) => {
        if (length < 0) throw argumentOutOfRange('value');
        runtime.size(length);
        self.text = self.text.slice(0, length).padEnd(length, '\0');
      },
    },
    'int Capacity { get; set; }': {
      get: (self: NetStringBuilder) => Math.max(16, self.text.length),
      set: () => undefined,
    },
    'char this[int index] { get; set; }': {
      get: (self: NetStringBuilder, index: number) => {
        if (index < 0 || index >= self.text.length)
          throw new DotNetError(
            'System.IndexOutOfRangeException',
            'Index was outside the bounds of the array.',
          );
        return self.text.charCodeAt(index);
      },
      set: (self: NetStringBuilder, index: number, c: number) => {
        if (index < 0 || index >= self.text.length)
          throw argumentOutOfRange(
            'index',
            'Index was out of range. Must be non-negative and less than the size of the collection.',
          );
        self.text = self.text.slice(0, index) + char(c) + self.text.slice(index + 1);
      },
    },
    'StringBuilder Clear()': (self: NetStringBuilder) => {
      self.text = '';
      return self;
    },
    'StringBuilder Insert(int index, string value)': (
      self: NetStringBuilder,
      index: number,
      value: string | null,
      runtime: Runtime,
    ) => splice(self, index, value ?? '', runtime),
    'StringBuilder Insert(int index, char value)': (
      self: NetStringBuilder,
      index: number,
      c: number,
      runtime: Runtime,
    ) => splice(self, index, char(c), runtime),
    'StringBuilder Insert(int index, object value)': (
      self: NetStringBuilder,
      index: number,
      value: unknown,
      runtime: Runtime,
    ) => splice(self, index, textOf(value), runtime),
    'StringBuilder Remove(int startIndex, int length)': (
      self: NetStringBuilder,
      start: number,
      length: number,
    ) => {
      if (start < 0) throw argumentOutOfRange('startIndex');
      if (length < 0) throw argumentOutOfRange('length');
      if (start + length > self.text.length)
        throw argumentOutOfRange(
          'length',
          'Index was out of range. Must be non-negative and less than the size of the collection.',
        );
      self.text = self.text.slice(0, start) + self.text.slice(start + length);
      return self;
    },
    'StringBuilder Replace(string oldValue, string newValue)': replaceAll,
    'StringBuilder Replace(char oldChar, char newChar)': (
      self: NetStringBuilder,
      old: number,
      value: number,
      runtime: Runtime,
    ) => replaceAll(self, char(old), char(value), runtime),
    'bool Equals(StringBuilder sb)': (self: NetStringBuilder, other: NetStringBuilder | null) =>
      self.text === other?.text,
    'string ToString(int startIndex, int length)': (
      self: NetStringBuilder,
      start: number,
      length: number,
    ) => {
      if (start < 0 || length < 0 || start + length > self.text.length)
        throw argumentOutOfRange('startIndex');
      return self.text.slice(start, start + length);
    },
  },
);
