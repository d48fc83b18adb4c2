import { integerRanges, type IntegerType } from '@isthmus/dotnet';
import { constant, typeTable, type TypeTable } from '../table.js';
import { numericFacets, numericHeader, numericMembers } from './numeric-members.js';

/** The table of an integer type. */
function integerTable(type: IntegerType): TypeTable {
  const { min, max } = integerRanges[type];
  const raw = (value: bigint): bigint | number =>
    type === 'long' || type === 'ulong' ? value : Number(value);
  return typeTable(numericHeader(type), numericFacets(type), numericMembers(type), {
    [`const ${type} MaxValue`]: constant(raw(max)),
    [`const ${type} MinValue`]: constant(raw(min)),
  });
}

export const sbyteTable = integerTable('sbyte');
export const byteTable = integerTable('byte');
export const int16Table = integerTable('short');
export const uint16Table = integerTable('ushort');
export const int32Table = integerTable('int');
export const uint32Table = integerTable('uint');
export const int64Table = integerTable('long');
export const uint64Table = integerTable('ulong');
