import { CompileError } from '../binding/problem.js';
import { parseForeach, parseFor } from './parse-loops.js';
import { parseSwitch } from './parse-switch.js';
import { parseTry, parseUsing } from './parse-try.js';
import type { TokenStream } from './token-stream.js';
import type { BlockNode, Expression, Statement } from './tree.js';
import { tryLocal } from './parse-locals.js';

/** `{ … }`. */
export function parseBlock(stream: TokenStream): BlockNode {
  return stream.nested(() => {
    const { start } = stream.expect('{');
    const statements: Statement[] = [];
    while (!stream.at('}')) {
      if (stream.current.kind === 'end')
        throw new CompileError('CS1513', '} expected', stream.current.start);
      const statement = stream.recovered(() => parseStatement(stream, true));
      if (statement) statements.push(statement);
    }
    const end = stream.expect('}').start;
    return { kind: 'block', statements, start, end };
  });
}

/** A statement; declarations only where `declarations` (not as the body of `if` and loops). */
export function parseStatement(stream: TokenStream, declarations: boolean): Statement {
  return stream.nested(() => {
    const token = stream.current;
    const { start } = token;
    if (stream.at('{')) return parseBlock(stream);
    if (stream.accept(';')) return { kind: 'empty', start };
    if (token.kind === 'keyword') {
      const statement = parseKeywordStatement(stream, token.text, start);
      if (statement !== null) return statement;
    }
    if (stream.atWord('yield') && (stream.at('return', 1) || stream.at('break', 1)))
      return parseYield(stream, start);
    if (token.kind === 'identifier' && stream.at(':', 1)) {
      stream.advance();
      stream.advance();
      return { kind: 'labeled', label: token.text, statement: parseStatement(stream, true), start };
    }
    const declaration = tryLocal(stream);
    if (declaration !== undefined) {
      if (!declarations)
        throw new CompileError(
          'CS1023',
          'Embedded statement cannot be a declaration or labeled statement',
          start,
        );
      return declaration;
    }
    return parseExpressionStatement(stream, start);
  });
}

function parseExpressionStatement(stream: TokenStream, start: number): Statement {
  const value = stream.grammar.expression(stream);
  stream.expect(';');
  return { kind: 'expression', value, start };
}

function parseYield(stream: TokenStream, start: number): Statement {
  stream.advance();
  if (stream.accept('break')) {
    stream.expect(';');
    return { kind: 'yieldBreak', start };
  }
  stream.expect('return');
  const value = stream.grammar.expression(stream);
  stream.expect(';');
  return { kind: 'yieldReturn', value, start };
}

function parseKeywordStatement(stream: TokenStream, word: string, start: number): Statement | null {
  switch (word) {
    case 'if': {
      stream.advance();
      const test = parseTest(stream);
      const yes = parseStatement(stream, false);
      return {
        kind: 'if',
        test,
        yes,
        no: stream.accept('else') ? parseStatement(stream, false) : null,
        start,
      };
    }
    case 'while':
      stream.advance();
      return { kind: 'while', test: parseTest(stream), body: parseStatement(stream, false), start };
    case 'do': {
      stream.advance();
      const body = parseStatement(stream, false);
      stream.expect('while');
      const test = parseTest(stream);
      stream.expect(';');
      return { kind: 'do', body, test, start };
    }
    case 'for':
      return parseFor(stream, { local: tryLocal, body: (s) => parseStatement(s, false) });
    case 'foreach':
      return parseForeach(stream, (s) => parseStatement(s, false));
    case 'switch':
      return parseSwitch(stream, (s) => parseStatement(s, true));
    case 'try':
      return parseTry(stream);
    case 'using':
      return parseUsing(stream, { local: tryLocal, body: (s) => parseStatement(s, false) });
    default:
      return parseSimpleKeyword(stream, word, start);
  }
}

function parseTest(stream: TokenStream): Expression {
  stream.expect('(');
  const test = stream.grammar.expression(stream);
  stream.expect(')');
  return test;
}

/** Keywords that cannot begin a statement here, with what the compiler says. */
const misplaced: Readonly<Record<string, readonly [string, string]>> = {
  else: ['CS8641', "'else' cannot start a statement."],
  case: ['CS1003', "Syntax error, 'switch' expected"],
  catch: ['CS1003', "Syntax error, 'try' expected"],
  finally: ['CS1003', "Syntax error, 'try' expected"],
  fixed: ['CS0227', 'Unsafe code may only appear if compiling with /unsafe'],
  unsafe: ['CS0227', 'Unsafe code may only appear if compiling with /unsafe'],
};

function parseSimpleKeyword(stream: TokenStream, word: string, start: number): Statement | null {
  const refused = misplaced[word];
  if (refused !== undefined) throw new CompileError(refused[0], refused[1], start);
  switch (word) {
    case 'break':
    case 'continue':
      stream.advance();
      stream.expect(';');
      return { kind: word, start };
    case 'return':
    case 'throw': {
      stream.advance();
      const value = stream.at(';') ? null : stream.grammar.expression(stream);
      stream.expect(';');
      return { kind: word === 'return' ? 'return' : 'throwStatement', value, start };
    }
    case 'goto':
      return parseGoto(stream, start);
    case 'const': {
      stream.advance();
      const local = tryLocal(stream);
      if (local?.kind !== 'local')
        throw new CompileError('CS1031', 'Type expected', stream.current.start);
      return { ...local, isConst: true };
    }
    case 'checked':
    case 'unchecked':
      if (!stream.at('{', 1)) return null;
      stream.advance();
      return {
        kind: 'checkedStatement',
        checked: word === 'checked',
        body: parseBlock(stream),
        start,
      };
    case 'lock': {
      stream.advance();
      const value = parseTest(stream);
      return { kind: 'lock', value, body: parseStatement(stream, false), start };
    }
    case 'static': {
      const isFunction = stream.at('(', 3) || stream.at('<', 3);
      throw isFunction
        ? new CompileError(
            'CS8370',
            "Feature 'static local functions' is not available in C# 7.3. Please use language version 8.0 or greater.",
            start,
          )
        : new CompileError('CS0106', "The modifier 'static' is not valid for this item", start);
    }
    default:
      return null;
  }
}

function parseGoto(stream: TokenStream, start: number): Statement {
  stream.advance();
  if (stream.at('case') || stream.at('default')) {
    const isCase = stream.advance().text === 'case';
    const value = isCase ? stream.grammar.expression(stream) : null;
    stream.expect(';');
    return { kind: 'gotoCase', value, start };
  }
  const label = stream.identifier().text;
  stream.expect(';');
  return { kind: 'goto', label, start };
}
