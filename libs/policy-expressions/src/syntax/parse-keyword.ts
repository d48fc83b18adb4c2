import { CompileError } from '../binding/problem.js';
import { parseCreation } from './parse-creation.js';
import { parseType } from './parse-types.js';
import { TokenStream } from './token-stream.js';
import { typeKeywords, type Token } from './token.js';
import type { Expression } from './tree.js';

export function parseKeyword(stream: TokenStream, token: Token): Expression {
  const { start, text } = token;
  if (typeKeywords.has(text) && text !== 'void') {
    if (!stream.at('.', 1))
      throw new CompileError('CS1525', `Invalid expression term '${text}'`, start);
    stream.advance();
    return {
      kind: 'predefined',
      type: { kind: 'namedType', parts: [{ name: text, args: [] }], omitted: false, start },
      start,
    };
  }
  switch (text) {
    case 'true':
    case 'false':
      stream.advance();
      return { kind: 'bool', value: text === 'true', start };
    case 'null':
      stream.advance();
      return { kind: 'null', start };
    case 'new':
      return parseCreation(stream);
    case 'typeof':
    case 'sizeof':
    case 'default':
    case 'checked':
    case 'unchecked':
      return parseBracketed(stream, text);
    case 'this':
      throw new CompileError(
        'CS0026',
        "Keyword 'this' is not valid in a static property, static method, or static field initializer",
        start,
      );
    case 'base':
      throw new CompileError('CS1511', "Keyword 'base' is not available in a static method", start);
    default:
      throw new CompileError('CS1525', `Invalid expression term '${text}'`, start);
  }
}

function parseBracketed(
  stream: TokenStream,
  word: 'typeof' | 'sizeof' | 'default' | 'checked' | 'unchecked',
): Expression {
  const { start } = stream.advance();
  if (word === 'default' && !stream.at('(')) return { kind: 'default', type: null, start };
  stream.expect('(');
  let node: Expression;
  if (word === 'checked' || word === 'unchecked') {
    node = {
      kind: 'checked',
      checked: word === 'checked',
      operand: stream.grammar.expression(stream),
      start,
    };
  } else if (word === 'typeof' && stream.at('void')) {
    stream.advance();
    node = {
      kind: 'typeof',
      type: { kind: 'namedType', parts: [{ name: 'void', args: [] }], omitted: false, start },
      start,
    };
  } else {
    node = { kind: word, type: parseType(stream), start };
  }
  stream.expect(')');
  return node;
}
