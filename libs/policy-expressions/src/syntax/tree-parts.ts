import { type At, type TypeNode, type Argument, type Expression } from './tree.js';

/** A variable of an out argument, pattern or deconstruction; `name` null is a discard. */
export type Designation = At &
  (
    | { readonly kind: 'variable'; readonly name: string | null }
    | { readonly kind: 'several'; readonly parts: readonly Designation[] }
  );

export type Pattern = At &
  (
    | {
        readonly kind: 'constantPattern';
        readonly value: Expression;
        readonly type: TypeNode | null;
      }
    | { readonly kind: 'typePattern'; readonly type: TypeNode }
    | { readonly kind: 'declarationPattern'; readonly type: TypeNode; readonly name: string | null }
    | { readonly kind: 'varPattern'; readonly name: string | null }
  );

export type ArrayInitializer = At & {
  readonly kind: 'arrayInitializer';
  readonly elements: readonly Expression[];
};

/** `{ Name = value, ["k"] = value }` or `{ a, { b, c } }`. */
export type Initializer = At &
  (
    | { readonly kind: 'objectInitializer'; readonly members: readonly MemberInitializer[] }
    | {
        readonly kind: 'collectionInitializer';
        readonly elements: readonly (readonly Expression[])[];
      }
  );

export interface MemberInitializer extends At {
  readonly name: string | null;
  readonly index: readonly Argument[] | null;
  readonly value: Expression | Initializer;
}

export type QueryClause = At &
  (
    | {
        readonly kind: 'from';
        readonly type: TypeNode | null;
        readonly name: string;
        readonly source: Expression;
      }
    | { readonly kind: 'let'; readonly name: string; readonly value: Expression }
    | { readonly kind: 'where'; readonly test: Expression }
    | {
        readonly kind: 'join';
        readonly type: TypeNode | null;
        readonly name: string;
        readonly source: Expression;
        readonly on: Expression;
        readonly equals: Expression;
        readonly into: string | null;
      }
    | {
        readonly kind: 'orderby';
        readonly keys: readonly { readonly key: Expression; readonly descending: boolean }[];
      }
    | { readonly kind: 'select'; readonly value: Expression }
    | { readonly kind: 'group'; readonly value: Expression; readonly by: Expression }
    | { readonly kind: 'into'; readonly name: string }
  );

export type QueryNode = At & { readonly kind: 'query'; readonly clauses: readonly QueryClause[] };
