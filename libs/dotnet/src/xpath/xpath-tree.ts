/** Axes of XPath 1.0. */
export type Axis =
  | 'ancestor'
  | 'ancestor-or-self'
  | 'attribute'
  | 'child'
  | 'descendant'
  | 'descendant-or-self'
  | 'following'
  | 'following-sibling'
  | 'namespace'
  | 'parent'
  | 'preceding'
  | 'preceding-sibling'
  | 'self';

export type NodeTest =
  | { readonly kind: 'name'; readonly prefix: string; readonly local: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'namespace'; readonly prefix: string }
  | { readonly kind: 'node' }
  | { readonly kind: 'text' }
  | { readonly kind: 'comment' }
  | { readonly kind: 'instruction'; readonly target: string | null };

export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly XPathExpression[];
}

export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | 'div'
  | 'mod';

export type XPathExpression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'variable'; readonly prefix: string; readonly local: string }
  | {
      readonly kind: 'call';
      readonly prefix: string;
      readonly local: string;
      readonly args: readonly XPathExpression[];
      /** The call as it was written, for messages. */
      readonly source: string;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: XPathExpression;
      readonly right: XPathExpression;
    }
  | { readonly kind: 'negate'; readonly operand: XPathExpression }
  | { readonly kind: 'union'; readonly left: XPathExpression; readonly right: XPathExpression }
  | {
      readonly kind: 'filter';
      readonly base: XPathExpression;
      readonly predicates: readonly XPathExpression[];
    }
  | {
      readonly kind: 'path';
      /** `root`: from the document; `context`: from the context node; else from its nodes. */
      readonly from: 'root' | 'context' | XPathExpression;
      readonly steps: readonly Step[];
    };
