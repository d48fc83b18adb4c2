import type { Http, KeySets, OpenIdConfiguration } from '@isthmus/policy-engine';
import { getJson } from './http.js';

/** Milliseconds: how long a set is fresh, how long a provider may be away, how often it is asked at most. */
const fresh = 60 * 60 * 1000;
const kept = 24 * 60 * 60 * 1000;
const pause = 5 * 60 * 1000;

/** A document of a provider: time and size limits. */
const limits = { timeout: 10_000, bytes: 1024 * 1024 };

interface Entry {
  configuration: OpenIdConfiguration;
  readonly at: number;
}

/**
 * Keys of OpenID providers by discovery URL: cached for an hour, kept for a day when the provider is
 * away, fetched by one request at a time. An unknown key asks again at most every five minutes, so
 * tokens with made-up key ids cannot cause a storm.
 */
export class CachedKeySets implements KeySets {
  readonly #http: Http;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #fetching = new Map<string, Promise<OpenIdConfiguration>>();
  readonly #asked = new Map<string, number>();

  constructor(http: Http, now: () => number) {
    this.#http = http;
    this.#now = now;
  }

  discover(url: string): OpenIdConfiguration | Promise<OpenIdConfiguration> {
    const entry = this.#entries.get(url);
    if (entry && this.#now() - entry.at < fresh) return entry.configuration;
    if (
      entry &&
      this.#now() - entry.at < kept &&
      this.#now() - (this.#asked.get(url) ?? 0) < 30_000
    )
      return entry.configuration;
    return this.#fetch(url);
  }

  refresh(url: string): OpenIdConfiguration | Promise<OpenIdConfiguration> {
    const entry = this.#entries.get(url);
    if (entry && this.#now() - (this.#asked.get(url) ?? 0) < pause) return entry.configuration;
    return this.#fetch(url);
  }

  #fetch(url: string): Promise<OpenIdConfiguration> {
    const running = this.#fetching.get(url);
    if (running) return running;
    this.#asked.set(url, this.#now());
    const fetching = this.#read(url)
      .then((configuration) => {
        this.#entries.set(url, { configuration, at: this.#now() });
        return configuration;
      })
      .catch((error: unknown) => {
        const last = this.#entries.get(url);
        if (last && this.#now() - last.at < kept) return last.configuration;
        throw error;
      })
      .finally(() => this.#fetching.delete(url));
    this.#fetching.set(url, fetching);
    return fetching;
  }

  async #read(url: string): Promise<OpenIdConfiguration> {
    const document = await getJson(this.#http, url, limits);
    const { issuer, jwks_uri: keysUrl } = document as { issuer?: unknown; jwks_uri?: unknown };
    if (typeof issuer !== 'string' || typeof keysUrl !== 'string')
      throw new Error(`${url} is no OpenID discovery document`);
    const set = await getJson(this.#http, keysUrl, limits);
    const keys = (set as { keys?: unknown }).keys;
    if (!Array.isArray(keys)) throw new Error(`${keysUrl} is no key set`);
    const usable = keys
      .filter((key): key is Record<string, unknown> => typeof key === 'object' && key !== null)
      .slice(0, 100);
    return { issuer, keys: usable };
  }
}
