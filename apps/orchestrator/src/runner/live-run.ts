import type {
  CallbackSignal,
  EffectOutcome,
  Plan,
  ResponseMessage,
  RunEvent,
  RunState,
} from '@isthmus/workflow-engine';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';

/** What a run belongs to. */
export interface RunOrigin {
  readonly workflow: DeployedWorkflow;
  readonly parentRun?: string;
  readonly resubmittedFrom?: string;
}

/** What has arrived for a run since its last turn. */
export interface Inbox {
  readonly outcomes: EffectOutcome[];
  cancel: boolean;
  responseExpired: boolean;
}

/** A run in the memory of the replica that owns it. */
export class LiveRun {
  inbox: Inbox = emptyInbox();
  /** Calls in flight by effect id. */
  readonly calls = new Map<string, AbortController>();
  /** Callbacks by path; one that comes early waits here until its action waits for it. */
  readonly callbacks = new Map<string, CallbackSignal>();
  timer: NodeJS.Timeout | undefined;
  /** A turn is queued. */
  scheduled = false;
  /** Events journalled so far. */
  length = 0;
  /** Events of a run whose history is written at its end. */
  readonly unwritten: RunEvent[] = [];
  readonly #answer = Promise.withResolvers<ResponseMessage>();
  readonly #end = Promise.withResolvers<RunState>();
  #answered = false;

  constructor(
    readonly id: string,
    readonly state: RunState,
    readonly origin: RunOrigin,
  ) {
    // Nobody need wait for either.
    this.#answer.promise.catch(() => undefined);
    this.#end.promise.catch(() => undefined);
  }

  get plan(): Plan {
    return this.origin.workflow.plan;
  }

  /** What the caller of the trigger gets; committed when it resolves. */
  get answer(): Promise<ResponseMessage> {
    return this.#answer.promise;
  }

  /** The state of the run when it is over; committed when it resolves. */
  get end(): Promise<RunState> {
    return this.#end.promise;
  }

  get isAnswered(): boolean {
    return this.#answered;
  }

  give(answer: ResponseMessage): void {
    this.#answered = true;
    this.#answer.resolve(answer);
  }

  finish(): void {
    this.#end.resolve(this.state);
  }

  /** Callbacks whose actions wait for them now; each is handed out once. */
  takeCallbacks(): CallbackSignal[] {
    const taken = [...this.callbacks.values()].filter(({ path }) => this.#awaits(path));
    for (const { path } of taken) this.callbacks.delete(path);
    return taken;
  }

  get hasDueCallback(): boolean {
    return [...this.callbacks.keys()].some((path) => this.#awaits(path));
  }

  /** The replica stops: whoever waits here learns nothing more from it. */
  abandon(reason: Error): void {
    clearTimeout(this.timer);
    for (const call of this.calls.values()) call.abort(reason);
    this.#answer.reject(reason);
    this.#end.reject(reason);
  }

  #awaits(path: string): boolean {
    return this.state.actions.get(path)?.awaitsCallback === true;
  }
}

export function emptyInbox(): Inbox {
  return { outcomes: [], cancel: false, responseExpired: false };
}
