import type { WorkflowValue } from '../value.js';

/** The tree of an expression; the names are those of Microsoft's designer. */
export type ExpressionNode = LiteralNode | FunctionNode;

export interface LiteralNode {
  readonly kind: 'literal';
  readonly value: WorkflowValue;
}

export interface FunctionNode {
  readonly kind: 'function';
  /** As written. */
  readonly name: string;
  readonly arguments: readonly ExpressionNode[];
  readonly dereferences: readonly Dereference[];
}

/** `.name`, `?.name`, `[expression]`, `?[expression]`. */
export interface Dereference {
  /** Written with `?`: null and missing members give null. */
  readonly isSafe: boolean;
  readonly key: ExpressionNode;
}
