import { clockText } from '../pipeline/ticks.js';
import { PolicyError, type ErrorAnswer } from '../pipeline/policy-error.js';
import { Headers } from '../model/headers.js';

/** Seconds: a sliding window is no longer than this (rate-limit reference). */
export const longestWindow = 300;

/** Whole seconds until a counter gives room, at least one. */
export function secondsUntil(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}

/** 429 of rate limits. `header`: name of the header that tells the wait. */
export function rateLimitExceeded(seconds: number, header: string): PolicyError {
  return new PolicyError(
    'RateLimitExceeded',
    'Rate limit is exceeded',
    answer(429, `Rate limit is exceeded. Try again in ${seconds} seconds.`, { header, seconds }),
  );
}

/** 403 of quotas; the wait is written as .NET writes a TimeSpan. Zero: the quota never comes back. */
export function quotaExceeded(kind: 'call volume' | 'bandwidth', seconds: number): PolicyError {
  const message =
    seconds > 0
      ? `Out of ${kind} quota. Quota will be replenished in ${clockText(BigInt(seconds))}.`
      : `Out of ${kind} quota.`;
  return new PolicyError(
    'QuotaExceeded',
    message,
    answer(403, message, seconds > 0 ? { header: 'Retry-After', seconds } : undefined),
  );
}

function answer(
  statusCode: number,
  message: string,
  wait: { header: string; seconds: number } | undefined,
): ErrorAnswer {
  return {
    statusCode,
    message,
    ...(wait ? { headers: Headers.from([[wait.header, String(wait.seconds)]]) } : {}),
  };
}
