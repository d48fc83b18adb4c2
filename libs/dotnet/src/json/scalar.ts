import { argumentException } from '../dotnet-error.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { TimeSpan } from '../dates/time-span.js';
import { Guid } from '../guid/guid.js';
import { isBoxedValue } from '../boxed-value.js';
import { Decimal } from '../numbers/decimal.js';
import { Uri } from '../uri/uri.js';
import type { JTokenType } from './j-token-type.js';

/**
 * What a JValue can hold. Whole numbers are bigint whatever their .NET type
 * (`clrType` of the JValue tells), floating point ones number.
 */
export type JScalar =
  | null
  | string
  | boolean
  | bigint
  | number
  | Decimal
  | DateTime
  | DateTimeOffset
  | TimeSpan
  | Guid
  | Uri
  | Uint8Array;

/** A scalar with its JSON token type and, for numbers, its .NET type name. */
export interface ScalarShape {
  readonly value: JScalar;
  readonly type: JTokenType;
  readonly clrType: string | undefined;
}

const wholeTypes = new Set(['int', 'long', 'short', 'byte', 'sbyte', 'ushort', 'uint', 'ulong']);
const longMin = -(1n << 63n);
const longMax = (1n << 63n) - 1n;

/** The .NET type of a whole number that a reader made. */
export function wholeType(value: bigint): 'long' | 'BigInteger' {
  return value >= longMin && value <= longMax ? 'long' : 'BigInteger';
}

/**
 * Classifies a plain value: a raw value (number = double, bigint = long) or one boxed with its
 * .NET type name as `{ typeName, value }`. Anything else cannot be a JSON value.
 */
export function scalarOf(value: unknown): ScalarShape {
  if (value === null || value === undefined) return shape(null, 'Null');
  if (typeof value === 'string') return shape(value, 'String');
  if (typeof value === 'boolean') return shape(value, 'Boolean');
  if (typeof value === 'bigint') return shape(value, 'Integer', wholeType(value));
  if (typeof value === 'number') return shape(value, 'Float', 'double');
  if (value instanceof Decimal) return shape(value, 'Float', 'decimal');
  if (value instanceof DateTime || value instanceof DateTimeOffset) return shape(value, 'Date');
  if (value instanceof TimeSpan) return shape(value, 'TimeSpan');
  if (value instanceof Guid) return shape(value, 'Guid');
  if (value instanceof Uri) return shape(value, 'Uri');
  if (value instanceof Uint8Array) return shape(value, 'Bytes');
  if (isBoxedValue(value)) return boxedScalar(value.typeName, value.value);
  throw undetermined(className(value));
}

function boxedScalar(type: string, value: unknown): ScalarShape {
  if (wholeTypes.has(type)) return shape(BigInt(value as number | bigint), 'Integer', type);
  if (type === 'double' || type === 'float') return shape(value as number, 'Float', type);
  if (type === 'char') throw undetermined('System.Char');
  if (typeof value === 'number' || typeof value === 'bigint')
    return shape(BigInt(value), 'Integer', type);
  if (typeof value === 'object' && value !== null) throw undetermined(type);
  return scalarOf(value);
}

function shape(value: JScalar, type: JTokenType, clrType?: string): ScalarShape {
  return { value, type, clrType };
}

function className(value: object): string {
  return value.constructor?.name ?? 'System.Object';
}

function undetermined(name: string): Error {
  return argumentException(`Could not determine JSON object type for type ${name}.`);
}
