import { Headers, Response } from '@isthmus/policy-engine';
import type { Cache, Forward, ForwardOptions, PolicyContext } from '@isthmus/policy-engine';
import { currentAge, isStorable, mayServeOnError, requestDirectives, useOf } from './freshness.js';
import {
  answerFrom,
  isSelected,
  mostVariants,
  readVariants,
  selectors,
  writeVariants,
} from './stored-response.js';
import type { StoredResponse } from './stored-response.js';

/** A response above this size goes through without being kept. Bytes. */
const largest = 4 * 1024 * 1024;

/** How long an entry stays for validation after it went stale. Seconds. */
const keep = 24 * 3600;

const kind = 'http-variants';

/**
 * The `standards` mode of caching (RFC 9111, RFC 5861) between gateway and backend: policies run for
 * every call, only the backend is spared. A shared cache; what is stored is chosen by Vary,
 * validated by ETag and Last-Modified, and dropped when an unsafe request succeeds.
 */
export class CachingForward implements Forward {
  constructor(
    private readonly inner: Forward,
    private readonly cache: Cache,
    private readonly now: () => number,
  ) {}

  async forward(context: PolicyContext, options: ForwardOptions): Promise<Response> {
    const { request } = context;
    const key = `${origin(context)}:${request.url.toString()}`;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return this.#unsafe(context, options, key);
    if (request.headers.has('range') || requestDirectives(request.headers).has('no-store'))
      return this.inner.forward(context, options);
    const variants = await this.#load(key);
    const stored = variants.find((one) => isSelected(one, request.headers));
    if (!stored) {
      if (requestDirectives(request.headers).has('only-if-cached')) return new Response(504);
      return this.#fetch(context, options, { key, variants });
    }
    const now = this.now();
    const use = useOf(stored, request.headers, now);
    if (use === 'validate') return this.#validate(context, options, { key, variants, stored });
    if (use === 'stale-while-revalidate') {
      context.afterwards.push(async () => {
        await (await this.#validate(context, options, { key, variants, stored })).body?.buffer();
      });
    }
    return answerFrom(stored, request.headers, currentAge(stored, now));
  }

  /** A success of an unsafe method drops what is stored for its address (RFC 9111 section 4.4). */
  async #unsafe(context: PolicyContext, options: ForwardOptions, key: string): Promise<Response> {
    const response = await this.inner.forward(context, options);
    if (!/^(OPTIONS|TRACE)$/.test(context.request.method) && response.statusCode < 400) {
      const base = context.request.url.toString();
      const prefix = key.slice(0, key.length - base.length);
      const named = [response.headers.text('location'), response.headers.text('content-location')];
      for (const address of [base, ...named.flatMap((one) => sameOrigin(one, base))])
        await this.cache.remove(prefix + address, 'prefer-external');
    }
    return response;
  }

