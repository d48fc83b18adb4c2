import { parseBlockText } from './parser.js';
import type { Statement } from './tree.js';

/** A statement that stands where API Management wants a block. */
export interface UnbracedBody {
  /** What it belongs to: `if`, `else`, `foreach`. */
  readonly keyword: string;
  /** Where it starts, from the text's start. */
  readonly offset: number;
}

/**
 * Control statements of `@{…}` whose body has no braces. C# has nothing against them, but API Management reads blocks
 * with Razor, which refuses them: 'Expected a "{" but found a "return".' Lambdas it does not look into.
 */
export function unbracedBodies(text: string): readonly UnbracedBody[] {
  const source = text.trim();
  if (!source.startsWith('@{')) return [];
  const found: UnbracedBody[] = [];
  const body = (keyword: string, statement: Statement): void => {
    if (statement.kind !== 'block') found.push({ keyword, offset: statement.start });
    visit(statement);
  };
  const visit = (statement: Statement): void => {
    switch (statement.kind) {
      case 'block':
        return statement.statements.forEach(visit);
      case 'if':
        body('if', statement.yes);
        if (statement.no?.kind === 'if') visit(statement.no);
        else if (statement.no) body('else', statement.no);
        return;
      case 'for':
      case 'foreach':
      case 'while':
      case 'do':
      case 'using':
      case 'lock':
        return body(statement.kind, statement.body);
      case 'switch':
        return statement.sections.forEach((section) => section.statements.forEach(visit));
      case 'try':
        visit(statement.body);
        for (const handler of statement.catches) visit(handler.body);
        if (statement.finally) visit(statement.finally);
        return;
      case 'labeled':
        return visit(statement.statement);
      case 'checkedStatement':
        return visit(statement.body);
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
        return;
    }
  };
  visit(parseBlockText(source.slice(2, -1)));
  const before = text.indexOf('@{') + 2;
  return found.map(({ keyword, offset }) => ({ keyword, offset: offset + before }));
}
