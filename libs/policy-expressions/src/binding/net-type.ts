import type { TypeDefinition } from './type-definition.js';

/** A constructed or plain .NET type: `int`, `List<string>`, `DateTime`. Interned: equal types are the same object. */
export interface NamedType {
  readonly kind: 'named';
  readonly definition: TypeDefinition;
  readonly args: readonly NetType[];
  readonly key: string;
}

/** `T[]` (rank 1) or `T[,]`. */
export interface ArrayType {
  readonly kind: 'array';
  readonly element: NetType;
  readonly rank: number;
  readonly key: string;
}

/** A type parameter of a generic type, method or local function. */
export interface TypeParameter {
  readonly kind: 'parameter';
  readonly name: string;
  readonly key: string;
  readonly variance: 'in' | 'out' | 'none';
  /** `class`, `struct`, `new` as written in a `where` clause of a signature. */
  constraints: readonly string[];
  /** Types of a `where T : Base` clause. */
  bounds: readonly NetType[];
}

/** `void`, the type of `null`, `dynamic`, and what has no type of its own (lambda, method group, `default`). */
export interface SpecialType {
  readonly kind: 'special';
  readonly name: 'void' | 'null' | 'dynamic' | 'none';
  readonly key: string;
}

export type NetType = NamedType | ArrayType | TypeParameter | SpecialType;

const named = new Map<string, NamedType>();
const arrays = new Map<string, ArrayType>();
let parameterCount = 0;

/** The interned construction of a definition with its type arguments. */
export function namedType(definition: TypeDefinition, args: readonly NetType[] = []): NamedType {
  const key =
    args.length === 0 ? definition.key : `${definition.key}<${args.map((a) => a.key).join(',')}>`;
  let type = named.get(key);
  if (type === undefined) {
    type = { kind: 'named', definition, args, key };
    named.set(key, type);
  }
  return type;
}

/** The interned array type of an element type. */
export function arrayType(element: NetType, rank = 1): ArrayType {
  const key = `${element.key}[${','.repeat(rank - 1)}]`;
  let type = arrays.get(key);
  if (type === undefined) {
    type = { kind: 'array', element, rank, key };
    arrays.set(key, type);
  }
  return type;
}

/** A fresh type parameter; two of the same name are different types. */
export function typeParameter(
  name: string,
  variance: TypeParameter['variance'] = 'none',
): TypeParameter {
  parameterCount += 1;
  return {
    kind: 'parameter',
    name,
    key: `!${parameterCount}`,
    variance,
    constraints: [],
    bounds: [],
  };
}

function special(name: SpecialType['name']): SpecialType {
  return { kind: 'special', name, key: `#${name}` };
}

export const voidType = special('void');
export const nullType = special('null');
export const dynamicType = special('dynamic');
export const noType = special('none');

export type Substitution = ReadonlyMap<TypeParameter, NetType>;

/** Replaces type parameters. */
export function substitute(type: NetType, map: Substitution): NetType {
  if (map.size === 0) return type;
  switch (type.kind) {
    case 'parameter':
      return map.get(type) ?? type;
    case 'array':
      return arrayType(substitute(type.element, map), type.rank);
    case 'named':
      return type.args.length === 0
        ? type
        : namedType(
            type.definition,
            type.args.map((a) => substitute(a, map)),
          );
    case 'special':
      return type;
  }
}

/** Whether a type mentions a type parameter (of the given set, when one is given). */
export function mentions(type: NetType, parameters?: ReadonlySet<TypeParameter>): boolean {
  switch (type.kind) {
    case 'parameter':
      return parameters === undefined || parameters.has(type);
    case 'array':
      return mentions(type.element, parameters);
    case 'named':
      return type.args.some((a) => mentions(a, parameters));
    case 'special':
      return false;
  }
}

/** `T` of `Nullable<T>`, or undefined. */
export function nullableUnderlying(type: NetType): NetType | undefined {
  return type.kind === 'named' &&
    type.definition.fullName === 'System.Nullable' &&
    type.args.length === 1
    ? type.args[0]
    : undefined;
}

/** Value types; a type parameter counts only with a `struct` constraint. */
export function isValueType(type: NetType): boolean {
  if (type.kind === 'named')
    return type.definition.kind === 'struct' || type.definition.kind === 'enum';
  return type.kind === 'parameter' && type.constraints.includes('struct');
}

export function isReferenceType(type: NetType): boolean {
  if (type.kind === 'named') return !isValueType(type);
  if (type.kind === 'parameter') return type.constraints.includes('class');
  return type.kind === 'array' || type === nullType || type === dynamicType;
}

/** The C# spelling: `int?`, `List<string>`, `string[]`, `Newtonsoft.Json.Linq.JToken`. */
export function typeName(type: NetType, qualified = false): string {
  switch (type.kind) {
    case 'special':
      return type.name === 'null' ? '<null>' : type.name;
    case 'parameter':
      return type.name;
    case 'array': {
      const brackets = `[${','.repeat(type.rank - 1)}]`;
      return type.element.kind === 'array'
        ? typeName(type.element, qualified).replace(/((\[,*\])+)$/, `${brackets}$1`)
        : `${typeName(type.element, qualified)}${brackets}`;
    }
    case 'named':
      return namedTypeName(type, qualified);
  }
}

function namedTypeName(type: NamedType, qualified: boolean): string {
  const inner = nullableUnderlying(type);
  if (inner !== undefined) return `${typeName(inner, qualified)}?`;
  const definition = type.definition;
  const name = definition.keyword ?? (qualified ? definition.fullName : definition.name);
  return type.args.length === 0
    ? name
    : `${name}<${type.args.map((a) => typeName(a, qualified)).join(',')}>`;
}

export function isEnumType(type: NetType): boolean {
  return type.kind === 'named' && type.definition.kind === 'enum';
}
