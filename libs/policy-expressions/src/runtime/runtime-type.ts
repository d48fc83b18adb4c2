import { DotNetError } from '@isthmus/dotnet';
import { definitionOfInstance, findDefinition, named, netType } from '../binding/catalogue.js';
import {
  arrayType,
  namedType,
  type ArrayType,
  type NamedType,
  type NetType,
} from '../binding/net-type.js';
import { Boxed } from './boxed.js';

const elementTypes = Symbol('element type');

interface TaggedArray extends Array<unknown> {
  [elementTypes]?: ArrayType;
}

/** An instance of a generic type carries its constructed type. */
export interface Constructed {
  readonly netType: NetType;
}

export function isConstructed(value: unknown): value is Constructed {
  return (
    typeof value === 'object' && value !== null && 'netType' in value && value.netType !== undefined
  );
}

/** Marks a plain JS array with its .NET array type (the first mark stays) and returns it. */
export function tagArray<T extends readonly unknown[] | null | undefined>(
  items: T,
  type: NetType,
): T {
  if (items !== null && items !== undefined && type.kind === 'array') {
    const tagged = items as unknown as TaggedArray;
    tagged[elementTypes] ??= type;
  }
  return items;
}

/** A new .NET array: `newArray('string', ['a'])`. The element type may be given as a type. */
export function newArray(element: string | NetType, items: unknown[]): unknown[] {
  return tagArray(items, arrayType(typeof element === 'string' ? netType(element) : element));
}

const delegateTypes = new WeakMap<object, NetType>();

/** Remembers the delegate type of a function, for values held as `object`. */
export function tagDelegate<T extends object>(delegate: T, type: NetType): T {
  delegateTypes.set(delegate, type);
  return delegate;
}

/** The exact .NET type of a value held as `object`; null for null. */
export function runtimeType(value: unknown): NamedType | ArrayType | null {
  switch (typeof value) {
    case 'string':
      return named('string');
    case 'boolean':
      return named('bool');
    case 'object':
      return value === null ? null : objectType(value);
    case 'function': {
      const type = delegateTypes.get(value);
      return type?.kind === 'named' ? type : named('System.Delegate');
    }
    case 'number':
      return named(Number.isInteger(value) ? 'int' : 'double');
    case 'bigint':
      return named('long');
    case 'undefined':
    case 'symbol':
      return null;
  }
}

function objectType(value: object): NamedType | ArrayType {
  if (value instanceof Boxed) return value.type;
  if (Array.isArray(value))
    return (value as TaggedArray)[elementTypes] ?? (netType('object[]') as ArrayType);
  if (value instanceof Uint8Array) return netType('byte[]') as ArrayType;
  if (value instanceof DotNetError) return exceptionType(value);
  if (isConstructed(value) && (value.netType.kind === 'named' || value.netType.kind === 'array'))
    return value.netType;
  for (
    let prototype: unknown = Object.getPrototypeOf(value);
    prototype !== null && prototype !== undefined;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const definition = definitionOfInstance((prototype as { constructor: unknown }).constructor);
    if (definition !== undefined) return namedType(definition);
  }
  return named('object');
}

/** The type of an exception: the nearest that is known to the catalogue. */
function exceptionType(error: DotNetError): NamedType {
  const definition = findDefinition(error.typeName, 0);
  return definition === undefined ? named('System.Exception') : namedType(definition);
}

/** Boxes the raw value of a static type into its `object` form. */
export function box(value: unknown, type: NetType): unknown {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return type.kind === 'named' ? new Boxed(underlying(type), value) : value;
    case 'object':
      return needsBox(value) && type.kind === 'named'
        ? new Boxed(
            underlying(type),
            'copy' in value && typeof value.copy === 'function' ? value.copy() : value,
          )
        : value;
    case 'boolean':
    case 'function':
    case 'string':
    case 'symbol':
    case 'undefined':
      return value;
  }
}

/** Structs whose JS class does not know the type arguments say so with this brand. */
export const structBrand = Symbol('generic struct');

function needsBox(value: object): boolean {
  return structBrand in value;
}

function underlying(type: NamedType): NamedType {
  const inner = type.args[0];
  return type.definition.fullName === 'System.Nullable' && inner?.kind === 'named' ? inner : type;
}
