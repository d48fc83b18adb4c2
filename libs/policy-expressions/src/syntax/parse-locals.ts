import { parseParameters } from './parse-lambda.js';
import { parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import { typeKeywords } from './token.js';
import type {
  BlockNode,
  DeclarationNode,
  Expression,
  LocalFunctionNode,
  TypeNode,
} from './tree.js';

/** A local declaration or local function, when what stands here begins like one. Reads its semicolon, but not in `for`/`using`. */
export function tryLocal(
  stream: TokenStream,
  inHeader = false,
): DeclarationNode | LocalFunctionNode | undefined {
  const { start } = stream.current;
  const head = stream.attempt(() => {
    const first = stream.current;
    if (
      first.kind !== 'identifier' &&
      !(first.kind === 'keyword' && (typeKeywords.has(first.text) || first.text === 'ref')) &&
      !stream.at('(')
    )
      return undefined;
    stream.accept('ref');
    const type = parseType(stream);
    return stream.atIdentifier() ? type : undefined;
  });
  if (head === undefined) return undefined;
  const isFunction = !inHeader && (stream.at('(', 1) || stream.at('<', 1));
  if (isFunction) return parseLocalFunction(stream, head, start);
  const variables: { name: string; initial: Expression | null; start: number }[] = [];
  do {
    const name = stream.identifier();
    const initial = stream.accept('=') ? parseVariableInitializer(stream) : null;
    variables.push({ name: name.text, initial, start: name.start });
    if (initial === null && !stream.at(',') && !stream.at(';') && !inHeader)
      stream.expect(stream.atIdentifier() ? ';' : '=');
  } while (stream.accept(','));
  if (!inHeader) stream.expect(';');
  return { kind: 'local', isConst: false, type: head, variables, start };
}

/** `int[] a = { 1, 2 }` takes an array initialiser without `new`. */
function parseVariableInitializer(stream: TokenStream): Expression {
  return stream.at('{') ? parseBareArray(stream) : stream.grammar.expression(stream);
}

function parseBareArray(stream: TokenStream): Expression {
  const { start } = stream.expect('{');
  const elements: Expression[] = [];
  while (!stream.at('}')) {
    elements.push(parseVariableInitializer(stream));
    if (!stream.accept(',')) break;
  }
  stream.expect('}');
  return { kind: 'arrayInitializer', elements, start };
}

function parseLocalFunction(
  stream: TokenStream,
  returns: TypeNode,
  start: number,
): LocalFunctionNode {
  const name = stream.identifier().text;
  const typeParameters: string[] = [];
  if (stream.accept('<')) {
    do typeParameters.push(stream.identifier().text);
    while (stream.accept(','));
    stream.expect('>');
  }
  const parameters = parseParameters(stream);
  const constraints: { parameter: string; texts: readonly string[] }[] = [];
  while (stream.atWord('where')) {
    stream.advance();
    const parameter = stream.identifier().text;
    stream.expect(':');
    const texts: string[] = [];
    while (
      !stream.at('{') &&
      !stream.at('=>') &&
      !stream.atWord('where') &&
      stream.current.kind !== 'end'
    )
      texts.push(stream.advance().text);
    constraints.push({ parameter, texts });
  }
  let body: Expression | BlockNode;
  if (stream.accept('=>')) {
    body = stream.grammar.expression(stream);
    stream.expect(';');
  } else body = stream.grammar.block(stream);
  return {
    kind: 'localFunction',
    name,
    returns,
    typeParameters,
    constraints,
    parameters,
    body,
    start,
  };
}
