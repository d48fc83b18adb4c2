import { correlationHeaders } from '@isthmus/host';
import { ConnectorError, type OperationAnswer, type OperationCall } from './connector.js';
import type { CredentialStore } from './credentials.js';

/** A request to the system behind a connection, before its credentials are added. */
export interface SystemRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer<ArrayBuffer> | string;
}

/** Headers that belong to one connection or to the adapter itself and never go further. */
const notForwarded = new Set([
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'traceparent',
  'transfer-encoding',
  'upgrade',
]);
/** The body arrives decoded, so these would be wrong. */
const notReturned = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);

/** The caller's headers that may reach the system, the idempotency key among them. */
export function forwardableHeaders(
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notForwarded.has(name)));
}

/**
 * Sends a request with the connection's credentials and correlation. A 401 to a cached token is
 * tried once more with a new one. Redirects are answered as they are, never followed.
 * @throws ConnectorError 502 `BadGateway` when the system cannot be reached, 504 on a time-out.
 */
export async function sendToSystem(
  request: SystemRequest,
  call: OperationCall,
  credentials: CredentialStore,
): Promise<OperationAnswer> {
  const first = await attempt(request, call, credentials);
  if (first.status !== 401 || call.connection.credentials.type !== 'oauth2ClientCredentials') {
    return answerOf(first);
  }
  await first.body?.cancel();
  credentials.forget(call.connection);
  return answerOf(await attempt(request, call, credentials));
}

async function attempt(
  request: SystemRequest,
  call: OperationCall,
  credentials: CredentialStore,
): Promise<Response> {
  const { headers, query } = await credentials.authorise(call.connection);
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  try {
    return await fetch(url, {
      method: request.method,
      redirect: 'manual',
      headers: { ...request.headers, ...correlationHeaders(), ...headers },
      signal: call.signal,
      ...(request.body === undefined || request.body.length === 0 ? {} : { body: request.body }),
    });
  } catch (error) {
    const { name, message, cause } = error as Error;
    if (name === 'TimeoutError') {
      throw new ConnectorError(504, 'GatewayTimeout', `No answer from ${url.origin} in time.`);
    }
    const reason = cause instanceof Error ? cause.message : message;
    throw new ConnectorError(502, 'BadGateway', `Cannot reach ${url.origin}: ${reason}`);
  }
}

function answerOf(response: Response): OperationAnswer {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    if (!notReturned.has(name)) headers[name] = value;
  });
  return { status: response.status, headers, body: response.body ?? undefined };
}
