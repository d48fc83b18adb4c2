import { WindowCount } from './window-count.js';

/** One rule of `circuitBreaker.rules`; durations in milliseconds. */
export interface BreakerRule {
  readonly name: string;
  /** Failures within the interval that trip the breaker. */
  readonly count: number | undefined;
  /** Share of failures within the interval, 0 to 100. */
  readonly percentage: number | undefined;
  readonly interval: number;
  readonly statusCodeRanges: readonly { readonly min: number; readonly max: number }[];
  readonly errorReasons: readonly string[];
  readonly tripDuration: number;
  /** The backend's Retry-After is the trip time where it sends one. */
  readonly acceptRetryAfter: boolean;
}

/** How a call ended, as far as a breaker cares. */
export type CallOutcome =
  | { readonly statusCode: number; readonly retryAfter: string | undefined }
  | { readonly errorReason: string };

/** A share of failures means nothing before so many calls. */
const leastCalls = 5;

/** What is remembered of one rule; however many calls there are, no more than that. */
class RuleWindow {
  /** Times of the last failures, as many as trip the breaker. */
  #failures: number[] = [];
  readonly #share: { readonly failed: WindowCount; readonly all: WindowCount } | undefined;

  constructor(readonly rule: BreakerRule) {
    const { percentage, interval } = rule;
    if (percentage !== undefined)
      this.#share = { failed: new WindowCount(interval), all: new WindowCount(interval) };
  }

  /** Takes a call; true when the rule's limit is reached. */
  reaches(outcome: CallOutcome, now: number): boolean {
    const { rule } = this;
    this.#share?.all.add(now);
    if (!isFailure(rule, outcome)) return false;
    this.#share?.failed.add(now);
    return this.#countReached(now) || this.#shareReached(now);
  }

  clear(): void {
    this.#failures = [];
    this.#share?.failed.clear();
    this.#share?.all.clear();
  }

  #countReached(now: number): boolean {
    const { count, interval } = this.rule;
    if (count === undefined) return false;
    this.#failures.push(now);
    if (this.#failures.length > count) this.#failures.shift();
    return this.#failures.length >= count && this.#failures[0]! > now - interval;
  }

  #shareReached(now: number): boolean {
    const { percentage } = this.rule;
    if (percentage === undefined || !this.#share) return false;
    const all = this.#share.all.total(now);
    return all >= leastCalls && (this.#share.failed.total(now) * 100) / all >= percentage;
  }
}

/**
 * Trips when a rule's failures reach their limit; while it is open no call goes out. After the trip
 * time it is closed again with an empty window, as documented for backends.
 */
export class CircuitBreaker {
  readonly #windows: readonly RuleWindow[];
  readonly #now: () => number;
  #openUntil = 0;

  constructor(rules: readonly BreakerRule[], now: () => number) {
    this.#windows = rules.map((rule) => new RuleWindow(rule));
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#now() < this.#openUntil;
  }

  /** Milliseconds until it closes; 0 when it is closed. */
  get opensIn(): number {
    return Math.max(0, this.#openUntil - this.#now());
  }

  record(outcome: CallOutcome): void {
    const now = this.#now();
    const reached = this.#windows.filter((window) => window.reaches(outcome, now));
    for (const { rule } of reached) this.#trip(rule, outcome, now);
  }

  #trip(rule: BreakerRule, outcome: CallOutcome, now: number): void {
    const told =
      rule.acceptRetryAfter && 'statusCode' in outcome
        ? retryAfterOf(outcome.retryAfter)
        : undefined;
    this.#openUntil = now + (told ?? rule.tripDuration);
    for (const window of this.#windows) window.clear();
  }
}

function isFailure(rule: BreakerRule, outcome: CallOutcome): boolean {
  if ('errorReason' in outcome) {
    return (
      rule.errorReasons.length === 0 ||
      rule.errorReasons.some((one) => one.toLowerCase() === outcome.errorReason.toLowerCase())
    );
  }
  return rule.statusCodeRanges.some(
    ({ min, max }) => outcome.statusCode >= min && outcome.statusCode <= max,
  );
}

/** Seconds or an HTTP date, as milliseconds from now; undefined when it is neither. */
function retryAfterOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
