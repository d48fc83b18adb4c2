import { createHash } from 'node:crypto';
import { InMemoryCache } from '@isthmus/policy-engine';
import type { Cache, CachedValue, CachingType, Clock } from '@isthmus/policy-engine';
import type { Redis } from 'ioredis';

/** What a cache in Redis did not do, for the log. */
export type TellCache = (message: string, details: Readonly<Record<string, unknown>>) => void;

/**
 * The internal cache of this process and, when there is one, the external cache in Redis. An outage
 * is a miss. `prefer-external` without Redis is the internal cache; `external` without Redis misses.
 */
export class GatewayCache implements Cache {
  readonly #internal: InMemoryCache;
  readonly #redis: Redis | undefined;
  readonly #tell: TellCache;

  /** `size` in bytes of the internal cache. */
  constructor(
    clock: Clock,
    size: number,
    external: { readonly redis: Redis | undefined; readonly tell: TellCache },
  ) {
    this.#internal = new InMemoryCache(clock, size);
    this.#redis = external.redis;
    this.#tell = external.tell;
  }

  get(key: string, type: CachingType): CachedValue | undefined | Promise<CachedValue | undefined> {
    if (this.#isInternal(type)) return this.#internal.get(key);
    return this.#redis ? this.#read(this.#redis, key) : undefined;
  }

  set(key: string, value: CachedValue, duration: number, type: CachingType): void | Promise<void> {
    if (this.#isInternal(type)) return this.#internal.set(key, value, duration);
    return this.#redis ? this.#write(this.#redis, { key, value, duration }) : undefined;
  }

  remove(key: string, type: CachingType): void | Promise<void> {
    if (this.#isInternal(type)) return this.#internal.remove(key);
    return this.#redis?.del(cacheKey(key)).then(() => undefined);
  }

  #isInternal(type: CachingType): boolean {
    return type === 'internal' || (type === 'prefer-external' && !this.#redis);
  }

  async #read(redis: Redis, key: string): Promise<CachedValue | undefined> {
    try {
      const stored = await redis.getBuffer(cacheKey(key));
      if (!stored) return undefined;
      const end = stored.indexOf(0);
      const kind = stored.subarray(0, end).toString('latin1');
      return { kind, data: stored.subarray(end + 1), own: true };
    } catch (error) {
      this.#tell('the external cache could not be read', { error: String(error) });
      return undefined;
    }
  }

  async #write(
    redis: Redis,
    { key, value, duration }: { key: string; value: CachedValue; duration: number },
  ): Promise<void> {
    try {
      const stored = Buffer.concat([Buffer.from(`${value.kind}\0`, 'latin1'), value.data]);
      await redis.set(cacheKey(key), stored, 'PX', Math.max(1, Math.round(duration * 1000)));
    } catch (error) {
      this.#tell('the external cache could not be written', { error: String(error) });
    }
  }
}

/** Keys of responses hold what callers sent; Redis sees their hash. */
function cacheKey(key: string): string {
  if (!key.startsWith('response:')) return `isthmus:cache:${key}`;
  return `isthmus:cache:response:${createHash('sha256').update(key).digest('base64url')}`;
}
