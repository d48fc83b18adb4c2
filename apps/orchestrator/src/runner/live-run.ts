import type {
  CallbackSignal,
  EffectOutcome,
  Plan,
  ResponseMessage,
  RunEvent,
  RunState,
} from '@isthmus/workflow-engine';
import { correlationOf, traceparentOf, type Correlation } from '@isthmus/host';
import type { CallStop, RunContext } from '@isthmus/workflow-effects';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';

/** What a run belongs to. */
export interface RunOrigin {
  readonly workflow: DeployedWorkflow;
  readonly parentRun?: string;
  readonly resubmittedFrom?: string;
  /** The trace of whoever began the run; absent: the run begins one with its first call. */
  readonly correlation?: Correlation;
}

/**
 * How much is committed before what (docs/adr/0005-durability.md). `history`: nothing is, but what
 * happened is written when the run is over.
 */
export type Durability = 'strict' | 'response' | 'history' | 'none';

/** What has arrived for a run since its last turn. */
export interface Inbox {
  readonly outcomes: EffectOutcome[];
  cancel: boolean;
  responseExpired: boolean;
}

const none: readonly CallbackSignal[] = [];

/** Somebody who waits for something of a run. */
export interface Waiter<T> {
  take(value: T): void;
  /** The replica lets go of the run. */
  fail(reason: Error): void;
}

/** A run in the memory of the replica that owns it. */
export class LiveRun {
  inbox: Inbox = emptyInbox();
  /** Calls in flight by effect id. */
  readonly calls = new Map<string, CallStop>();
  timer: NodeJS.Timeout | undefined;
  /** A turn is queued. */
  scheduled = false;
  /** It was begun elsewhere or before: its calls in flight may have been made once already. */
  isResumed = false;
  /**
   * Calls of other workflows here and in the runs below, of a run that no other run called: those under way, and the
   * levels of all that were made, added up.
   */
  readonly nested = { underWay: 0, levels: 0 };
  /** Events journalled so far. */
  length = 0;
  /** Events of a run whose history is written at its end. */
  readonly unwritten: RunEvent[] = [];
  readonly #decision = new LateValue<ResponseMessage>();
  readonly #answer = new LateValue<ResponseMessage>();
  readonly #end = new LateValue<RunState>();
  /** By path; one that comes early waits here until its action waits for it. */
  #callbacks: Map<string, CallbackSignal> | undefined;
  #context: RunContext | undefined;
  #correlation: Correlation | undefined;

  constructor(
    readonly id: string,
    readonly state: RunState,
    readonly origin: RunOrigin,
    readonly durability: Durability,
  ) {}

  get plan(): Plan {
    return this.origin.workflow.plan;
  }

  /** Nothing is acknowledged for the run before it is committed. */
  get isDurable(): boolean {
    return this.durability === 'strict' || this.durability === 'response';
  }

  /** The trace that the run belongs to. */
  get correlation(): Correlation {
    return this.origin.correlation ?? (this.#correlation ??= correlationOf({}));
  }

  /** A caller, or a parent that hears at the end at the latest, waits for its answer. */
  get isAwaited(): boolean {
    const { response, responseExpired } = this.state;
    if (response || responseExpired) return false;
    return this.plan.responds || this.origin.parentRun !== undefined;
  }

  /** On whose behalf the calls of the run are made. */
  get context(): RunContext {
    return (this.#context ??= {
      runId: this.id,
      clientTrackingId: this.state.clientTrackingId,
      workflow: this.plan.environment.workflow,
      headers: ['traceparent', traceparentOf(this.correlation)],
    });
  }

  /**
   * The answer as soon as it is decided, for a parent run that keeps what follows from it in the same
   * journal behind it: a commit that has the one has the other.
   */
  get decision(): Promise<ResponseMessage> {
    return this.#decision.promise;
  }

  /** What the caller of the trigger gets; committed when it resolves. */
  get answer(): Promise<ResponseMessage> {
    return this.#answer.promise;
  }

  /** The state of the run when it is over; committed when it resolves. */
  get end(): Promise<RunState> {
    return this.#end.promise;
  }

  /** The answer is decided. */
  get isDecided(): boolean {
    return this.#decision.isKnown;
  }

  /** Tells of the {@link answer} in the moment when it is given. */
  whenAnswered(waiter: Waiter<ResponseMessage>): void {
    this.#answer.tell(waiter);
  }

  get isAnswered(): boolean {
    return this.#answer.isKnown;
  }

  decide(answer: ResponseMessage): void {
    this.#decision.resolve(answer);
  }

  give(answer: ResponseMessage): void {
    this.#answer.resolve(answer);
  }

  finish(): void {
    this.#end.resolve(this.state);
  }

  keepCallback(callback: CallbackSignal): void {
    (this.#callbacks ??= new Map()).set(callback.path, callback);
  }

  /** Callbacks whose actions wait for them now; each is handed out once. */
  takeCallbacks(): readonly CallbackSignal[] {
    if (!this.#callbacks) return none;
    const taken = [...this.#callbacks.values()].filter(({ path }) => this.#awaits(path));
    for (const { path } of taken) this.#callbacks.delete(path);
    return taken;
  }

  get hasDueCallback(): boolean {
    if (!this.#callbacks) return false;
    return [...this.#callbacks.keys()].some((path) => this.#awaits(path));
  }

  /** The replica stops: whoever waits here learns nothing more from it. */
  abandon(reason: Error): void {
    clearTimeout(this.timer);
    for (const call of this.calls.values()) call.abort(reason);
    this.#decision.reject(reason);
    this.#answer.reject(reason);
    this.#end.reject(reason);
  }

  #awaits(path: string): boolean {
    return this.state.actions.get(path)?.awaitsCallback === true;
  }
}

/** A value that somebody may wait for: most runs end without anybody who does. */
class LateValue<T> {
  #promise: Promise<T> | undefined;
  #waiters: Waiter<T>[] | undefined;
  #settle: ((waiter: Waiter<T>) => void) | undefined;

  /** The value was given. */
  isKnown = false;

  get promise(): Promise<T> {
    if (!this.#promise) {
      this.#promise = new Promise((take, fail) => this.tell({ take, fail }));
      this.#promise.catch(() => undefined);
    }
    return this.#promise;
  }

  /** Tells somebody as soon as there is something to tell, without a promise in between. */
  tell(waiter: Waiter<T>): void {
    if (this.#settle) this.#settle(waiter);
    else (this.#waiters ??= []).push(waiter);
  }

  resolve(value: T): void {
    this.isKnown = true;
    this.#settled((waiter) => waiter.take(value));
  }

  reject(reason: Error): void {
    this.#settled((waiter) => waiter.fail(reason));
  }

  /** What comes first, stays. */
  #settled(settle: (waiter: Waiter<T>) => void): void {
    if (this.#settle) return;
    this.#settle = settle;
    for (const waiter of this.#waiters ?? []) settle(waiter);
    this.#waiters = undefined;
  }
}

export function emptyInbox(): Inbox {
  return { outcomes: [], cancel: false, responseExpired: false };
}
