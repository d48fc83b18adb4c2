import type { Statement } from './tree.js';

/** The statements directly inside of a statement, in the order of the text; not those of lambdas and local functions. */
export function childStatements(statement: Statement): readonly Statement[] {
  switch (statement.kind) {
    case 'block':
      return statement.statements;
    case 'if':
      return statement.no ? [statement.yes, statement.no] : [statement.yes];
    case 'for':
    case 'foreach':
    case 'while':
    case 'do':
    case 'using':
    case 'lock':
    case 'checkedStatement':
      return [statement.body];
    case 'switch':
      return statement.sections.flatMap((section) => section.statements);
    case 'try':
      return [
        statement.body,
        ...statement.catches.map((handler) => handler.body),
        ...(statement.finally ? [statement.finally] : []),
      ];
    case 'labeled':
      return [statement.statement];
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
    case 'yieldBreak':
    case 'yieldReturn':
      return [];
  }
}
