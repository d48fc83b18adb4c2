import { argumentNull, bytesOf, fromBytes, hexText, type BitType } from '@isthmus/dotnet';
import { typeTable, type MemberRecord } from '../table.js';

const READERS: readonly (readonly [string, BitType])[] = [
  ['ToBoolean', 'bool'],
  ['ToChar', 'char'],
  ['ToInt16', 'short'],
  ['ToUInt16', 'ushort'],
  ['ToInt32', 'int'],
  ['ToUInt32', 'uint'],
  ['ToInt64', 'long'],
  ['ToUInt64', 'ulong'],
  ['ToSingle', 'float'],
  ['ToDouble', 'double'],
];

function given(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) throw argumentNull('value');
  return bytes;
}

function transfers(): MemberRecord {
  const members: Record<string, (...args: never[]) => unknown> = {};
  for (const [name, type] of READERS) {
    members[`static byte[] GetBytes(${type} value)`] = (value: number | bigint | boolean) =>
      bytesOf(type, value);
    members[`static ${type} ${name}(byte[] value, int startIndex)`] = (
      bytes: Uint8Array | null,
      start: number,
    ) => fromBytes(type, given(bytes), start);
  }
  return members;
}

export const bitConverterTable = typeTable('static class System.BitConverter', {}, transfers(), {
  'static readonly bool IsLittleEndian': () => true,
  'static string ToString(byte[] value)': (bytes: Uint8Array | null) => hexText(given(bytes)),
  'static string ToString(byte[] value, int startIndex)': (
    bytes: Uint8Array | null,
    start: number,
  ) => hexText(given(bytes), start),
  'static string ToString(byte[] value, int startIndex, int length)': (
    bytes: Uint8Array | null,
    start: number,
    length: number,
  ) => hexText(given(bytes), start, length),
  'static long DoubleToInt64Bits(double value)': (value: number) =>
    fromBytes('long', bytesOf('double', value), 0),
  'static double Int64BitsToDouble(long value)': (value: bigint) =>
    fromBytes('double', bytesOf('long', value), 0),
  'static int SingleToInt32Bits(float value)': (value: number) =>
    fromBytes('int', bytesOf('float', value), 0),
  'static float Int32BitsToSingle(int value)': (value: number) =>
    fromBytes('float', bytesOf('int', value), 0),
});
