import { childStatements } from './child-statements.js';
import { parseBlockText } from './parser.js';
import type { Statement } from './tree.js';

/** A statement that stands where API Management wants a block. */
export interface UnbracedBody {
  /** What it belongs to: `if`, `else`, `foreach`. */
  readonly keyword: string;
  /** Where it starts, from the text's start. */
  readonly offset: number;
}

const controls: ReadonlySet<Statement['kind']> = new Set([
  'for',
  'foreach',
  'while',
  'do',
  'using',
  'lock',
]);

/**
 * Control statements of `@{…}` whose body has no braces. C# has nothing against them, but API Management reads blocks
 * with Razor, which refuses them: 'Expected a "{" but found a "return".' Lambdas it does not look into.
 */
export function unbracedBodies(text: string): readonly UnbracedBody[] {
  const source = text.trim();
  if (!source.startsWith('@{')) return [];
  const found: UnbracedBody[] = [];
  const wantBlock = (keyword: string, body: Statement | null): void => {
    if (body && body.kind !== 'block') found.push({ keyword, offset: body.start });
  };
  const visit = (statement: Statement): void => {
    if (statement.kind === 'if') {
      wantBlock('if', statement.yes);
      if (statement.no?.kind !== 'if') wantBlock('else', statement.no);
    } else if (controls.has(statement.kind)) {
      for (const body of childStatements(statement)) wantBlock(statement.kind, body);
    }
    childStatements(statement).forEach(visit);
  };
  visit(parseBlockText(source.slice(2, -1)));
  const before = text.indexOf('@{') + 2;
  return found.map(({ keyword, offset }) => ({ keyword, offset: offset + before }));
}
