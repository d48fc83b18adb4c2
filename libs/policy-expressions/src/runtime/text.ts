import {
  Decimal,
  DotNetError,
  formatNumber,
  invariantCulture,
  numberToText,
  type NumericType,
} from '@isthmus/dotnet';
import { definitionOfInstance } from '../binding/catalogue.js';
import { nullableUnderlying, type NamedType, type NetType } from '../binding/net-type.js';
import { AnonymousObject } from './anonymous-object.js';
import { Boxed } from './boxed.js';
import { enumText, formatEnum } from './enum-text.js';
import { NetTuple, Pair } from './pair.js';
import { runtimeType } from './runtime-type.js';
import { reflectionName } from './reflection-name.js';

const numeric: Readonly<Record<string, NumericType>> = {
  'System.Int32': 'int',
  'System.Int64': 'long',
  'System.Int16': 'short',
  'System.Byte': 'byte',
  'System.SByte': 'sbyte',
  'System.UInt16': 'ushort',
  'System.UInt32': 'uint',
  'System.UInt64': 'ulong',
  'System.Double': 'double',
  'System.Single': 'float',
};

/** `int`, `long`, … for a numeric type but decimal; undefined for others. */
function numericName(type: NetType): NumericType | undefined {
  return type.kind === 'named' ? numeric[type.definition.fullName] : undefined;
}

/** The text of an `object` value, as ToString() gives it with the invariant culture; null is empty. */
export function textOf(value: unknown, format: string | null = null): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'True' : 'False';
    case 'object':
      if (value === null) return '';
      if (value instanceof Boxed) return rawText(value.value, value.type, format);
      return objectText(value, format);
    case 'undefined':
      return '';
    case 'number':
    case 'bigint':
    case 'symbol':
    case 'function':
      return typeof value === 'function' ? reflectionName(runtimeType(value)) : String(value);
  }
}

/** The text of a raw value of a static type. */
export function rawText(value: unknown, type: NetType, format: string | null = null): string {
  if (value === null || value === undefined) return '';
  if (type.kind === 'named' && (typeof value === 'number' || typeof value === 'bigint')) {
    const kind = numericName(type);
    if (kind !== undefined)
      return format
        ? formatNumber(kind, value, format, invariantCulture)
        : numberToText(kind, value);
    if (type.definition.keyword === 'char') return String.fromCharCode(Number(value));
    if (type.definition.kind === 'enum')
      return format
        ? formatEnum(type.definition, Number(value), format)
        : enumText(type.definition, Number(value));
    const inner = nullableUnderlying(type);
    if (inner !== undefined) return rawText(value, inner, format);
  }
  if (value instanceof Pair && type.kind === 'named') return pairText(value, type);
  if (value instanceof NetTuple && type.kind === 'named') return tupleText(value.items, type);
  return textOf(value, format);
}

function pairText(pair: Pair, type: NamedType): string {
  const [k, v] = type.args;
  return `[${rawText(pair.key, k ?? type)}, ${rawText(pair.value, v ?? type)}]`;
}

/** `(1, a)`, for ValueTuple and Tuple. */
export function tupleText(items: readonly unknown[], type: NamedType): string {
  return `(${items.map((item, i) => (i === 7 ? rawText(item, type.args[i] ?? type).replace(/^\(|\)$/g, '') : rawText(item, type.args[i] ?? type))).join(', ')})`;
}

function objectText(value: object, format: string | null): string {
  if (value instanceof Decimal)
    return format ? formatNumber('decimal', value, format, invariantCulture) : value.toString();
  // By the class itself: most values are of a class that one type alone has.
  const own = value instanceof DotNetError ? undefined : definitionOfInstance(value.constructor);
  if (own?.facets.text !== undefined) return own.facets.text(value as never, format);
  if (value instanceof AnonymousObject) return anonymousText(value);
  const type = runtimeType(value);
  const text = type?.kind === 'named' ? type.definition.facets.text : undefined;
  return text === undefined ? reflectionName(type) : text(value as never, format);
}

function anonymousText(value: AnonymousObject): string {
  const names = [...value.netType.definition.memberNames()];
  const parts = names.map((name, i) => {
    const member = value.netType.definition.members(name)[0];
    return `${name} = ${member?.kind === 'property' ? rawText(value.values[i], member.type) : ''}`;
  });
  return parts.length === 0 ? '{ }' : `{ ${parts.join(', ')} }`;
}
