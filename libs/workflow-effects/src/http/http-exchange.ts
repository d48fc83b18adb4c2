import { worded } from '@isthmus/workflow-engine';
import type { Dispatcher } from 'undici';
import { Http1Failure, type Http1Client } from '@isthmus/http1';
import type { CollectedResponse, ExchangeLimits } from './answer-collector.js';
import { collectPlainResponse, isPlain } from './collect-plain-response.js';
import { collectResponse } from './collect-response.js';
import { ExchangeError } from './exchange-error.js';
import type { WireRequest } from './wire-request.js';

/** One complete answer. */
export interface WireResponse {
  readonly statusCode: number;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  /** Decoded from its content encoding. */
  readonly body: Uint8Array;
}

/** An exchange and what carries it. */
export interface ExchangeOptions extends ExchangeLimits {
  /** For plain connections; absent: they are made like the others. */
  readonly plain?: Http1Client;
  /** For all others; absent: the usual one of undici. */
  readonly dispatcher?: () => Dispatcher | Promise<Dispatcher>;
}

/**
 * Sends a request and reads the whole answer. Redirections are answers like others: the service does not follow
 * them either (reported).
 * @throws ExchangeError, or the reason of `signal` when it is aborted
 */
export async function exchange(
  request: WireRequest,
  options: ExchangeOptions,
): Promise<WireResponse> {
  try {
    const { statusCode, rawHeaders, bytes } = await collected(request, options);
    const encoding = encodingOf(bytes, rawHeaders);
    const body = encoding === undefined ? bytes : await decompress(bytes, encoding, options);
    return { statusCode, rawHeaders, body };
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    throw exchangeError(error, request.target.hostname);
  }
}

function collected(request: WireRequest, options: ExchangeOptions): Promise<CollectedResponse> {
  if (options.plain && isPlain(request))
    return collectPlainResponse(options.plain, request, options);
  return Promise.resolve((options.dispatcher ?? usualDispatcher)()).then((dispatcher) =>
    collectResponse(dispatcher, request, options),
  );
}

let usual: Promise<Dispatcher> | undefined;

/** Loaded with the first call: commands that send nothing start faster without it. */
function usualDispatcher(): Promise<Dispatcher> {
  return (usual ??= import('undici').then(({ getGlobalDispatcher }) => getGlobalDispatcher()));
}

const encodings = new Set(['gzip', 'x-gzip', 'deflate', 'br']);

/** The content encoding of a body that has to be decoded. */
function encodingOf(bytes: Uint8Array, rawHeaders: readonly string[]): string | undefined {
  if (bytes.length === 0) return undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length !== 16 || name.toLowerCase() !== 'content-encoding') continue;
    const encoding = rawHeaders[at + 1]!.trim().toLowerCase();
    return encodings.has(encoding) ? encoding : undefined;
  }
  return undefined;
}

async function decompress(
  bytes: Uint8Array,
  encoding: string,
  options: ExchangeOptions,
): Promise<Uint8Array> {
  const zlib = await import('node:zlib');
  const limits = { maxOutputLength: options.contentSize };
  try {
    if (encoding === 'br') return zlib.brotliDecompressSync(bytes, limits);
    return encoding === 'deflate'
      ? zlib.inflateSync(bytes, limits)
      : zlib.gunzipSync(bytes, limits);
  } catch {
    throw new ExchangeError(
      'BadRequest',
      worded`Http request failed: the content is no valid '${encoding}' data, or too large.`,
      false,
    );
  }
}

function exchangeError(error: unknown, host: string): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const cause = causeOf(error);
  if (cause instanceof Http1Failure) return plainFailure(cause);
  if (cause instanceof ExchangeError) return cause;
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL') {
    return new ExchangeError(
      'UnresolvableHostName',
      worded`The provided host name '${host}' could not be resolved.`,
      false,
    );
  }
  const reason = typeof message === 'string' && message !== '' ? message : 'The connection failed.';
  return new ExchangeError(
    'BadRequest',
    worded`Http request failed as there is an error: '${reason}'.`,
    isConnectivity(code),
  );
}

/** What a plain connection found out by itself, in the words of other connections. */
function plainFailure({ proxyStatus, message }: Http1Failure): ExchangeError {
  const reasons: Partial<Record<typeof proxyStatus, string>> = {
    connection_terminated: 'other side closed',
    http_response_incomplete: 'other side closed',
    connection_timeout: 'Connect Timeout Error',
  };
  const reason = reasons[proxyStatus] ?? message;
  return new ExchangeError(
    'BadRequest',
    worded`Http request failed as there is an error: '${reason}'.`,
    true,
  );
}

/** A certificate that is not trusted stays that way. */
function isConnectivity(code: unknown): boolean {
  return typeof code !== 'string' || !/CERT|SSL|TLS|SELF_SIGNED|ALTNAME/.test(code);
}

/** The innermost error: of several addresses that were tried, the first one's. */
function causeOf(error: unknown): object {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const inner: unknown = Array.isArray(errors) ? errors[0] : cause;
  return typeof inner === 'object' && inner !== null ? causeOf(inner) : error;
}
