import { isSameName, RequestUrl } from '@isthmus/policy-engine';
import type { Response } from '@isthmus/policy-engine';
import type { Transport } from './dispatchers.js';
import { exchange } from './exchange.js';
import type { Exchange } from './exchange.js';
import { originOf } from './origin.js';

/** More than this is a loop. */
const mostRedirects = 10;

/** What a redirect to another origin must not learn. */
const secrets = /^(authorization|cookie|proxy-authorization|ocp-apim-subscription-key|host)$/i;

/** A request whose redirects are followed; its body must be in memory. */
export interface Redirectable extends Omit<Exchange, 'origin' | 'path'> {
  readonly url: RequestUrl;
  /** Names of further fields that only the first origin may learn: credentials of the entity, the caller's key. */
  readonly secrets: readonly string[];
  /** Carries the request to other origins: without client certificate, by the same proxy. */
  readonly elsewhere: Transport;
}

/**
 * Sends a request and follows redirects (RFC 9110 section 15.4): 303, and 301 and 302 after POST,
 * become GET; 307 and 308 repeat the request. Another origin gets no credentials, and the address
 * it has is checked like every other. The last response is returned when there are too many.
 */
export async function followRedirects(first: Redirectable): Promise<Response> {
  let request = first;
  for (let hops = 0; ; hops++) {
    const response = await exchange({
      ...request,
      origin: originOf(request.url),
      path: request.url.path + request.url.queryString,
    });
    const next = hops < mostRedirects ? redirected(request, response) : undefined;
    if (!next) return response;
    const body = response.body?.send();
    if (body && 'cancel' in body && typeof body.cancel === 'function')
      (body.cancel as () => void)();
    request = next;
  }
}

function redirected(request: Redirectable, response: Response): Redirectable | undefined {
  const location = response.headers.text('location');
  if (![301, 302, 303, 307, 308].includes(response.statusCode) || location === undefined)
    return undefined;
  if (!URL.canParse(location, request.url.toString())) return undefined;
  const target = new URL(location, request.url.toString());
  if (target.protocol !== 'http:' && target.protocol !== 'https:') return undefined;
  const url = RequestUrl.parse(target.href);
  const foreign = originOf(url) !== originOf(request.url);
  const asGet =
    response.statusCode === 303
      ? request.method !== 'HEAD'
      : response.statusCode < 303 && request.method === 'POST';
  const drop = (name: string): boolean =>
    (foreign && (secrets.test(name) || request.secrets.some((one) => isSameName(one, name)))) ||
    (asGet && /^content-/i.test(name));
  const headers: string[] = [];
  for (let index = 0; index < request.headers.length; index += 2) {
    const name = request.headers[index] ?? '';
    if (!drop(name)) headers.push(name, request.headers[index + 1] ?? '');
  }
  return {
    ...request,
    url,
    headers,
    ...(foreign ? { transport: request.elsewhere } : {}),
    ...(asGet ? { method: 'GET', body: null } : {}),
  };
}
