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

/**
 * Trips when a rule's failures reach their limit; while it is open no call goes out. After the trip
 * time it is closed again with an empty window, as documented for backends.
 */
export class CircuitBreaker {
  readonly #rules: readonly BreakerRule[];
  readonly #now: () => number;
  #failures: number[][];
  #calls: number[] = [];
  #openUntil = 0;

  constructor(rules: readonly BreakerRule[], now: () => number) {
    this.#rules = rules;
    this.#now = now;
    this.#failures = rules.map(() => []);
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
    if (this.#rules.some((rule) => rule.percentage !== undefined)) this.#calls.push(now);
    for (const [index, rule] of this.#rules.entries()) {
      if (!isFailure(rule, outcome)) continue;
      const window = [
        ...(this.#failures[index] ?? []).filter((at) => at > now - rule.interval),
        now,
      ];
      this.#failures[index] = window;
      if (this.#reached(rule, window.length, now)) this.#trip(rule, outcome, now);
    }
  }

  #reached(rule: BreakerRule, failures: number, now: number): boolean {
    if (rule.count !== undefined && failures >= rule.count) return true;
    if (rule.percentage === undefined) return false;
    this.#calls = this.#calls.filter((at) => at > now - rule.interval);
    return (
      this.#calls.length >= leastCalls && (failures * 100) / this.#calls.length >= rule.percentage
    );
  }

  #trip(rule: BreakerRule, outcome: CallOutcome, now: number): void {
    const told =
      rule.acceptRetryAfter && 'statusCode' in outcome
        ? retryAfterOf(outcome.retryAfter)
        : undefined;
    this.#openUntil = now + (told ?? rule.tripDuration);
    this.#failures = this.#rules.map(() => []);
    this.#calls = [];
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
