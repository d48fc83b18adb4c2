import type { PolicyDocument } from '../document/policy-document.js';
import type { AttributeRule } from './attribute-rule.js';
import type { ValueKind } from './value-kind.js';

/** One value as read from a document: a literal, or pieces of which at least one is an expression. */
export interface ValueSource<T> {
  readonly kind: ValueKind<T>;
  readonly literal?: T;
  readonly pieces?: readonly ValuePiece[];
  /** For messages. */
  readonly element: string;
  readonly document: PolicyDocument;
  /** Offset where the value begins. */
  readonly offset: number;
}

export type ValuePiece = { readonly kind: 'text'; readonly text: string } | ExpressionPiece;

export interface ExpressionPiece {
  readonly kind: 'expression';
  /** With its `@(…)` or `@{…}`. */
  readonly text: string;
  /** Offset of the at-sign. */
  readonly offset: number;
  /** Holds a reference to a named value that is not known: cannot be judged. */
  readonly opaque: boolean;
}

/** What parsing gives for a table of rules. */
export type ParsedAttributes<R> = {
  readonly [K in keyof R]: R[K] extends AttributeRule<infer T, infer Present>
    ? Present extends true
      ? ValueSource<T>
      : ValueSource<T> | undefined
    : never;
};
