import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** One request on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** One complete answer. */
export interface WireResponse {
  readonly statusCode: number;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  /** Decoded from its content encoding. */
  readonly body: Uint8Array;
}

/** An exchange that gave no usable answer. `code` becomes the code of the action. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';

  /** @param retryable the retry policy applies */
  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
  ) {
    super(message);
  }
}

export interface ExchangeOptions {
  readonly dispatcher?: Dispatcher;
  readonly signal: AbortSignal;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Bytes that an answer may have. */
  readonly contentSize: number;
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
  const { request: send } = await import('undici');
  const deadline = AbortSignal.timeout(options.timeout);
  try {
    const response = await send(request.url, {
      method: request.method as Dispatcher.HttpMethod,
      headers: request.headers,
      signal: AbortSignal.any([options.signal, deadline]),
      responseHeaders: 'raw',
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(request.body !== undefined && { body: request.body }),
      ...(options.dispatcher && { dispatcher: options.dispatcher }),
    });
    const rawHeaders = response.headers as unknown as string[];
    const bytes = await readLimited(response.body, options.contentSize);
    return {
      statusCode: response.statusCode,
      rawHeaders,
      body: await decompress(bytes, rawHeaders, options),
    };
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    if (deadline.aborted)
      throw new ExchangeError('BadRequest', 'Http request failed: the timeout was reached.', true);
    throw exchangeError(error, new URL(request.url).hostname);
  }
}

async function readLimited(body: Readable, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) {
      body.destroy();
      throw new ExchangeError(
        'BadRequest',
        `Http request failed: the content is larger than the limit of '${limit}' bytes.`,
        false,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function decompress(
  bytes: Uint8Array,
  rawHeaders: readonly string[],
  options: ExchangeOptions,
): Promise<Uint8Array> {
  const at = rawHeaders.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'content-encoding',
  );
  const encoding = at < 0 ? '' : (rawHeaders[at + 1] ?? '').trim().toLowerCase();
  if (bytes.length === 0 || !['gzip', 'x-gzip', 'deflate', 'br'].includes(encoding)) return bytes;
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
      `Http request failed: the content is no valid '${encoding}' data, or too large.`,
      false,
    );
  }
}

function exchangeError(error: unknown, host: string): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const cause = causeOf(error);
  if (cause instanceof ExchangeError) return cause;
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL') {
    return new ExchangeError(
      'UnresolvableHostName',
      `The provided host name '${host}' could not be resolved.`,
      false,
    );
  }
  const reason = typeof message === 'string' && message !== '' ? message : 'The connection failed.';
  return new ExchangeError(
    'BadRequest',
    `Http request failed as there is an error: '${reason}'.`,
    isConnectivity(code),
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
