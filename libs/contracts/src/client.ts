import { ContractError, type ErrorBody } from './errors.js';
import type { Route, RouteInput, RouteOutput, RouteShape } from './route.js';
import { validate } from './schema.js';

/** How a client reaches the other service. */
export interface ClientOptions {
  readonly baseUrl: string;
  /** Headers of every call, computed when it is made: credentials, correlation. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

type CallInput<S extends RouteShape> = {
  [K in keyof RouteInput<S> as RouteInput<S>[K] extends undefined ? never : K]: RouteInput<S>[K];
} & { readonly signal?: AbortSignal };

/** Calls routes of one service. */
export interface Client {
  <S extends RouteShape>(route: Route<S>, input: CallInput<S>): Promise<RouteOutput<S>>;
}

/**
 * Makes a typed client. An answer with an error status, or one that does not match the contract,
 * is thrown as {@link ContractError}; a network failure is thrown as `fetch` throws it.
 */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? fetch;
  return async (route, input) => {
    const { params, query, body, signal } = input as {
      params?: Record<string, unknown>;
      query?: Record<string, unknown>;
      body?: unknown;
      signal?: AbortSignal;
    };
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
    const response = await send(
      new URL(fillPath(route.path, params) + queryString(query), options.baseUrl),
      {
        method: route.method,
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(await options.headers?.()),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
    );
    return (await readAnswer(route, response)) as never;
  };
}

async function readAnswer(route: Route, response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) {
    const { code, message, details } = errorOf(text);
    const error = new ContractError(route.operationId, response.status, code, message);
    error.details = details ?? [];
    throw error;
  }
  const schema = route.shape.response;
  if (!schema) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ContractError(
      route.operationId,
      response.status,
      'InvalidAnswer',
      'the answer is not JSON',
    );
  }
  const checked = validate(schema, value);
  if (checked.ok) return checked.value;
  const { target, message } = checked.details[0] ?? { target: '/', message: 'is invalid' };
  throw new ContractError(
    route.operationId,
    response.status,
    'InvalidAnswer',
    `${target} ${message}`,
  );
}

function errorOf(text: string): ErrorBody['error'] {
  try {
    const { error } = JSON.parse(text) as Partial<ErrorBody>;
    if (error) return error;
  } catch {
    // not an error body of ours: the text itself is the message
  }
  return { code: 'Unknown', message: text.slice(0, 200) };
}

function fillPath(path: string, params: Record<string, unknown> = {}): string {
  return path.replace(/:([A-Za-z]\w*)/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
}

function queryString(query: Record<string, unknown> = {}): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  return entries.length === 0
    ? ''
    : `?${new URLSearchParams(entries.map(([key, value]): [string, string] => [key, String(value)])).toString()}`;
}
