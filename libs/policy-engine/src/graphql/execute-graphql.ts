import {
  execute,
  getOperationAST,
  GraphQLError,
  isObjectType,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  type SubscriptionArgs,
} from 'graphql';
import { Headers } from '../model/headers.js';
import { Response } from '../model/message.js';
import { builtBody } from '../pipeline/built-body.js';
import type { PolicyContext } from '../pipeline/context.js';
import { toPolicyError } from '../pipeline/to-policy-error.js';
import type { GraphqlApi } from './graphql-api.js';
import {
  GraphqlRequestError,
  parseQuery,
  readGraphqlRequest,
  type GraphqlRequest,
} from './graphql-request.js';

/** Data sources that one request may ask, so that nested lists do not multiply without end. */
export const mostResolverCalls = 1000;

/** What the field resolvers of one execution share. */
interface Execution {
  readonly context: PolicyContext;
  readonly api: GraphqlApi;
  calls: number;
}

/**
 * Answers a query or mutation by the API's resolvers: the backend of a GraphQL API that has no server of its own.
 * The answer follows GraphQL over HTTP for `application/json`: 200 with `data` and `errors`, 400 for what is no
 * GraphQL request.
 */
export async function executeGraphql(context: PolicyContext, api: GraphqlApi): Promise<Response> {
  await context.request.body?.buffer();
  const { statusCode, value, headers = [] } = await answerTo(context, api);
  return new Response(
    statusCode,
    undefined,
    Headers.from([['Content-Type', 'application/json; charset=utf-8'], ...headers]),
    builtBody(context, JSON.stringify(value)),
  );
}

/** What a request is answered with, before it is a message. */
interface Answer {
  readonly statusCode: number;
  /** Written as JSON. */
  readonly value: unknown;
  readonly headers?: readonly [string, string][];
}

async function answerTo(context: PolicyContext, api: GraphqlApi): Promise<Answer> {
  let request: GraphqlRequest;
  try {
    request = readGraphqlRequest(context);
  } catch (error) {
    if (error instanceof GraphqlRequestError) return refused(400, error.message);
    throw error;
  }
  const prepared = prepare(api.schema, request);
  if ('errors' in prepared) return { statusCode: 200, value: { errors: prepared.errors } };
  const operation = getOperationAST(prepared.document, request.operationName);
  if (operation?.operation === 'subscription')
    return refused(400, 'Subscriptions need a WebSocket connection.');
  if (operation?.operation === 'mutation' && context.request.method === 'GET')
    return { ...refused(405, 'Mutations need POST.'), headers: [['Allow', 'POST']] };
  const value = await execute(argumentsOf(context, api, { request, document: prepared.document }));
  return { statusCode: 200, value };
}

/**
 * What the GraphQL library's `subscribe` needs for a request, or what is wrong with it. `events` gives the JSON texts
 * that publish-event publishes for a field of the Subscription type.
 */
export function prepareSubscription(
  context: PolicyContext,
  api: GraphqlApi,
  request: GraphqlRequest,
  events: (field: string) => AsyncIterator<string>,
): SubscriptionArgs | readonly GraphQLError[] {
  const prepared = prepare(api.schema, request);
  if ('errors' in prepared) return prepared.errors;
  const operation = getOperationAST(prepared.document, request.operationName);
  if (operation?.operation !== 'subscription')
    return [new GraphQLError('Queries and mutations need an HTTP request.')];
  return {
    ...argumentsOf(context, api, { request, document: prepared.document }),
    subscribeFieldResolver: (_source, _arguments, _execution, { fieldName }) =>
      rootValues(fieldName, events(fieldName)),
  };
}

/** An iterator and no generator: the return of a generator that waits comes only after its next value. */
function rootValues(
  field: string,
  payloads: AsyncIterator<string>,
): AsyncIterableIterator<Record<string, unknown>> {
  return {
    async next() {
      const { done, value } = await payloads.next();
      return done ? { done, value: undefined } : { value: { [field]: parsed(value) } };
    },
    async return() {
      await payloads.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return payload;
  }
}

function prepare(
  schema: GraphQLSchema,
  { query }: GraphqlRequest,
): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] } {
  let document: DocumentNode;
  try {
    document = parseQuery(query);
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
  const errors = validate(schema, document, undefined, { maxErrors: 20 });
  return errors.length > 0 ? { errors } : { document };
}

function argumentsOf(
  context: PolicyContext,
  api: GraphqlApi,
  { request, document }: { readonly request: GraphqlRequest; readonly document: DocumentNode },
): ExecutionArgs {
  const execution: Execution = { context, api, calls: 0 };
  return {
    schema: api.schema,
    document,
    contextValue: execution,
    fieldResolver,
    typeResolver,
    ...(request.variables ? { variableValues: request.variables } : {}),
    ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
  };
}

/** A field has its resolver's value, else the member of its parent object. */
const fieldResolver: GraphQLFieldResolver<unknown, Execution> = (
  source,
  input,
  execution,
  info,
) => {
  const resolver = execution.api.resolvers.get(`${info.parentType.name}/${info.fieldName}`);
  if (!resolver) return memberOf(source, info.fieldName);
  if (++execution.calls > mostResolverCalls)
    throw new GraphQLError(
      `The request needs more than ${mostResolverCalls} calls of data sources.`,
    );
  return resolver(execution.context, { arguments: input, parent: source }).catch(
    (error: unknown) => {
      const failure = toPolicyError(error);
      execution.context.record('graphql-resolver', {
        field: `${info.parentType.name}/${info.fieldName}`,
        error: { reason: failure.reason, message: failure.message },
      });
      // As much as a default error body tells.
      throw new GraphQLError(failure.answer.message ?? failure.message);
    },
  );
};

function memberOf(source: unknown, name: string): unknown {
  return typeof source === 'object' && source !== null && Object.hasOwn(source, name)
    ? (source as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** `__typename` of the value, else the first type whose fields the value has all. */
const typeResolver: GraphQLTypeResolver<unknown, Execution> = (value, _execution, info, type) => {
  const named = memberOf(value, '__typename');
  if (typeof named === 'string') return named;
  const members = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return info.schema
    .getPossibleTypes(type)
    .find((one) => isObjectType(one) && members.every((member) => member in one.getFields()))?.name;
};

function refused(statusCode: number, message: string): Answer {
  return { statusCode, value: { errors: [{ message }] } };
}
