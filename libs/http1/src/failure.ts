/** Proxy-Status error types (RFC 9209 section 2.3), as far as a plain connection can have them. */
export type Http1Cause =
  | 'dns_error'
  | 'dns_timeout'
  | 'destination_ip_prohibited'
  | 'destination_ip_unroutable'
  | 'connection_refused'
  | 'connection_terminated'
  | 'connection_timeout'
  | 'connection_read_timeout'
  | 'http_response_incomplete'
  | 'http_protocol_error'
  | 'http_response_timeout'
  | 'proxy_internal_error';

/** There is no (whole) answer. */
export class Http1Failure extends Error {
  override readonly name = 'Http1Failure';

  /** `cause` of the options: what a socket or a lookup threw. */
  constructor(
    readonly proxyStatus: Http1Cause,
    /** Whether the request may have reached the backend. */
    readonly mayHaveArrived: boolean,
    options: { message?: string; cause?: unknown } = {},
  ) {
    super(options.message, { cause: options.cause });
  }
}

/** What the codes of sockets and lookups mean, and whether the request may have arrived then. */
export const socketCauses: Readonly<Record<string, readonly [Http1Cause, boolean]>> = {
  ENOTFOUND: ['dns_error', false],
  EAI_AGAIN: ['dns_timeout', false],
  EGRESS_REFUSED: ['destination_ip_prohibited', false],
  ECONNREFUSED: ['connection_refused', false],
  EHOSTUNREACH: ['destination_ip_unroutable', false],
  ENETUNREACH: ['destination_ip_unroutable', false],
  ETIMEDOUT: ['connection_timeout', false],
  ECONNRESET: ['connection_terminated', true],
  EPIPE: ['connection_terminated', true],
};

/** Turns what a socket or a lookup threw into a failure. */
export function http1Failure(error: unknown): Http1Failure {
  if (error instanceof Http1Failure) return error;
  const [cause, mayHaveArrived] = socketCauses[codeOf(error)] ?? ['proxy_internal_error', true];
  return new Http1Failure(cause, mayHaveArrived, { cause: error });
}

/** The code of an error of Node; of several at once, that of the first. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** The head of the answer did not arrive in time. */
export function timedOut(): Http1Failure {
  return new Http1Failure('http_response_timeout', true);
}
