import type { Counters, CounterState, CounterWindow } from '@isthmus/policy-engine';

type Accepted = CounterState & { readonly accepted: boolean };

/** One question: key, amount, window, limit; a limit of null is none (JSON knows no infinity). */
type Question = readonly [string, number, CounterWindow, number | null];

/** What a worker asks its primary process. */
export interface CountRequest {
  readonly type: 'count';
  readonly id: number;
  readonly questions: readonly Question[];
}

/** The answers, in the order of the questions. */
interface CountAnswer {
  readonly type: 'counted';
  readonly id: number;
  readonly answers: readonly Accepted[];
}

/** The channel between a worker and its primary: `process` in a worker. */
export interface CounterChannel {
  readonly connected: boolean;
  send(message: CountRequest): unknown;
  on(event: 'message', listener: (message: { readonly type?: string }) => void): unknown;
}

/**
 * Counters of a worker: the primary process counts for all of them, so that several workers without Redis keep every
 * limit exactly. The questions of one turn of the event loop travel together.
 */
export class PrimaryCounters implements Counters {
  readonly #channel: CounterChannel;
  readonly #own: Counters;
  readonly #waiting = new Map<number, ((answer: Accepted) => void)[]>();
  #questions: Question[] = [];
  #asking: ((answer: Accepted) => void)[] = [];
  #batch = 0;

  /** `own` counts when the primary is gone: the worker ends soon after. */
  constructor(channel: CounterChannel, own: Counters) {
    this.#channel = channel;
    this.#own = own;
    channel.on('message', (message) => {
      if (message.type === 'counted') this.#answered(message as CountAnswer);
    });
  }

  add(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ): ReturnType<Counters['add']> {
    if (!this.#channel.connected) return this.#own.add(key, amount, window, limit);
    if (this.#questions.length === 0) setImmediate(() => this.#ask());
    this.#questions.push([key, amount, window, Number.isFinite(limit) ? limit : null]);
    return new Promise((resolve) => this.#asking.push(resolve));
  }

  read(key: string, window: CounterWindow): CounterState | Promise<CounterState> {
    return this.add(key, 0, window, Infinity);
  }

  #ask(): void {
    const id = this.#batch++;
    const [questions, asking] = [this.#questions, this.#asking];
    this.#questions = [];
    this.#asking = [];
    if (this.#channel.connected) {
      this.#waiting.set(id, asking);
      this.#channel.send({ type: 'count', id, questions });
      return;
    }
    questions.forEach(([key, amount, window, limit], index) => {
      const answer = this.#own.add(key, amount, window, limit ?? Infinity);
      void Promise.resolve(answer).then(asking[index]);
    });
  }

  #answered({ id, answers }: CountAnswer): void {
    const asking = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    asking.forEach((resolve, index) => resolve(answers[index]!));
  }
}

/** Answers a worker, in its primary process. */
export async function answerCount(
  counters: Counters,
  { id, questions }: CountRequest,
): Promise<CountAnswer> {
  const answers: Accepted[] = [];
  for (const [key, amount, window, limit] of questions)
    answers.push(await counters.add(key, amount, window, limit ?? Infinity));
  return { type: 'counted', id, answers };
}
