import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  Encoding,
  encodingOf,
} from '@isthmus/dotnet';
import { newArray } from '../../runtime/runtime-type.js';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type Facets, type MemberRecord } from '../table.js';

const facets: Facets = {
  instance: Encoding,
  equals: (left: Encoding, right: Encoding) => left === right,
  key: (value: Encoding) => value.codePage,
};

function given<T>(value: T | null, name: string): T {
  if (value === null) throw argumentNull(name);
  return value;
}

function part<T extends { readonly length: number }>(
  items: T | null,
  index: number,
  count: number,
): T {
  const list = given(items, 'bytes');
  if (index < 0) throw argumentOutOfRange('index', 'Non-negative number required.');
  if (count < 0) throw argumentOutOfRange('count', 'Non-negative number required.');
  if (list.length - index < count) {
    throw argumentOutOfRange(
      'bytes',
      'Index and count must refer to a location within the buffer.',
    );
  }
  return list;
}

const textOfChars = (chars: readonly number[]): string => {
  let text = '';
  for (const code of chars) text += String.fromCharCode(code);
  return text;
};
const charsOfText = (text: string): unknown[] =>
  newArray(
    'char',
    Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)),
  );

const bytesOf = (self: Encoding, text: string, runtime: Runtime): Uint8Array => {
  runtime.size(text.length);
  return self.getBytes(text);
};

/** Writes bytes into an array of the caller; returns how many. */
function copied(bytes: Uint8Array, target: Uint8Array | null, at: number): number {
  const array = given(target, 'bytes');
  if (at < 0 || at > array.length) throw argumentOutOfRange('byteIndex');
  if (bytes.length > array.length - at) {
    throw argumentException(
      'The output byte buffer is too small to contain the encoded data, encoding codepage and fallback.',
      'bytes',
    );
  }
  array.set(bytes, at);
  return bytes.length;
}

const instances: MemberRecord = {
  'byte[] GetBytes(string s)': (self: Encoding, text: string | null, runtime: Runtime) =>
    bytesOf(self, given(text, 's'), runtime),
  'byte[] GetBytes(string s, int index, int count)': (
    ...[self, text, index, count, runtime]: [Encoding, string | null, number, number, Runtime]
  ) => bytesOf(self, part(text, index, count).slice(index, index + count), runtime),
  'byte[] GetBytes(char[] chars)': (self: Encoding, chars: number[] | null, runtime: Runtime) =>
    bytesOf(self, textOfChars(given(chars, 'chars')), runtime),
  'byte[] GetBytes(char[] chars, int index, int count)': (
    ...[self, chars, index, count, runtime]: [Encoding, number[] | null, number, number, Runtime]
  ) => bytesOf(self, textOfChars(part(chars, index, count).slice(index, index + count)), runtime),
  'int GetBytes(string s, int charIndex, int charCount, byte[] bytes, int byteIndex)': (
    ...[self, text, index, count, target, at]: [
      Encoding,
      string | null,
      number,
      number,
      Uint8Array | null,
      number,
    ]
  ) => copied(self.getBytes(part(text, index, count).slice(index, index + count)), target, at),
  'int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex)': (
    ...[self, chars, index, count, target, at]: [
      Encoding,
      number[] | null,
      number,
      number,
      Uint8Array | null,
      number,
    ]
  ) =>
    copied(
      self.getBytes(textOfChars(part(chars, index, count).slice(index, index + count))),
      target,
      at,
    ),
  'string GetString(byte[] bytes)': (self: Encoding, bytes: Uint8Array | null) =>
    self.getString(given(bytes, 'bytes')),
  'string GetString(byte[] bytes, int index, int count)': (
    ...[self, bytes, index, count]: [Encoding, Uint8Array | null, number, number]
  ) => self.getString(part(bytes, index, count).subarray(index, index + count)),
  'char[] GetChars(byte[] bytes)': (self: Encoding, bytes: Uint8Array | null) =>
    charsOfText(self.getString(given(bytes, 'bytes'))),
  'char[] GetChars(byte[] bytes, int index, int count)': (
    ...[self, bytes, index, count]: [Encoding, Uint8Array | null, number, number]
  ) => charsOfText(self.getString(part(bytes, index, count).subarray(index, index + count))),
  'int GetByteCount(string s)': (self: Encoding, text: string | null) =>
    self.getBytes(given(text, 's')).length,
  'int GetByteCount(char[] chars)': (self: Encoding, chars: number[] | null) =>
    self.getBytes(textOfChars(given(chars, 'chars'))).length,
  'int GetCharCount(byte[] bytes)': (self: Encoding, bytes: Uint8Array | null) =>
    self.getString(given(bytes, 'bytes')).length,
  'int GetMaxByteCount(int charCount)': (self: Encoding, count: number) =>
    self.getMaxByteCount(count),
  'int GetMaxCharCount(int byteCount)': (self: Encoding, count: number) =>
    self.getMaxCharCount(count),
  'byte[] GetPreamble()': (self: Encoding) => self.getPreamble(),
  'string WebName { get; }': { get: (self: Encoding) => self.webName },
  'string BodyName { get; }': { get: (self: Encoding) => self.webName },
  'string HeaderName { get; }': { get: (self: Encoding) => self.webName },
  'string EncodingName { get; }': { get: (self: Encoding) => self.encodingName },
  'int CodePage { get; }': { get: (self: Encoding) => self.codePage },
  'int WindowsCodePage { get; }': { get: (self: Encoding) => (self.isSingleByte ? 1252 : 1200) },
  'bool IsSingleByte { get; }': { get: (self: Encoding) => self.isSingleByte },
  'bool IsReadOnly { get; }': { get: () => true },
  'Encoding Clone()': (self: Encoding) => self,
};

const statics: MemberRecord = {
  'static Encoding UTF8 { get; }': { get: () => Encoding.utf8 },
  'static Encoding Default { get; }': { get: () => Encoding.utf8 },
  'static Encoding ASCII { get; }': { get: () => Encoding.ascii },
  'static Encoding Latin1 { get; }': { get: () => Encoding.latin1 },
  'static Encoding Unicode { get; }': { get: () => Encoding.unicode },
  'static Encoding BigEndianUnicode { get; }': { get: () => Encoding.bigEndianUnicode },
  'static Encoding UTF32 { get; }': { get: () => Encoding.utf32 },
  'static Encoding GetEncoding(string name)': (name: string | null) => encodingOf(name),
  'static Encoding GetEncoding(int codepage)': (codePage: number) => encodingOf(codePage),
  'static byte[] Convert(Encoding srcEncoding, Encoding dstEncoding, byte[] bytes)': (
    ...[source, target, bytes]: [Encoding | null, Encoding | null, Uint8Array | null]
  ) =>
    given(target, 'dstEncoding').getBytes(
      given(source, 'srcEncoding').getString(given(bytes, 'bytes')),
    ),
  'static byte[] Convert(Encoding srcEncoding, Encoding dstEncoding, byte[] bytes, int index, int count)':
    (
      ...[source, target, bytes, index, count]: [
        Encoding | null,
        Encoding | null,
        Uint8Array | null,
        number,
        number,
      ]
    ) =>
      given(target, 'dstEncoding').getBytes(
        given(source, 'srcEncoding').getString(
          part(bytes, index, count).subarray(index, index + count),
        ),
      ),
};

export const encodingTable = typeTable('class System.Text.Encoding', facets, instances, statics);
