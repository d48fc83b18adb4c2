import type { RequestView, ResponseView } from '@isthmus/policy-expressions';
import type { Body } from './body.js';
import { Headers } from './headers.js';
import type { RequestUrl } from './request-url.js';

/** A client certificate as the listener saw it. */
export interface ClientCertificate {
  /** DER bytes. */
  readonly der: Uint8Array;
  /** The chain above it, the leaf's issuer first, as sent by the client (DER). */
  readonly chain: readonly Uint8Array[];
  /** Whether the listener verified the chain against its trusted authorities. */
  readonly trusted: boolean;
}

/** What a request is made of. */
export interface RequestParts {
  readonly method: string;
  readonly url: RequestUrl;
  readonly originalUrl: RequestUrl;
  readonly headers: Headers;
  /** Null when the caller sent none. */
  readonly body: Body | null;
  readonly ipAddress: string;
  readonly matchedParameters?: ReadonlyMap<string, string>;
  readonly clientCertificate?: ClientCertificate | undefined;
}

const noParameters: ReadonlyMap<string, string> = new Map();

/** The canonical request: what routing, authorisation, policies and forwarding all see. */
export class Request implements RequestView {
  method: string;
  /** Where the request goes; changed by set-backend-service, rewrite-uri, set-query-parameter. */
  readonly url: RequestUrl;
  /** What the caller asked for. Never changed. */
  readonly originalUrl: RequestUrl;
  headers: Headers;
  body: Body | null;
  /** Address of the caller by trusted-proxy rules, without port. */
  readonly ipAddress: string;
  /** Parameters of the operation template, path and query, decoded. */
  matchedParameters: ReadonlyMap<string, string>;
  readonly clientCertificate: ClientCertificate | undefined;
  /** Host header that a policy set for the backend; null: the host of the URL. */
  hostOverride: string | null = null;

  constructor(parts: RequestParts) {
    this.method = parts.method;
    this.url = parts.url;
    this.originalUrl = parts.originalUrl;
    this.headers = parts.headers;
    this.body = parts.body;
    this.ipAddress = parts.ipAddress;
    this.matchedParameters = parts.matchedParameters ?? noParameters;
    this.clientCertificate = parts.clientCertificate;
  }

  /** Another request on behalf of the same call (a GraphQL resolver's). */
  derive(parts: RequestParts): Request {
    return new Request(parts);
  }

  get certificate(): Uint8Array | null {
    return this.clientCertificate?.der ?? null;
  }

  get certificateTrusted(): boolean {
    return this.clientCertificate?.trusted ?? false;
  }
}

/** A response of a backend or of the gateway itself. */
export class Response implements ResponseView {
  statusCode: number;
  statusReason: string;
  headers: Headers;
  /** Null when there is none. */
  body: Body | null;

  /** The reason defaults to the standard phrase. */
  constructor(
    statusCode = 200,
    statusReason = reasonPhrase(statusCode),
    headers = new Headers(),
    body: Body | null = null,
  ) {
    this.statusCode = statusCode;
    this.statusReason = statusReason;
    this.headers = headers;
    this.body = body;
  }
}

/** Puts another body into a message: the headers that described the old one are corrected. */
export function replaceBody(
  message: { headers: Headers; body: Body | null },
  body: Body | null,
): void {
  message.body = body;
  message.headers.delete('Transfer-Encoding');
  message.headers.delete('Content-Encoding');
  if (message.headers.has('Content-Length'))
    message.headers.set('Content-Length', String(body?.length ?? 0));
}

const phrases: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  305: 'Use Proxy',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a teapot",
  422: 'Unprocessable Entity',
  423: 'Locked',
  424: 'Failed Dependency',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

/** The standard phrase of a status code, or the empty string. */
export function reasonPhrase(statusCode: number): string {
  return phrases[statusCode] ?? '';
}
