import { Body, Headers, RequestUrl, Response } from '@isthmus/policy-engine';
import type { Http, OutgoingRequest } from '@isthmus/policy-engine';
import type { Dispatchers } from '../forwarding/dispatchers.js';
import { usualConnection } from '../forwarding/dispatchers.js';
import { exchange } from '../forwarding/exchange.js';
import { BackendFailure, timedOut } from '../forwarding/failures.js';
import { originOf } from '../forwarding/origin.js';
import { wireHeaders } from '../forwarding/hop-headers.js';
import { tlsCertificate } from './certificates.js';

const rewritten: ReadonlySet<string> = new Set(['content-length', 'expect']);

/** Calls that policies make on their own: behind the egress guard, capped in time and size. */
export class PolicyHttp implements Http {
  readonly #dispatchers: Dispatchers;
  readonly #bodyBuffer: number;

  /** `bodyBuffer`: largest response in bytes. */
  constructor(dispatchers: Dispatchers, bodyBuffer: number) {
    this.#dispatchers = dispatchers;
    this.#bodyBuffer = bodyBuffer;
  }

  async send(request: OutgoingRequest): Promise<Response> {
    const url = parse(request.url);
    const certificate = request.certificate ? tlsCertificate(request.certificate) : undefined;
    const choice =
      certificate || request.proxy
        ? {
            ...usualConnection,
            ...(certificate ? { certificate } : {}),
            ...(request.proxy ? { proxy: request.proxy } : {}),
          }
        : usualConnection;
    const late = AbortSignal.timeout(Math.max(1, Math.min(request.timeout, 2 ** 31 - 1)));
    const signal = request.signal ? AbortSignal.any([request.signal, late]) : late;
    try {
      const response = await exchange({
        transport: this.#dispatchers.for(choice),
        origin: originOf(url),
        path: url.path + url.queryString,
        method: request.method,
        headers: wireHeaders(request.headers, rewritten),
        body: bytesOf(request.body),
        timeout: 0,
        bodyBuffer: this.#bodyBuffer,
        // Nobody holds the answer of a one-way call, which may outlive the call that made it.
        bodyRoom: request.oneWay ? undefined : request.bodyRoom,
        gatherSmall: true,
        signal,
      });
      // The whole exchange has one time limit, so the body is read under it.
      await response.body?.buffer();
      return response;
    } catch (error) {
      if (late.aborted && !request.signal?.aborted) throw timedOut(error);
      throw error;
    }
  }
}

function parse(text: string): RequestUrl {
  try {
    const url = RequestUrl.parse(text);
    if (url.scheme === 'http' || url.scheme === 'https') return url;
  } catch {
    // told below
  }
  throw new BackendFailure('BackendConnectionFailure', 'proxy_configuration_error', false, {
    message: `'${text}' is no http or https URL.`,
  });
}

function bytesOf(body: Body | null): Uint8Array | AsyncIterable<Uint8Array> | null {
  if (!body) return null;
  const content = body.send();
  return content instanceof Uint8Array && content.length === 0 ? null : content;
}

/** GETs a JSON document; rejects when the answer is no success, no JSON, or above `limit` bytes. */
export async function getJson(
  http: Http,
  url: string,
  limits: { timeout: number; bytes: number },
): Promise<unknown> {
  const headers = Headers.from([['Accept', 'application/json']]);
  const response = await http.send({
    method: 'GET',
    url,
    headers,
    body: null,
    timeout: limits.timeout,
  } as OutgoingRequest);
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  const bytes = response.body?.bytes ?? new Uint8Array(0);
  if (bytes.length > limits.bytes)
    throw new Error(`${url} answered with more than ${limits.bytes} bytes`);
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
}
