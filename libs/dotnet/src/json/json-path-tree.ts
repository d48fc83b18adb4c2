import type { JValue } from './j-value.js';

/** One step of a JSONPath; null names and indices stand for `*`. */
export type PathFilter =
  | { readonly kind: 'root' }
  | { readonly kind: 'field'; readonly name: string | null }
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly index: number | null }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | {
      readonly kind: 'slice';
      readonly start: number | null;
      readonly end: number | null;
      readonly step: number | null;
    }
  | { readonly kind: 'scan'; readonly name: string | null }
  | { readonly kind: 'scanMany'; readonly names: readonly string[] }
  | { readonly kind: 'query'; readonly expression: QueryExpression }
  | { readonly kind: 'queryScan'; readonly expression: QueryExpression };

/** A literal, or a path from the current token (`@`) or the root (`$`). */
export type QueryOperand = JValue | readonly PathFilter[];

/** The condition of `[?( … )]`. */
export type QueryExpression =
  | { readonly kind: 'and'; readonly parts: readonly QueryExpression[] }
  | { readonly kind: 'or'; readonly parts: readonly QueryExpression[] }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: QueryOperand;
      readonly right: QueryOperand;
    };
