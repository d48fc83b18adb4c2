import { periodStart } from '@isthmus/policy-engine';
import type { Clock, Counters, CounterState, CounterWindow } from '@isthmus/policy-engine';
import type { Redis } from 'ioredis';
import { MemoryCounters } from './memory-counters.js';
import { steadyNow } from './system-clock.js';

/**
 * Sliding window: a sorted set of what was counted when (Redis's clock, in microseconds) with the
 * amount in the member, and a hash with their sum, so that the cost does not grow with the limit.
 * KEYS: set, hash. ARGV: window in microseconds, amount, limit.
 * Returns count, microseconds until the oldest entry leaves, accepted.
 */
const sliding = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local window, amount, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local sum = tonumber(redis.call('HGET', KEYS[2], 'sum') or '0')
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - window)
if #expired > 0 then
  for _, member in ipairs(expired) do sum = sum - tonumber(string.match(member, '^[^:]+')) end
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  redis.call('HSET', KEYS[2], 'sum', sum)
end
local accepted = 0
if sum + amount <= limit then
  accepted = 1
  if amount > 0 then
    sum = sum + amount
    local number = redis.call('HINCRBY', KEYS[2], 'number', 1)
    redis.call('HSET', KEYS[2], 'sum', sum)
    redis.call('ZADD', KEYS[1], now, amount .. ':' .. number)
    redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
    redis.call('PEXPIRE', KEYS[2], math.ceil(window / 1000))
  end
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local left = window
if oldest[2] then left = tonumber(oldest[2]) + window - now end
return { tostring(sum), tostring(left), accepted }`;

/** Fixed period: one number. KEYS: counter. ARGV: milliseconds to keep it (0: for ever), amount, limit. */
const fixed = `
local amount, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local sum = tonumber(redis.call('GET', KEYS[1]) or '0')
local accepted = 0
if sum + amount <= limit then
  accepted = 1
  if amount ~= 0 then
    sum = tonumber(redis.call('INCRBYFLOAT', KEYS[1], amount))
    if tonumber(ARGV[1]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  end
end
return { tostring(sum), '0', accepted }`;

type Answer = [string, string, number];
type CountingRedis = Redis & {
  isthmusSliding(
    key: string,
    sequence: string,
    window: number,
    amount: number,
    limit: number,
  ): Promise<Answer>;
  isthmusFixed(key: string, keep: number, amount: number, limit: number): Promise<Answer>;
};

/** What happens to limits while Redis is away. */
export interface WhenAway {
  /** "local-share": this gateway counts on its own, up to its share of the limit. */
  readonly rule: 'local-share' | 'refuse';
  readonly replicas: number;
  /** Counts then; default: counters of this process. */
  readonly local?: Counters;
  readonly tell: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Counters that all gateways share: exact, one round trip and one script for each question. */
export class RedisCounters implements Counters {
  readonly #redis: CountingRedis;
  readonly #local: Counters;
  readonly #clock: Clock;
  readonly #away: WhenAway;

  constructor(redis: Redis, clock: Clock, away: WhenAway) {
    redis.defineCommand('isthmusSliding', { numberOfKeys: 2, lua: sliding });
    redis.defineCommand('isthmusFixed', { numberOfKeys: 1, lua: fixed });
    this.#redis = redis as CountingRedis;
    this.#local = away.local ?? new MemoryCounters(clock, steadyNow);
    this.#clock = clock;
    this.#away = away;
  }

  async add(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ): Promise<CounterState & { readonly accepted: boolean }> {
    try {
      return await this.#ask(key, amount, window, limit);
    } catch (error) {
      this.#away.tell('limits are counted locally: Redis is away', { error: String(error) });
      if (this.#away.rule === 'refuse') return { count: limit, resetAfter: 1000, accepted: false };
      const share = Number.isFinite(limit) ? Math.ceil(limit / this.#away.replicas) : limit;
      return this.#local.add(key, amount, window, share);
    }
  }

  async read(key: string, window: CounterWindow): Promise<CounterState> {
    try {
      return await this.#ask(key, 0, window, Number.MAX_SAFE_INTEGER);
    } catch {
      return this.#local.read(key, window);
    }
  }

  async #ask(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ): Promise<CounterState & { readonly accepted: boolean }> {
    const most = Number.isFinite(limit) ? limit : Number.MAX_SAFE_INTEGER;
    if (window.kind === 'sliding') {
      const name = `isthmus:{${key}}`;
      const [count, left, accepted] = await this.#redis.isthmusSliding(
        name,
        `${name}:n`,
        Math.round(window.period * 1000),
        amount,
        most,
      );
      return {
        count: Number(count),
        resetAfter: Math.max(0, Number(left) / 1000),
        accepted: accepted === 1,
      };
    }
    const now = this.#clock.now();
    const endless = window.period <= 0;
    const start = endless ? 0 : periodStart(now, window);
    const resetAfter = endless ? 0 : start + window.period - now;
    // Kept a little longer than the period, for gateways whose clocks differ.
    const keep = endless ? 0 : Math.ceil(resetAfter + 60_000);
    const [count, , accepted] = await this.#redis.isthmusFixed(
      `isthmus:{${key}}:${start}`,
      keep,
      amount,
      most,
    );
    return { count: Number(count), resetAfter, accepted: accepted === 1 };
  }
}
