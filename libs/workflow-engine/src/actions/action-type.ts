import type {
  EvaluationScope,
  WorkflowArray,
  WorkflowObject,
  WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { PlannedAction } from '../plan/plan.js';
import type {
  CallEffect,
  CallbackSignal,
  EffectOutcome,
  NotifyEffect,
  ResponseMessage,
} from '../run/effects.js';
import type { ActionStatus, RetryRecord, RunError } from '../run/events.js';
import type { ContainerState, RunState } from '../run/state.js';
import type { Environment } from '../plan/environment.js';

/** What a type may know and ask while one of its actions starts or goes on. Everything is read-only. */
export interface ActionScope {
  readonly action: PlannedAction;
  readonly path: string;
  readonly environment: Environment;
  readonly state: RunState;
  /** Milliseconds since 1970; the same during a whole turn. */
  readonly now: number;
  /** What the functions of an expression read. */
  readonly expressions: EvaluationScope;
  /** What this action has to remember since it asked last. */
  readonly progress: WorkflowValue | undefined;
  /** The effect whose outcome is being handled. */
  readonly effect: CallEffect | undefined;
  /** When the action started. */
  readonly startedAt: number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /**
   * Evaluates a template that the type named in `templates`.
   * @param item what `item()` gives inside, for the types that go through a list
   * @throws WorkflowExpressionError
   */
  evaluate(template: string, item?: WorkflowValue): WorkflowValue;
  /**
   * Evaluates a template in which `action()` is this action, with outputs that it may not have yet.
   * @throws WorkflowExpressionError
   */
  evaluateWith(outputs: WorkflowValue, template: string): WorkflowValue;
  has(template: string): boolean;
  /** The frame that every effect of this action has; each call gives a new id. */
  effectFrame(): Pick<CallEffect, 'id' | 'path' | 'idempotencyKey' | 'timeout'>;
}

/** The action is over. */
export interface Finished {
  readonly kind: 'finished';
  readonly status: ActionStatus;
  readonly code: string;
  readonly outputs?: WorkflowValue;
  readonly error?: RunError;
  /** What the history shows as inputs where it is not what was evaluated. */
  readonly inputs?: WorkflowValue;
  readonly assign?: readonly Assignment[];
  readonly respond?: { readonly response: ResponseMessage; readonly asynchronous: boolean };
  readonly terminate?: {
    readonly status: 'Succeeded' | 'Failed' | 'Cancelled';
    readonly error?: RunError;
  };
  readonly notify?: readonly NotifyEffect[];
  readonly failsRun?: boolean;
  /** For a container that does not enter: what its descendants become instead of Skipped. */
  readonly children?: {
    readonly status: ActionStatus;
    readonly code: string;
    readonly error: RunError;
  };
}

export interface Assignment {
  readonly name: string;
  /** When the variable is initialised. */
  readonly type?: string;
  readonly value: WorkflowValue;
  /** `value` is added at the end of what the variable holds. */
  readonly append?: boolean;
}

/** The action asks for I/O, now or after a while. */
export interface Ask {
  readonly kind: 'ask';
  readonly effect: CallEffect;
  /** Milliseconds to wait first: a retry or a poll. */
  readonly delay?: number;
  readonly progress?: WorkflowValue;
  readonly retry?: RetryRecord;
}

/** The action waits for a time (milliseconds since 1970), for its callback, or for both. */
export interface Wait {
  readonly kind: 'wait';
  readonly until?: number;
  readonly callback?: boolean;
  readonly progress?: WorkflowValue;
}

/** A container begins. */
export interface Enter {
  readonly kind: 'enter';
  /** The branch that runs; the others are skipped. Absent: all actions of the container are one branch. */
  readonly branch?: string;
  readonly items?: WorkflowArray;
  readonly concurrency?: number;
  readonly inputs?: WorkflowValue;
  readonly outputs?: WorkflowValue;
}

export type ActionResult = Finished | Ask | Wait | Enter;

/** The action has more to do than one turn has time for; other runs get theirs before it goes on. */
export interface Unfinished {
  readonly kind: 'unfinished';
  goOn(): ActionResult | Unfinished;
}

/** One list of actions of a container. */
export interface Branch {
  /** Such as `actions`, `else`, `default`, or the name of a case. */
  readonly name: string;
  readonly actions: WorkflowObject;
}

/** What a loop does next when one of its passes is over, or none has begun. */
export type NextPass = 'begin' | 'wait' | Finished;

/**
 * One type of action, or of container. All methods are pure: what they decide depends on their arguments only.
 */
export interface ActionType {
  /** As it is spelled in definitions; matched without regard to case. */
  readonly type: string;
  /** Why actions of this type cannot run here, for types that load and validate only. */
  readonly unsupported?: string;
  /** What is evaluated as a whole before the action starts; `inputs` of the definition by default. */
  inputs?(definition: WorkflowObject): WorkflowValue;
  /** Templates that the type evaluates itself, by a name of its own. */
  templates?(definition: WorkflowObject): Readonly<Record<string, WorkflowValue>>;
  /** Templates that are conditions, which have an object form too. */
  conditions?(definition: WorkflowObject): Readonly<Record<string, WorkflowValue>>;
  /** Finish now, ask the host for I/O, wait, or go on in the next turn. */
  start(inputs: WorkflowValue, scope: ActionScope): ActionResult | Unfinished;
  /** An effect that `start` or `resume` asked for is done. */
  resume?(inputs: WorkflowValue, outcome: EffectOutcome, scope: ActionScope): ActionResult;
  /** The time of a `wait` has come. */
  wake?(inputs: WorkflowValue, scope: ActionScope): ActionResult;
  /** The callback URL of this action was called. */
  callback?(inputs: WorkflowValue, signal: CallbackSignal, scope: ActionScope): ActionResult;
  /** Calls to make when the action is ended from outside (timeout, cancel, Terminate). */
  abandon?(inputs: WorkflowValue, scope: ActionScope): readonly NotifyEffect[];
  /** Containers: the lists of actions that they hold. */
  children?(definition: WorkflowObject): readonly Branch[];
  /** Loops: containers with several passes, which have indexes. The status of other containers is that of their block. */
  readonly loop?: boolean;
  /** The member `limit` is the type's own business (Until); else `limit.timeout` ends the action. */
  readonly ownsLimit?: boolean;
  /** A loop that does one thing again and again: its last pass stands for all (Until). */
  readonly repeats?: boolean;
  /** It answers the caller of the run. */
  readonly answers?: boolean;
  /** Its outputs are what its inputs hold: where those are secured, so are these. */
  readonly passesOn?: boolean;
  /** `body()` reads the whole output (Compose). */
  readonly bodyIsOutput?: boolean;
  /** Loops: called when it has begun and after each pass. */
  next?(inputs: WorkflowValue, passes: ContainerState, scope: ActionScope): NextPass;
}
