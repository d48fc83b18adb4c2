import {
  convertToken,
  DateTimeOffset,
  DotNetError,
  Guid,
  invalidCast,
  JToken,
  JValue,
  TimeSpan,
  Uri,
} from '@isthmus/dotnet';
import { isValueType, nullableUnderlying, typeName, type NetType } from '../../binding/net-type.js';
import { isSubtype } from '../../binding/subtyping.js';
import { runtimeType } from '../../runtime/runtime-type.js';
import { defaultValue } from '../../runtime/default-value.js';
import { unbox } from '../../runtime/boxed.js';
import { scalarObject } from './content.js';

// Types that Convert.ChangeType can make of any JSON value.
const convertible = new Set([
  'bool',
  'char',
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
  'DateTime',
  'string',
]);

/**
 * Extensions.Convert<JToken, U> behind `Value<U>()` and `Values<U>()`: a cast where the token or its value is a U, else
 * Convert.ChangeType.
 */
export function changeToken(token: JToken | null, target: NetType): unknown {
  if (token === null) return defaultValue(target);
  if (isInstance(token, target)) return token;
  if (!(token instanceof JValue))
    throw invalidCast(`Cannot cast ${token.fullName} to Newtonsoft.Json.Linq.JToken.`);
  const nullable = nullableUnderlying(target);
  const type = nullable ?? target;
  if (token.value === null && nullable !== undefined) return null;
  const held = scalarObject(token);
  if (isInstance(held, type)) return unbox(held);
  return changeType(token, typeName(type), isValueType(type));
}

function isInstance(value: unknown, type: NetType): boolean {
  const actual = runtimeType(value);
  return actual !== null && isSubtype(actual, type);
}

function changeType(token: JValue, name: string, isValue: boolean): unknown {
  if (token.value === null) {
    if (!isValue) return null;
    throw invalidCast('Null object cannot be converted to a value type.');
  }
  if (!convertible.has(name)) throw invalidCast(`Invalid cast from '${token.type}' to '${name}'.`);
  const { value } = token;
  const rigid =
    value instanceof Uint8Array ||
    value instanceof Guid ||
    value instanceof TimeSpan ||
    value instanceof Uri ||
    value instanceof DateTimeOffset;
  if (rigid)
    throw new DotNetError('System.InvalidCastException', 'Object must implement IConvertible.');
  if (name === 'string') return token.toString();
  try {
    return convertToken(token, name);
  } catch (error) {
    // What the token's own operator refuses, ChangeType refuses as a cast.
    if (error instanceof DotNetError && error.message.startsWith('Can not convert'))
      throw invalidCast(`Invalid cast from '${token.type}' to '${name}'.`);
    throw error;
  }
}
