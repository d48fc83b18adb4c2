import type { BlockNode, Expression } from '../syntax/tree.js';
import { StatementFlow } from './flow-statements.js';

export interface FlowSubject {
  readonly expression?: Expression;
  readonly block?: BlockNode;
}

/** Definite assignment (C# 7.3, 5.3): reading a variable that may be unassigned is CS0165. */
export function checkFlow({ expression, block }: FlowSubject): void {
  const flow = new StatementFlow();
  if (expression !== undefined) flow.expression(expression, new Set());
  if (block !== undefined) flow.statement(block, new Set());
}
