import {
  argumentException,
  argumentNull,
  formatException,
  invalidOperation,
  overflowException,
  trimText,
} from '@isthmus/dotnet';
import { nullableUnderlying, typeName, type NetType } from '../../binding/net-type.js';
import { Boxed } from '../../runtime/boxed.js';
import { defaultValue } from '../../runtime/default-value.js';
import { enumText, formatEnum } from '../../runtime/enum-text.js';
import { valuesEqual } from '../../runtime/equality.js';
import { NetReflectedType } from '../../runtime/reflected-type.js';
import { box } from '../../runtime/runtime-type.js';
import { rawText } from '../../runtime/text.js';
import type { Ref } from '../../runtime/ref.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { enumTable, typeTable } from '../table.js';

function tryBool(text: string | null): boolean | null {
  if (text === null) return null;
  const trimmed = trimText(text)
    .replace(/^[\0]+|[\0]+$/g, '')
    .toLowerCase();
  return trimmed === 'true' ? true : trimmed === 'false' ? false : null;
}

export const boolTable = typeTable(
  'struct System.Boolean : IComparable, IComparable<bool>, IEquatable<bool>, IConvertible',
  { initial: false, text: (self: boolean) => (self ? 'True' : 'False') },
  {
    'static readonly string TrueString': () => 'True',
    'static readonly string FalseString': () => 'False',
    'string ToString()': (self: boolean) => (self ? 'True' : 'False'),
    'bool Equals(bool obj)': (self: boolean, other: boolean) => self === other,
    'int CompareTo(bool value)': (self: boolean, other: boolean) => Number(self) - Number(other),
    'static bool Parse(string value)': (text: string | null) => {
      if (text === null) throw argumentNull('value');
      const value = tryBool(text);
      if (value === null)
        throw formatException(`String '${text}' was not recognized as a valid Boolean.`);
      return value;
    },
    'static bool TryParse(string value, out bool result)': (text: string | null, result: Ref) => {
      const value = tryBool(text);
      result.value = value ?? false;
      return value !== null;
    },
  },
);

const underlying = (site: Site): NetType => nullableUnderlying(site.owner) ?? site.owner;

export const nullableTable = typeTable(
  'struct System.Nullable<T>',
  {},
  {
    'new(T value)': (value: unknown) => value,
    'bool HasValue { get; }': (self: unknown) => self !== null && self !== undefined,
    'T Value { get; }': (self: unknown) => {
      if (self === null || self === undefined)
        throw invalidOperation('Nullable object must have a value.');
      return self;
    },
    'T GetValueOrDefault()': (self: unknown, _runtime: Runtime, site: Site) =>
      self ?? defaultValue(underlying(site)),
    'T GetValueOrDefault(T defaultValue)': (self: unknown, other: unknown) => self ?? other,
    'string ToString()': (self: unknown, _runtime: Runtime, site: Site) =>
      rawText(self, underlying(site)),
    'bool Equals(object other)': (self: unknown, other: unknown, _runtime: Runtime, site: Site) =>
      valuesEqual(box(self, underlying(site)), other),
    'int GetHashCode()': (self: unknown) => (self === null ? 0 : 1),
  },
);

export const nullableStaticTable = typeTable(
  'static class System.Nullable',
  {},
  {
    'static int Compare<T>(Nullable<T> n1, Nullable<T> n2) where T : struct': (
      a: unknown,
      b: unknown,
    ) => (a === b ? 0 : a === null ? -1 : b === null ? 1 : (a as number) < (b as number) ? -1 : 1),
    'static bool Equals<T>(Nullable<T> n1, Nullable<T> n2) where T : struct': (
      a: unknown,
      b: unknown,
    ) => valuesEqual(a, b),
  },
);

interface EnumType {
  readonly definition: Boxed['type']['definition'];
  readonly type: Boxed['type'];
}

function enumOf(type: NetType): EnumType {
  if (type.kind !== 'named' || type.definition.kind !== 'enum')
    throw argumentException('Type provided must be an Enum.', 'enumType');
  return { definition: type.definition, type };
}

/** Numbers and names, separated by commas; null when one is unknown. */
function readEnum(type: EnumType, text: string, ignoreCase: boolean): number | null {
  const values = type.definition.enumeration!.values;
  const trimmed = trimText(text);
  if (trimmed === '') return null;
  if (/^[-+]?\d+$/.test(trimmed)) {
    const number = Number(trimmed);
    if (number > 2147483647 || number < -2147483648)
      throw overflowException('Value was either too large or too small for an Int32.');
    return number;
  }
  let result = 0;
  for (const word of trimmed.split(',').map((w) => trimText(w))) {
    const name = Object.keys(values).find(
      (k) => k === word || (ignoreCase && k.toLowerCase() === word.toLowerCase()),
    );
    if (name === undefined) return null;
    result |= values[name]!;
  }
  return result;
}

