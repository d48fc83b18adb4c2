import { argumentException, argumentNull, formatException } from '../dotnet-error.js';
import { invariantCulture } from '../culture/culture.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import type { DateTime } from '../dates/date-time.js';
import { parseDateTimeOffset } from '../dates/parse-date-time.js';
import { parseTimeSpan } from '../dates/parse-time-span.js';
import { TimeSpan } from '../dates/time-span.js';
import { Guid } from '../guid/guid.js';
import type { Decimal } from '../numbers/decimal.js';
import type { IntegerType } from '../numbers/numeric-type.js';
import { Uri } from '../uri/uri.js';
import { toBoolean, toChar, toDateTime, toDecimal, toDouble, toInteger } from './change-type.js';
import type { JProperty } from './j-property.js';
import type { JToken } from './j-token.js';
import type { JTokenType } from './j-token-type.js';
import { JValue } from './j-value.js';
import { valueText } from './value-text.js';

const text: readonly JTokenType[] = ['String', 'Comment', 'Raw'];
const numbers: readonly JTokenType[] = ['Integer', 'Float', 'Boolean', ...text];

/** What Convert.ToX takes where a token is cast to T, by the C# name of T. */
const accepted: Record<string, readonly JTokenType[]> = {
  string: ['Date', 'Bytes', 'Guid', 'TimeSpan', 'Uri', ...numbers],
  char: ['Integer', 'Float', ...text],
  DateTime: ['Date', ...text],
  DateTimeOffset: ['Date', ...text],
  TimeSpan: ['TimeSpan', ...text],
  Guid: ['Guid', 'Bytes', ...text],
  Uri: ['Uri', ...text],
  'byte[]': ['Bytes', 'Integer', ...text],
};

const netNames: Record<string, string> = {
  bool: 'Boolean',
  string: 'String',
  char: 'Char',
  sbyte: 'SByte',
  byte: 'Byte',
  short: 'Int16',
  ushort: 'UInt16',
  int: 'Int32',
  uint: 'UInt32',
  long: 'Int64',
  ulong: 'UInt64',
  float: 'Single',
  double: 'Double',
  decimal: 'Decimal',
  'byte[]': 'byte array',
};

/** What a conversion gives: raw values as everywhere in this library. */
export type Converted =
  | null
  | string
  | boolean
  | number
  | bigint
  | Decimal
  | DateTime
  | DateTimeOffset
  | TimeSpan
  | Guid
  | Uri
  | Uint8Array;

/**
 * The explicit operators of JToken: `(int)token`, `(string)token`, `(bool?)token`, …
 * `target` is the C# name of the type; `now` completes a bare time of day.
 */
export function convertToken(token: JToken | null, target: string, now?: DateTime): Converted {
  const nullable = target.endsWith('?') || target === 'string' || target === 'Uri';
  const name = target.replace('?', '');
  if (token === null) {
    if (nullable || target === 'byte[]') return null;
    throw argumentNull('value');
  }
  const value = token.type === 'Property' ? (token as JProperty).value : token;
  const isNull = value.type === 'Null' || value.type === 'Undefined';
  const fits = (accepted[name] ?? numbers).includes(value.type) || (nullable && isNull);
  if (!(value instanceof JValue) || !fits)
    throw argumentException(`Can not convert ${value.type} to ${netNames[name] ?? name}.`);
  if (value.value === null && nullable) return null;
  return convertScalar(value, name, now);
}

function convertScalar(token: JValue, name: string, now: DateTime | undefined): Converted {
  const { value } = token;
  switch (name) {
    case 'string':
      return stringOf(token);
    case 'bool':
      // Integers of more than 64 bits go by way of an int.
      return toBoolean(token.clrType === 'BigInteger' ? toInteger(value, 'int') : value);
    case 'char':
      return toChar(value);
    case 'double':
      return toDouble(value);
    case 'float':
      return Math.fround(toDouble(value));
    case 'decimal':
      return toDecimal(value, token.clrType === 'float');
    case 'DateTime':
      return toDateTime(value, now);
    case 'long':
    case 'ulong':
      return toInteger(value, name);
    default:
      return netNames[name] && name !== 'byte[]'
        ? Number(toInteger(value, name as IntegerType))
        : objectOf(token, name, now);
  }
}

function stringOf(token: JValue): string | null {
  const { value } = token;
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : valueText(token);
}

function objectOf(token: JValue, name: string, now: DateTime | undefined): Converted {
  const { value } = token;
  switch (name) {
    case 'DateTimeOffset':
      if (value instanceof DateTimeOffset) return value;
      if (typeof value === 'string')
        return parseDateTimeOffset(value, { culture: invariantCulture, now: toDateTime(null) });
      return DateTimeOffset.fromDateTime(toDateTime(value, now));
    case 'Guid':
      if (value instanceof Guid) return value;
      return value instanceof Uint8Array ? Guid.fromBytes(value) : Guid.parse(valueText(token));
    case 'TimeSpan':
      return value instanceof TimeSpan ? value : parseTimeSpan(valueText(token));
    case 'Uri':
      return value instanceof Uri ? value : Uri.parse(valueText(token));
    case 'byte[]':
      return bytesOf(token);
    default:
      throw argumentException(`Can not convert ${token.type} to ${name}.`);
  }
}

function bytesOf(token: JValue): Uint8Array {
  const { value } = token;
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return fromBase64(value);
  throw argumentException(`Can not convert ${token.type} to byte array.`);
}

/** Convert.FromBase64String for text out of JSON. */
function fromBase64(value: string): Uint8Array {
  const compact = value.replace(/[ \t\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact))
    throw formatException('The input is not a valid Base-64 string.');
  return new Uint8Array(Buffer.from(compact, 'base64'));
}
