import { GraphQLError, Lexer, parse, Source, TokenKind, type DocumentNode } from 'graphql';
import type { PolicyContext } from '../pipeline/context.js';
import { JsonBoundError, parseBoundedJson } from '../values/bounded-json.js';

/** A request as GraphQL over HTTP carries it. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What is wrong with a request before GraphQL has seen it. */
export class GraphqlRequestError extends Error {
  override readonly name = 'GraphqlRequestError';
}

/** More tokens than this are refused before anything else is looked at; 250 fields need far fewer. */
const mostTokens = 20_000;

/** Longer texts are not read as JSON. Characters, as many as the bodies that validate-content takes. */
const mostCharacters = 4 * 1024 * 1024;

/** Selections, lists and objects within each other: the parser and what comes behind it call themselves for each. */
const mostLevels = 500;

/** Parses an executable document. Throws GraphQLError. */
export function parseQuery(query: string): DocumentNode {
  checkLevels(query);
  return parse(query, { maxTokens: mostTokens, noLocation: false });
}

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function checkLevels(query: string): void {
  const lexer = new Lexer(new Source(query));
  let levels = 0;
  for (let tokens = 0; tokens <= mostTokens; tokens++) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (opening.has(kind) && ++levels > mostLevels)
      throw new GraphQLError(`The query is nested deeper than ${mostLevels} levels.`);
    if (closing.has(kind)) levels--;
  }
}

/**
 * Reads query, variables and operation name: from the query string of GET, from the JSON body (or the whole body of
 * `application/graphql`) of POST. The body must be in memory. Throws GraphqlRequestError.
 */
export function readGraphqlRequest({ request }: PolicyContext): GraphqlRequest {
  if (request.method === 'GET') {
    const get = (name: string): string | undefined => request.originalUrl.query.get(name)?.[0];
    const variables = get('variables');
    return checked({
      query: get('query'),
      operationName: get('operationName'),
      variables: variables === undefined ? undefined : json(variables, 'variables'),
    });
  }
  const content = request.body?.text ?? '';
  if (/^application\/graphql\b(?!-)/i.test(request.headers.text('Content-Type') ?? ''))
    return checked({ query: content });
  const body = json(content, 'body');
  if (Array.isArray(body)) throw new GraphqlRequestError('Batches of requests are not supported.');
  return checked(isObject(body) ? body : {});
}

function json(text: string, what: string): unknown {
  if (text.length > mostCharacters)
    throw new GraphqlRequestError(`The ${what} of the request is larger than 4 MB.`);
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof JsonBoundError)
      throw new GraphqlRequestError(`The ${what} of the request cannot be read. ${error.message}`);
    throw new GraphqlRequestError(`The ${what} of the request is not valid JSON.`);
  }
}

function checked(raw: Readonly<Record<string, unknown>>): GraphqlRequest {
  const { query, operationName, variables } = raw;
  if (typeof query !== 'string' || query.trim() === '')
    throw new GraphqlRequestError('The request holds no GraphQL query.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw new GraphqlRequestError("'operationName' must be a string.");
  if (variables !== undefined && variables !== null && !isObject(variables))
    throw new GraphqlRequestError("'variables' must be an object.");
  return {
    query,
    ...(typeof operationName === 'string' ? { operationName } : {}),
    ...(isObject(variables) ? { variables } : {}),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
