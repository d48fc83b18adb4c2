import { shown } from '../plan/members.js';
import {
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { EngineLimits } from '../plan/engine-limits.js';
import { parseDuration } from './duration.js';

/** How often and when a call is repeated. Intervals in milliseconds. */
export interface RetryPolicy {
  readonly kind: 'none' | 'fixed' | 'exponential';
  /** Repetitions after the first call. */
  readonly count: number;
  readonly interval: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Statuses after which a call is repeated; nothing else but a broken connection is. */
export function isRetryable(statusCode: number): boolean {
  return statusCode === 408 || statusCode === 429 || statusCode >= 500;
}

/**
 * The policy of an action's inputs; without one, or with type `default`, the default policy.
 * @returns a text that says what is wrong with it, where it cannot be used
 */
export function retryPolicyOf(
  value: WorkflowValue | undefined,
  limits: EngineLimits,
): RetryPolicy | string {
  if (value === undefined) return defaultPolicy(limits);
  const policy = isObject(value) ? value : {};
  const kind = shown(memberOf(policy, 'type') ?? 'default').toLowerCase();
  switch (kind) {
    case 'none':
      return { kind, count: 0, interval: 0, minimum: 0, maximum: 0 };
    case 'default':
      return defaultPolicy(limits);
    case 'fixed':
    case 'exponential':
      return explicitPolicy(kind, policy, limits);
    default:
      return `The retry policy has the unknown type '${kind}'.`;
  }
}

const defaults = new WeakMap<EngineLimits, RetryPolicy>();

/** The policy of nearly all calls. */
function defaultPolicy(limits: EngineLimits): RetryPolicy {
  let policy = defaults.get(limits);
  if (policy) return policy;
  policy = {
    kind: 'exponential',
    count: limits.defaultRetryCount,
    interval: limits.defaultRetryInterval,
    minimum: limits.defaultRetryMinimumInterval,
    maximum: limits.defaultRetryMaximumInterval,
  };
  defaults.set(limits, policy);
  return policy;
}

function explicitPolicy(
  kind: 'fixed' | 'exponential',
  policy: WorkflowObject,
  limits: EngineLimits,
): RetryPolicy | string {
  const count = Number(memberOf(policy, 'count') ?? limits.defaultRetryCount);
  if (!Number.isInteger(count) || count < 1 || count > 90) {
    return `The retry policy has the count '${shown(memberOf(policy, 'count'))}'; 1 to 90 are allowed.`;
  }
  const times: Record<string, number> = {
    interval: limits.defaultRetryInterval,
    minimumInterval: limits.defaultRetryMinimumInterval,
    maximumInterval: limits.defaultRetryMaximumInterval,
  };
  for (const name of Object.keys(times)) {
    const text = memberOf(policy, name);
    if (text === undefined || text === null) continue;
    const time = typeof text === 'string' ? parseDuration(text) : undefined;
    if (time === undefined || time < 0)
      return `The ${name} '${shown(text)}' of the retry policy is not an ISO 8601 duration.`;
    times[name] = time;
  }
  const { interval = 0, minimumInterval = 0, maximumInterval = 0 } = times;
  return {
    kind,
    count,
    interval,
    minimum: minimumInterval,
    maximum: Math.max(maximumInterval, minimumInterval),
  };
}

/**
 * Milliseconds to wait before retry `n` (from 1). An exponential policy draws from
 * [max(2^(n-2) × interval, minimum), min(2^(n-1) × interval, maximum)], with the lower bound 0 for the first retry
 * (documentation "Retry policies").
 * @param random from 0 up to, not including, 1
 */
export function retryDelay(policy: RetryPolicy, n: number, random: number): number {
  if (policy.kind !== 'exponential') return policy.interval;
  const upper = Math.min(2 ** (n - 1) * policy.interval, policy.maximum);
  const lower = Math.min(
    Math.max(n === 1 ? 0 : 2 ** (n - 2) * policy.interval, policy.minimum),
    upper,
  );
  return Math.round(lower + random * (upper - lower));
}

/** Milliseconds that a `Retry-After` header (seconds or a date) asks to wait; undefined without a usable one. */
export function retryAfter(
  headers: Readonly<Record<string, string>>,
  now: number,
): number | undefined {
  const name = Object.keys(headers).find((header) => header.toLowerCase() === 'retry-after');
  const value = name === undefined ? undefined : headers[name]?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
