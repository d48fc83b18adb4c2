import { CompileError } from '../binding/problem.js';
import { parsePattern } from './parse-operators.js';
import type { TokenStream } from './token-stream.js';
import type { Expression, Statement, SwitchSection } from './tree.js';
import type { Pattern } from './tree-parts.js';

export function parseSwitch(
  stream: TokenStream,
  statement: (stream: TokenStream) => Statement,
): Statement {
  const { start } = stream.expect('switch');
  stream.expect('(');
  const value = stream.grammar.expression(stream);
  stream.expect(')');
  stream.expect('{');
  const sections: SwitchSection[] = [];
  while (!stream.at('}')) sections.push(parseSection(stream, statement));
  stream.expect('}');
  return { kind: 'switch', value, sections, start };
}

function parseSection(
  stream: TokenStream,
  statement: (stream: TokenStream) => Statement,
): SwitchSection {
  const { start } = stream.current;
  const labels: { pattern: Pattern | null; when: Expression | null; start: number }[] = [];
  while (stream.at('case') || (stream.at('default') && stream.at(':', 1))) {
    const at = stream.current.start;
    if (stream.advance().text === 'default') {
      stream.expect(':');
      labels.push({ pattern: null, when: null, start: at });
      continue;
    }
    const pattern = parsePattern(stream);
    let when: Expression | null = null;
    if (stream.atWord('when')) {
      stream.advance();
      when = stream.grammar.expression(stream);
    }
    stream.expect(':');
    labels.push({ pattern, when, start: at });
  }
  if (labels.length === 0)
    throw new CompileError('CS1525', `Invalid expression term '${stream.current.text}'`, start);
  const statements: Statement[] = [];
  while (!stream.at('}') && !stream.at('case') && !(stream.at('default') && stream.at(':', 1))) {
    if (stream.current.kind === 'end')
      throw new CompileError('CS1513', '} expected', stream.current.start);
    statements.push(statement(stream));
  }
  return { labels, statements, start };
}
