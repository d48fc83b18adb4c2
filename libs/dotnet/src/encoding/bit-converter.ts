import { argumentException, argumentOutOfRange } from '../dotnet-error.js';

/** Types BitConverter reads and writes; `char` is a code unit. */
export type BitType =
  | 'bool'
  | 'char'
  | 'short'
  | 'ushort'
  | 'int'
  | 'uint'
  | 'long'
  | 'ulong'
  | 'float'
  | 'double';

const SIZES: Readonly<Record<BitType, number>> = {
  bool: 1,
  char: 2,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  long: 8,
  ulong: 8,
  float: 4,
  double: 8,
};

/** `BitConverter.GetBytes`: little-endian. */
export function bytesOf(type: BitType, value: number | bigint | boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(SIZES[type]));
  switch (type) {
    case 'bool':
      view.setUint8(0, value ? 1 : 0);
      break;
    case 'char':
    case 'ushort':
      view.setUint16(0, Number(value), true);
      break;
    case 'short':
      view.setInt16(0, Number(value), true);
      break;
    case 'int':
      view.setInt32(0, Number(value), true);
      break;
    case 'uint':
      view.setUint32(0, Number(value), true);
      break;
    case 'long':
      view.setBigInt64(0, BigInt(value), true);
      break;
    case 'ulong':
      view.setBigUint64(0, BigInt(value), true);
      break;
    // .NET's NaN has its sign bit set.
    case 'float':
      if (Number.isNaN(value)) view.setUint32(0, 0xffc00000, true);
      else view.setFloat32(0, Number(value), true);
      break;
    case 'double':
      if (Number.isNaN(value)) view.setBigUint64(0, 0xfff8000000000000n, true);
      else view.setFloat64(0, Number(value), true);
      break;
  }
  return new Uint8Array(view.buffer);
}

/** `BitConverter.ToInt32` and so on: throws ArgumentException and ArgumentOutOfRangeException. */
export function fromBytes(
  type: BitType,
  bytes: Uint8Array,
  start: number,
): number | bigint | boolean {
  if (start < 0 || start >= bytes.length) {
    throw argumentOutOfRange(
      'startIndex',
      'Index was out of range. Must be non-negative and less than the size of the collection.',
    );
  }
  if (start > bytes.length - SIZES[type]) {
    throw argumentException(
      'Destination array is not long enough to copy all the items in the collection. Check array index and length.',
      'value',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, SIZES[type]);
  switch (type) {
    case 'bool':
      return view.getUint8(0) !== 0;
    case 'char':
    case 'ushort':
      return view.getUint16(0, true);
    case 'short':
      return view.getInt16(0, true);
    case 'int':
      return view.getInt32(0, true);
    case 'uint':
      return view.getUint32(0, true);
    case 'long':
      return view.getBigInt64(0, true);
    case 'ulong':
      return view.getBigUint64(0, true);
    case 'float':
      return view.getFloat32(0, true);
    case 'double':
      return view.getFloat64(0, true);
  }
}

/** `BitConverter.ToString`: `00-AB`. Throws as .NET does for a range outside the array. */
export function hexText(bytes: Uint8Array, start = 0, length = bytes.length - start): string {
  if (start < 0 || (start >= bytes.length && start > 0)) {
    throw argumentOutOfRange(
      'startIndex',
      'Index was out of range. Must be non-negative and less than or equal to the size of the collection.',
    );
  }
  if (length < 0) throw argumentOutOfRange('length', "length ('-1') must be a non-negative value.");
  if (start > bytes.length - length) {
    throw argumentException(
      'Destination array is not long enough to copy all the items in the collection. Check array index and length.',
      'value',
    );
  }
  return Array.from(bytes.subarray(start, start + length), (byte) =>
    byte.toString(16).toUpperCase().padStart(2, '0'),
  ).join('-');
}
