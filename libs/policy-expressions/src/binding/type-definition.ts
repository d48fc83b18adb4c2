import type { Facets, Implementation, TypeTable } from '../members/table.js';
import type { NamedType, NetType, TypeParameter } from './net-type.js';

export interface Parameter {
  readonly name: string;
  readonly type: NetType;
  readonly mode: 'value' | 'ref' | 'out' | 'in' | 'params';
  readonly optional: boolean;
  readonly initial: unknown;
}

/** A method, constructor (`.ctor`), operator (`op_+`, `op_implicit`) of a table, with open types. */
export interface Method {
  readonly kind: 'method';
  readonly name: string;
  readonly isStatic: boolean;
  readonly isExtension: boolean;
  readonly typeParameters: readonly TypeParameter[];
  readonly parameters: readonly Parameter[];
  readonly returns: NetType;
  readonly declaring: TypeDefinition;
  readonly implementation: Implementation;
  readonly signature: string;
}

/** A property, field, constant or indexer. */
export interface Property {
  readonly kind: 'property';
  readonly name: string;
  readonly isStatic: boolean;
  readonly type: NetType;
  readonly parameters: readonly Parameter[];
  readonly declaring: TypeDefinition;
  readonly get: Implementation | null;
  readonly set: Implementation | null;
  /** Wrapped so that `null` is a value. */
  readonly constant: { readonly value: unknown } | null;
  readonly signature: string;
}

export type Member = Method | Property;

export type TypeKind = 'class' | 'struct' | 'interface' | 'enum' | 'delegate' | 'static';

/** A type as its table declares it. Members are read from their signatures when first asked for. */
export interface TypeDefinition {
  readonly key: string;
  readonly fullName: string;
  readonly name: string;
  readonly namespace: string;
  /** `int`, `string`, … */
  readonly keyword: string | null;
  readonly kind: TypeKind;
  readonly isAbstract: boolean;
  readonly parameters: readonly TypeParameter[];
  readonly facets: Facets;
  readonly enumeration: TypeTable['enumeration'] | null;
  /** Parameters and return type of a delegate type. */
  readonly delegate: {
    readonly parameters: readonly Parameter[];
    readonly returns: NetType;
  } | null;
  /** Base class and interfaces, over the own type parameters. */
  bases(): readonly NamedType[];
  /** Members by name; constructors under `.ctor`, indexers under `this[]`, operators under `op_…`. */
  members(name: string): readonly Member[];
  memberNames(): Iterable<string>;
}
