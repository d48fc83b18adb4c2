import { CompileError } from '../binding/problem.js';
import { parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import type { BlockNode, Expression, ParameterNode } from './tree.js';

/** Whether a lambda or anonymous method begins here. */
export function startsLambda(stream: TokenStream): boolean {
  if (stream.at('delegate')) return true;
  if (stream.at('static') || stream.atWord('async')) {
    const ahead = stream.atIdentifier(1) && stream.at('=>', 2);
    return ahead || (stream.at('(', 1) && lambdaAfter(stream, 1)) || stream.at('delegate', 1);
  }
  if (stream.atIdentifier() && stream.at('=>', 1)) return true;
  return stream.at('(') && lambdaAfter(stream, 0);
}

/** Whether `=>` follows the bracket that closes the one at `ahead`. */
function lambdaAfter(stream: TokenStream, ahead: number): boolean {
  let depth = 0;
  for (let i = ahead; stream.position + i < stream.tokens.length; i += 1) {
    if (stream.at('(', i)) depth += 1;
    else if (stream.at(')', i)) {
      depth -= 1;
      if (depth === 0) return stream.at('=>', i + 1);
    } else if (stream.at(';', i) || stream.at('{', i) || stream.peek(i).kind === 'end')
      return false;
  }
  return false;
}

/** Reads `x => …`, `(a, b) => …`, `delegate (int x) { … }`. */
export function parseLambda(stream: TokenStream): Expression {
  const { start } = stream.current;
  if (stream.at('static'))
    throw new CompileError(
      'CS8370',
      "Feature 'static anonymous function' is not available in C# 7.3. Please use language version 9.0 or greater.",
      start,
    );
  if (stream.atWord('async') && !stream.at('=>', 1))
    throw new CompileError(
      'CS0246',
      'Asynchronous functions are not supported within expressions',
      start,
    );
  if (stream.accept('delegate')) {
    const parameters = stream.at('(') ? parseParameters(stream) : null;
    return { kind: 'lambda', parameters, body: stream.grammar.block(stream), start };
  }
  let parameters: readonly ParameterNode[];
  if (stream.atIdentifier()) {
    const name = stream.advance();
    parameters = [{ name: name.text, type: null, mode: 'value', initial: null, start: name.start }];
  } else {
    parameters = parseLambdaParameters(stream);
  }
  if (parameters.filter((p) => p.name === '_').length > 1) {
    throw new CompileError(
      'CS8370',
      "Feature 'lambda discard parameters' is not available in C# 7.3. Please use language version 9.0 or greater.",
      start,
    );
  }
  stream.expect('=>');
  const body: Expression | BlockNode = stream.at('{')
    ? stream.grammar.block(stream)
    : stream.grammar.expression(stream);
  return { kind: 'lambda', parameters, body, start };
}

function parseLambdaParameters(stream: TokenStream): readonly ParameterNode[] {
  const typed = !(
    stream.at(')', 1) ||
    (stream.atIdentifier(1) && (stream.at(',', 2) || stream.at(')', 2)))
  );
  if (typed) return parseParameters(stream);
  stream.expect('(');
  const parameters: ParameterNode[] = [];
  while (!stream.at(')')) {
    if (parameters.length > 0) stream.expect(',');
    const name = stream.identifier();
    parameters.push({
      name: name.text,
      type: null,
      mode: 'value',
      initial: null,
      start: name.start,
    });
  }
  stream.expect(')');
  return parameters;
}

const modes = new Set(['ref', 'out', 'in', 'params']);

/** Typed parameters of a local function, lambda or anonymous method. */
export function parseParameters(stream: TokenStream): readonly ParameterNode[] {
  stream.expect('(');
  const parameters: ParameterNode[] = [];
  while (!stream.at(')')) {
    if (parameters.length > 0) stream.expect(',');
    const { start, text, kind } = stream.current;
    const mode = kind === 'keyword' && modes.has(text) ? (text as ParameterNode['mode']) : 'value';
    if (mode !== 'value') stream.advance();
    const type = parseType(stream);
    const name = stream.identifier().text;
    const initial = stream.accept('=') ? stream.grammar.expression(stream) : null;
    parameters.push({ name, type, mode, initial, start });
  }
  stream.expect(')');
  return parameters;
}
