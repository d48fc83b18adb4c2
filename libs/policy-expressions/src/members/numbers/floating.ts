import { constant, typeTable, type MemberRecord, type TypeTable } from '../table.js';
import { numericFacets, numericHeader, numericMembers } from './numeric-members.js';

const view = new DataView(new ArrayBuffer(4));
/** A single given by its bits. */
function single(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

function floatingMembers(type: 'double' | 'float', least: number): MemberRecord {
  return {
    [`const ${type} NaN`]: constant(NaN),
    [`const ${type} PositiveInfinity`]: constant(Infinity),
    [`const ${type} NegativeInfinity`]: constant(-Infinity),
    [`const ${type} Epsilon`]: constant(least),
    [`static bool IsNaN(${type} value)`]: (value: number) => Number.isNaN(value),
    [`static bool IsInfinity(${type} value)`]: (value: number) => Math.abs(value) === Infinity,
    [`static bool IsPositiveInfinity(${type} value)`]: (value: number) => value === Infinity,
    [`static bool IsNegativeInfinity(${type} value)`]: (value: number) => value === -Infinity,
    [`static bool IsFinite(${type} value)`]: (value: number) => Number.isFinite(value),
    [`static bool IsNegative(${type} value)`]: (value: number) => value < 0 || Object.is(value, -0),
  };
}

export const doubleTable: TypeTable = typeTable(
  numericHeader('double'),
  numericFacets('double'),
  numericMembers('double'),
  floatingMembers('double', Number.MIN_VALUE),
  {
    'const double MaxValue': constant(Number.MAX_VALUE),
    'const double MinValue': constant(-Number.MAX_VALUE),
  },
);

export const singleTable: TypeTable = typeTable(
  numericHeader('float'),
  numericFacets('float'),
  numericMembers('float'),
  floatingMembers('float', single(1)),
  {
    'const float MaxValue': constant(single(0x7f7fffff)),
    'const float MinValue': constant(single(0xff7fffff)),
  },
);
