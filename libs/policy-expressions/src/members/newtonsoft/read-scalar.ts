import {
  convertToken,
  DotNetError,
  JToken,
  JValue,
  tryParseNumber,
  NumberStyles,
  detectDate,
  detectDateOffset,
  Decimal,
  DateTime,
  DateTimeOffset,
  type NumericType,
} from '@isthmus/dotnet';
import { nullableUnderlying, typeName, type NetType } from '../../binding/net-type.js';
import { reflectionName } from '../../runtime/reflection-name.js';
import type { Reading } from './to-object.js';

export function serializationError(message: string): DotNetError {
  return new DotNetError(
    'Newtonsoft.Json.JsonSerializationException',
    message.endsWith('.') ? message : `${message}.`,
  );
}

function readerError(message: string, token: JToken): DotNetError {
  return new DotNetError(
    'Newtonsoft.Json.JsonReaderException',
    `${message}. Path '${token.path}'.`,
  );
}

const integers: ReadonlySet<string> = new Set([
  'int',
  'short',
  'ushort',
  'byte',
  'sbyte',
  'uint',
  'long',
  'ulong',
]);

/** A simple value as the serializer reads it: stricter than the explicit operators of tokens. */
export function readScalar(token: JToken, target: NetType, reading: Reading): unknown {
  const nullable = nullableUnderlying(target);
  const name = typeName(nullable ?? target);
  const optional =
    nullable !== undefined || name === 'string' || name === 'Uri' || name === 'byte[]';
  if (!(token instanceof JValue))
    throw readerError(
      `Error reading ${readName(name)}. Unexpected token: Start${token.type}`,
      token,
    );
  const empty =
    token.value === null ||
    (token.value === '' && name !== 'string' && name !== 'char' && name !== 'Uri');
  if (empty) {
    if (optional) return token.value === '' && name === 'byte[]' ? new Uint8Array() : null;
    throw serializationError(
      `Error converting value {null} to type '${reflectionName(target)}'. Path '${token.path}'`,
    );
  }
  if (name === 'string') return readText(token, reading);
  if (name === 'bool') return readBoolean(token);
  if (integers.has(name)) return readInteger(token, name as NumericType, reading);
  if (name === 'double' || name === 'float' || name === 'decimal') return readFloat(token, name);
  return readOther(token, name, target);
}

function readName(name: string): string {
  if (integers.has(name)) return 'integer';
  if (name === 'bool') return 'boolean';
  if (name === 'byte[]') return 'bytes';
  return name === 'string' || name === 'double' || name === 'decimal' ? name : 'date';
}

function readText(token: JValue, { fromText }: Reading): string {
  if (token.source !== null) return token.source;
  if (fromText && typeof token.value === 'boolean') return token.value ? 'true' : 'false';
  return token.toString();
}

function readBoolean(token: JValue): boolean {
  const { value } = token;
  if (typeof value === 'string') {
    const word = value.trim().toLowerCase();
    if (word === 'true' || word === 'false') return word === 'true';
    throw readerError(`Could not convert string to boolean: ${value}`, token);
  }
  return convertToken(token, 'bool') as boolean;
}

function readInteger(token: JValue, name: NumericType, { fromText }: Reading): unknown {
  const { value } = token;
  if (typeof value === 'string') {
    const parsed = tryParseNumber(name, value, { styles: NumberStyles.Integer });
    if (parsed !== undefined) return parsed;
    throw readerError(`Could not convert string to integer: ${value}`, token);
  }
  if (typeof value === 'bigint') return converted(token, name);
  if (fromText && typeof value === 'number')
    throw readerError(`Input string '${token.source ?? value}' is not a valid integer`, token);
  if (typeof value === 'number' || value instanceof Decimal) return converted(token, name);
  throw readerError(`Error reading integer. Unexpected token: ${token.type}`, token);
}

function converted(token: JValue, name: string): unknown {
  try {
    return convertToken(token, name);
  } catch (error) {
    if (!(error instanceof DotNetError)) throw error;
    if (name === 'int')
      throw readerError(
        `JSON integer ${token.toString()} is too large or small for an Int32`,
        token,
      );
    throw serializationError(
      `Error converting value ${token.toString()} to type '${name}'. Path '${token.path}'`,
    );
  }
}

function readFloat(token: JValue, name: 'double' | 'float' | 'decimal'): unknown {
  const { value } = token;
  if (typeof value === 'string') {
    const parsed = tryParseNumber(name, value);
    if (parsed !== undefined) return parsed;
    throw readerError(
      `Could not convert string to ${name === 'float' ? 'double' : name}: ${value}`,
      token,
    );
  }
  if (typeof value === 'boolean')
    throw readerError(`Error reading ${name}. Unexpected token: Boolean`, token);
  if (name === 'decimal' && token.source !== null) {
    const exact = tryParseNumber('decimal', token.source, { styles: NumberStyles.Float });
    if (exact !== undefined) return exact;
  }
  return convertToken(token, name);
}

function readOther(token: JValue, name: string, target: NetType): unknown {
  const { value } = token;
  if (name === 'DateTime' || name === 'DateTimeOffset') {
    if (typeof value === 'string') return readDate(token, value, name);
    if (value instanceof DateTime || value instanceof DateTimeOffset)
      return convertToken(token, name);
    throw readerError(`Error reading date. Unexpected token: ${token.type}`, token);
  }
  try {
    return convertToken(token, name);
  } catch (error) {
    if (
      !(error instanceof DotNetError) ||
      (name === 'byte[]' && error.typeName === 'System.FormatException')
    )
      throw error;
    throw serializationError(
      `Error converting value ${token.toJson()} to type '${reflectionName(target)}'. Path '${token.path}'`,
    );
  }
}

function readDate(token: JValue, value: string, name: 'DateTime' | 'DateTimeOffset'): unknown {
  const detected = name === 'DateTime' ? detectDate(value) : detectDateOffset(value);
  if (detected) return detected;
  try {
    return convertToken(token, name);
  } catch (error) {
    if (error instanceof DotNetError)
      throw readerError(`Could not convert string to ${name}: ${value}`, token);
    throw error;
  }
}
