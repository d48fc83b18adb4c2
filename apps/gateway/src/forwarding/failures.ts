import { codeOf, Http1Failure, socketCauses, type Http1Cause } from '@isthmus/http1';
import { TransportError } from '@isthmus/policy-engine';

/** Proxy-Status error types (RFC 9209 section 2.3). */
export type ProxyStatus =
  | Http1Cause
  | 'tls_certificate_error'
  | 'tls_protocol_error'
  | 'proxy_configuration_error';

/** There is no response from a backend; says more about the cause than the reason of LastError. */
export class BackendFailure extends TransportError {
  constructor(
    reason: 'BackendConnectionFailure' | 'ClientConnectionFailure' | 'Timeout',
    readonly proxyStatus: ProxyStatus,
    /** Whether the request may have reached the backend. */
    readonly mayHaveArrived: boolean,
    options: { message?: string; cause?: unknown } = {},
  ) {
    super(reason, options.message, { cause: options.cause });
  }
}

const byCode: Readonly<Record<string, readonly [ProxyStatus, boolean]>> = {
  ...socketCauses,
  UND_ERR_CONNECT_TIMEOUT: ['connection_timeout', false],
  UND_ERR_SOCKET: ['connection_terminated', true],
  UND_ERR_BODY_TIMEOUT: ['connection_read_timeout', true],
  UND_ERR_HEADERS_OVERFLOW: ['http_protocol_error', true],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['http_response_incomplete', true],
  EPROTO: ['tls_protocol_error', false],
};

/** Turns what a connection threw into the failure that policies and callers see. */
export function backendFailure(error: unknown): BackendFailure {
  if (error instanceof BackendFailure) return error;
  if (error instanceof Http1Failure) return ofPlainConnection(error);
  if (error instanceof TransportError && error.reason === 'ClientConnectionFailure')
    return new BackendFailure(error.reason, 'connection_terminated', true, { cause: error });
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return timedOut(error);
  const known = byCode[code];
  if (known)
    return new BackendFailure('BackendConnectionFailure', known[0], known[1], { cause: error });
  if (/^HPE_/.test(code))
    return new BackendFailure('BackendConnectionFailure', 'http_protocol_error', true, {
      cause: error,
    });
  if (/CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|ALTNAME/.test(code)) {
    return new BackendFailure('BackendConnectionFailure', 'tls_certificate_error', false, {
      cause: error,
    });
  }
  if (/^ERR_(SSL|TLS)/.test(code))
    return new BackendFailure('BackendConnectionFailure', 'tls_protocol_error', false, {
      cause: error,
    });
  return new BackendFailure('BackendConnectionFailure', 'proxy_internal_error', true, {
    cause: error,
  });
}

/** The backend's headers did not arrive in time. */
export function timedOut(cause?: unknown): BackendFailure {
  return new BackendFailure('Timeout', 'http_response_timeout', true, { cause });
}

function ofPlainConnection(failure: Http1Failure): BackendFailure {
  const { proxyStatus, mayHaveArrived, message, cause } = failure;
  if (proxyStatus === 'http_response_timeout') return timedOut(failure);
  // A connection that closes has the service's own text in LastError; the cause tells the rest.
  const closed =
    proxyStatus === 'connection_terminated' || proxyStatus === 'http_response_incomplete';
  return new BackendFailure('BackendConnectionFailure', proxyStatus, mayHaveArrived, {
    ...(message === '' || closed ? {} : { message }),
    cause: cause ?? failure,
  });
}
