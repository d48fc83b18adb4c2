import type { BlockNode, Statement } from '../syntax/tree.js';

/** Whether a body contains `yield`, not counting local functions inside it. */
export function findYield(block: BlockNode): boolean {
  return block.statements.some(yields);
}

function yields(statement: Statement): boolean {
  switch (statement.kind) {
    case 'yieldReturn':
    case 'yieldBreak':
      return true;
    case 'block':
      return findYield(statement);
    case 'if':
      return yields(statement.yes) || (statement.no !== null && yields(statement.no));
    case 'for':
    case 'foreach':
    case 'while':
    case 'do':
    case 'using':
    case 'lock':
      return yields(statement.body);
    case 'checkedStatement':
      return findYield(statement.body);
    case 'switch':
      return statement.sections.some((s) => s.statements.some(yields));
    case 'try':
      return (
        findYield(statement.body) ||
        statement.catches.some((c) => findYield(c.body)) ||
        (statement.finally !== null && findYield(statement.finally))
      );
    case 'labeled':
      return yields(statement.statement);
    case 'break':
    case 'continue':
    case 'empty':
    case 'expression':
    case 'goto':
    case 'gotoCase':
    case 'local':
    case 'localFunction':
    case 'return':
    case 'throwStatement':
      return false;
  }
}
