import type { Headers } from '@isthmus/policy-engine';
import { readDirectives, secondsOf } from './cache-control.js';
import type { Directives } from './cache-control.js';

/** Status codes that may be stored without an explicit lifetime (RFC 9110 section 15.1). */
const storableByDefault: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501,
]);

/** A lifetime that nobody named: a tenth of the time since the last change, a day at most. Seconds. */
const heuristic = { share: 0.1, most: 24 * 3600 };

/** What freshness is computed from. Times in milliseconds since 1970. */
export interface Aged {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly requestTime: number;
  readonly responseTime: number;
}

/** Whether a shared cache may keep a response (RFC 9111 section 3). */
export function isStorable(
  request: { method: string; headers: Headers },
  response: { statusCode: number; headers: Headers },
): boolean {
  const { statusCode, headers } = response;
  if (
    request.method !== 'GET' ||
    request.headers.has('range') ||
    statusCode === 206 ||
    statusCode < 200
  )
    return false;
  const asked = readDirectives(request.headers.text('cache-control'));
  const told = readDirectives(headers.text('cache-control'));
  if (asked.has('no-store') || told.has('no-store') || told.has('private')) return false;
  if (headers.text('vary')?.includes('*')) return false;
  const shared = told.has('public') || told.has('s-maxage');
  if (request.headers.has('authorization') && !shared && !told.has('must-revalidate')) return false;
  // A cookie is for one caller, unless the backend says that everybody may see it.
  if (headers.has('set-cookie') && !shared) return false;
  const explicit = shared || told.has('max-age') || headers.has('expires');
  return (
    explicit ||
    (storableByDefault.has(statusCode) && (headers.has('last-modified') || headers.has('etag')))
  );
}

/** Seconds for which a response is fresh (RFC 9111 section 4.2.1). */
export function freshnessLifetime({ statusCode, headers, responseTime }: Aged): number {
  const told = readDirectives(headers.text('cache-control'));
  const explicit = secondsOf(told, 's-maxage') ?? secondsOf(told, 'max-age');
  if (explicit !== undefined) return explicit;
  const date = dateOf(headers.text('date')) ?? responseTime;
  const expires = headers.text('expires');
  if (expires !== undefined) return Math.max(0, ((dateOf(expires) ?? date) - date) / 1000);
  const changed = dateOf(headers.text('last-modified'));
  if (changed === undefined || !storableByDefault.has(statusCode)) return 0;
  return Math.min(heuristic.most, Math.max(0, ((date - changed) / 1000) * heuristic.share));
}

/** Seconds since a response was made or last validated at its origin (RFC 9111 section 4.2.3). */
export function currentAge({ headers, requestTime, responseTime }: Aged, now: number): number {
  const date = dateOf(headers.text('date')) ?? responseTime;
  const apparent = Math.max(0, (responseTime - date) / 1000);
  const text = headers.text('age') ?? '';
  const told = /^\d+$/.test(text) ? Number(text) : 0;
  const corrected = told + (responseTime - requestTime) / 1000;
  return Math.max(apparent, corrected) + (now - responseTime) / 1000;
}

/** What may be done with a stored response. */
export type Use = 'fresh' | 'stale-while-revalidate' | 'validate';

/** Decides how a stored response may answer a request (RFC 9111 sections 4 and 5.2.1, RFC 5861). */
export function useOf(stored: Aged, request: Headers, now: number): Use {
  const asked = requestDirectives(request);
  const told = readDirectives(stored.headers.text('cache-control'));
  if (asked.has('no-cache') || told.has('no-cache')) return 'validate';
  const age = currentAge(stored, now);
  const lifetime = freshnessLifetime(stored);
  const most = secondsOf(asked, 'max-age');
  if (most !== undefined && age > most) return 'validate';
  if (age + (secondsOf(asked, 'min-fresh') ?? 0) < lifetime) return 'fresh';
  const staleness = age - lifetime;
  if (mustValidate(told)) return 'validate';
  const tolerated = asked.get('max-stale');
  if (
    tolerated !== undefined &&
    (tolerated === '' || staleness <= (secondsOf(asked, 'max-stale') ?? 0))
  )
    return 'fresh';
  const meanwhile = secondsOf(told, 'stale-while-revalidate');
  return staleness >= 0 && meanwhile !== undefined && staleness <= meanwhile
    ? 'stale-while-revalidate'
    : 'validate';
}

/** Whether a stale response may stand in for an origin that fails (RFC 5861 section 4). */
export function mayServeOnError(stored: Aged, request: Headers, now: number): boolean {
  const told = readDirectives(stored.headers.text('cache-control'));
  if (mustValidate(told) || told.has('no-cache')) return false;
  const allowed =
    secondsOf(told, 'stale-if-error') ?? secondsOf(requestDirectives(request), 'stale-if-error');
  return allowed !== undefined && currentAge(stored, now) - freshnessLifetime(stored) <= allowed;
}

function mustValidate(told: Directives): boolean {
  return told.has('must-revalidate') || told.has('proxy-revalidate') || told.has('s-maxage');
}

/** Cache-Control of a request; Pragma counts where there is none. */
export function requestDirectives(request: Headers): Directives {
  const text = request.text('cache-control');
  if (text !== undefined) return readDirectives(text);
  return new Map(
    request.text('pragma')?.toLowerCase().includes('no-cache') ? [['no-cache', '']] : [],
  );
}

function dateOf(text: string | undefined): number | undefined {
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