  async #validate(
    context: PolicyContext,
    options: ForwardOptions,
    found: Found & { stored: StoredResponse },
  ): Promise<Response> {
    const { request } = context;
    const { stored } = found;
    const asked = request.headers;
    const etag = stored.headers.text('etag');
    const changed = stored.headers.text('last-modified');
    if (etag === undefined && changed === undefined)
      return this.#orStale(context, stored, () => this.#fetch(context, options, found));
    const conditional = asked.clone();
    for (const name of [
      'if-none-match',
      'if-modified-since',
      'if-match',
      'if-unmodified-since',
      'if-range',
    ])
      conditional.delete(name);
    if (etag !== undefined) conditional.set('If-None-Match', etag);
    else if (changed !== undefined) conditional.set('If-Modified-Since', changed);
    request.headers = conditional;
    try {
      return await this.#orStale(context, stored, async () => {
        const requestTime = this.now();
        const response = await this.inner.forward(context, options);
        if (response.statusCode !== 304)
          return await this.#keep(context, response, { ...found, requestTime, asked });
        const fresh = refreshed(stored, response.headers, {
          requestTime,
          responseTime: this.now(),
        });
        await this.#store(found, fresh);
        return answerFrom(fresh, asked, currentAge(fresh, this.now()));
      });
    } finally {
      request.headers = asked;
    }
  }

  /** Asks the origin; where it fails, a stale response may stand in. */
  async #orStale(
    context: PolicyContext,
    stored: StoredResponse,
    ask: () => Promise<Response>,
  ): Promise<Response> {
    const { headers } = context.request;
    const stand = (): Response => answerFrom(stored, headers, currentAge(stored, this.now()));
    try {
      const response = await ask();
      return response.statusCode >= 500 && mayServeOnError(stored, headers, this.now())
        ? stand()
        : response;
    } catch (error) {
      if (mayServeOnError(stored, headers, this.now())) return stand();
      throw error;
    }
  }

  async #fetch(context: PolicyContext, options: ForwardOptions, found: Found): Promise<Response> {
    const requestTime = this.now();
    const response = await this.inner.forward(context, options);
    return this.#keep(context, response, { ...found, requestTime, asked: context.request.headers });
  }

  /** Stores a response that may be stored, once its body has gone by. */
  async #keep(
    context: PolicyContext,
    response: Response,
    found: Found & { requestTime: number; asked: Headers },
  ): Promise<Response> {
    if (!isStorable({ method: context.request.method, headers: found.asked }, response))
      return response;
    const { statusCode, statusReason } = response;
    const headers = response.headers.clone();
    const times = { requestTime: found.requestTime, responseTime: this.now() };
    const store = (body: Uint8Array): Promise<void> =>
      this.#store(found, {
        statusCode,
        statusReason,
        headers,
        body,
        ...times,
        selectedBy: selectors(found.asked, headers),
      });
    const { body } = response;
    const content = body?.send() ?? new Uint8Array(0);
    if (content instanceof Uint8Array) {
      if (content.length <= largest) await store(content);
      return response;
    }
    response.body = body!.through(collecting(content, store));
    return response;
  }

  async #load(key: string): Promise<StoredResponse[]> {
    const value = await this.cache.get(key, 'prefer-external');
    return value?.kind === kind ? readVariants(value.data) : [];
  }

  async #store({ key, variants }: Found, fresh: StoredResponse): Promise<void> {
    const selection = JSON.stringify(fresh.selectedBy);
    const others = variants.filter((one) => JSON.stringify(one.selectedBy) !== selection);
    const data = writeVariants([fresh, ...others].slice(0, mostVariants));
    await this.cache.set(key, { kind, data }, keep, 'prefer-external');
  }
}

/** Who answers: a backend entity has an address of its own, and one address may have many virtual hosts. */
function origin({ parts, target, request }: PolicyContext): string {
  return `standards:${parts.api?.id ?? ''}:${JSON.stringify([target, request.hostOverride])}`;
}

interface Found {
  readonly key: string;
  readonly variants: readonly StoredResponse[];
}

/** A stored response after a 304: its headers take the new values (RFC 9111 section 3.2). */
function refreshed(
  stored: StoredResponse,
  update: Headers,
  times: { requestTime: number; responseTime: number },
): StoredResponse {
  const headers = stored.headers.clone();
  headers.delete('age');
  for (const [name, values] of update) {
    if (
      !/^(content-length|content-encoding|content-type|content-range|transfer-encoding)$/i.test(
        name,
      )
    )
      headers.set(name, values);
  }
  return { ...stored, headers, ...times };
}

/** Passes chunks on and hands all of them over at the end, unless they are too many or break off. */
async function* collecting(
  stream: AsyncIterable<Uint8Array>,
  done: (body: Uint8Array) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= largest) chunks.push(chunk);
    yield chunk;
  }
  if (size <= largest) await done(Buffer.concat(chunks));
}

function sameOrigin(address: string | undefined, base: string): string[] {
  if (address === undefined || !URL.canParse(address, base)) return [];
  const url = new URL(address, base);
  return url.origin === new URL(base).origin ? [url.href] : [];
}