function parseEnum(type: EnumType, text: string | null, ignoreCase: boolean): number {
  if (text === null) throw argumentNull('value');
  if (trimText(text) === '')
    throw argumentException('Must specify valid information for parsing in the string.', 'value');
  const value = readEnum(type, text, ignoreCase);
  if (value === null) throw argumentException(`Requested value '${trimText(text)}' was not found.`);
  return value;
}

function tryEnum(type: EnumType, text: string | null, ignoreCase: boolean): number | null {
  try {
    return text === null ? null : readEnum(type, text, ignoreCase);
  } catch {
    return null;
  }
}

const first = (site: Site): EnumType => enumOf(site.typeArguments[0]!);
const outEnum = (value: number | null, result: Ref): boolean => {
  result.value = value ?? 0;
  return value !== null;
};

export const enumBaseTable = typeTable(
  'abstract class System.Enum : System.ValueType, IComparable, IFormattable',
  {},
  {
    'static object Parse(Type enumType, string value)': (
      type: NetReflectedType,
      text: string | null,
    ) => new Boxed(enumOf(type.type).type, parseEnum(enumOf(type.type), text, false)),
    'static object Parse(Type enumType, string value, bool ignoreCase)': (
      type: NetReflectedType,
      text: string | null,
      ignoreCase: boolean,
    ) => new Boxed(enumOf(type.type).type, parseEnum(enumOf(type.type), text, ignoreCase)),
    'static TEnum Parse<TEnum>(string value) where TEnum : struct': (
      text: string | null,
      _runtime: Runtime,
      site: Site,
    ) => parseEnum(first(site), text, false),
    'static TEnum Parse<TEnum>(string value, bool ignoreCase) where TEnum : struct': (
      text: string | null,
      ignoreCase: boolean,
      _runtime: Runtime,
      site: Site,
    ) => parseEnum(first(site), text, ignoreCase),
    'static bool TryParse<TEnum>(string value, out TEnum result) where TEnum : struct': (
      text: string | null,
      result: Ref,
      _runtime: Runtime,
      site: Site,
    ) => outEnum(tryEnum(first(site), text, false), result),
    'static bool TryParse<TEnum>(string value, bool ignoreCase, out TEnum result) where TEnum : struct':
      (text: string | null, ignoreCase: boolean, result: Ref, ...rest: unknown[]) =>
        outEnum(tryEnum(first(rest[1] as Site), text, ignoreCase), result),
    'string ToString()': (self: Boxed) => enumText(self.type.definition, Number(self.value)),
    'string ToString(string format)': (self: Boxed, format: string | null) =>
      format
        ? formatEnum(self.type.definition, Number(self.value), format)
        : enumText(self.type.definition, Number(self.value)),
    'bool HasFlag(Enum flag)': (self: Boxed, flag: Boxed) => {
      if (self.type !== flag.type)
        throw argumentException(
          `The argument type, '${typeName(flag.type, true)}', is not the same as the enum type '${typeName(self.type, true)}'.`,
        );
      return (Number(self.value) & Number(flag.value)) === Number(flag.value);
    },
    'int CompareTo(object target)': (self: Boxed, other: Boxed | null) =>
      other === null ? 1 : Math.sign(Number(self.value) - Number(other.value)),
  },
);

export const httpStatusTable = enumTable('System.Net.HttpStatusCode', {
  Continue: 100,
  SwitchingProtocols: 101,
  OK: 200,
  Created: 201,
  Accepted: 202,
  NonAuthoritativeInformation: 203,
  NoContent: 204,
  ResetContent: 205,
  PartialContent: 206,
  MultipleChoices: 300,
  MovedPermanently: 301,
  Found: 302,
  SeeOther: 303,
  NotModified: 304,
  TemporaryRedirect: 307,
  PermanentRedirect: 308,
  BadRequest: 400,
  Unauthorized: 401,
  PaymentRequired: 402,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  ProxyAuthenticationRequired: 407,
  RequestTimeout: 408,
  Conflict: 409,
  Gone: 410,
  LengthRequired: 411,
  PreconditionFailed: 412,
  RequestEntityTooLarge: 413,
  RequestUriTooLong: 414,
  UnsupportedMediaType: 415,
  RequestedRangeNotSatisfiable: 416,
  ExpectationFailed: 417,
  UnprocessableEntity: 422,
  TooManyRequests: 429,
  InternalServerError: 500,
  NotImplemented: 501,
  BadGateway: 502,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
});
