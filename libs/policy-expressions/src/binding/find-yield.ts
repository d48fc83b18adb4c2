import { childStatements } from '../syntax/child-statements.js';
import type { BlockNode, Statement } from '../syntax/tree.js';

/** Whether a body contains `yield`, not counting local functions inside it. */
export function findYield(block: BlockNode): boolean {
  return block.statements.some(yields);
}

function yields(statement: Statement): boolean {
  if (statement.kind === 'yieldReturn' || statement.kind === 'yieldBreak') return true;
  return childStatements(statement).some(yields);
}
