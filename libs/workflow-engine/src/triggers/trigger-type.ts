import type { EvaluationScope, WorkflowObject, WorkflowValue } from '@isthmus/workflow-expressions';
import type { Environment } from '../plan/environment.js';
import type { PlannedTrigger } from '../plan/plan.js';
import type { CallEffect, EffectOutcome, ResponseMessage } from '../run/effects.js';

/** A call to a trigger's URL (Request, webhooks, push). */
export interface TriggerRequest {
  readonly method: string;
  /** As received; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded, without those that belong to the URL itself (`api-version`, `sp`, `sv`, `sig`, `se`). */
  readonly queries: Readonly<Record<string, string>>;
  /** What stands behind `/invoke`, still encoded. */
  readonly relativePath?: string;
  /** Decoded as `decodeContent` does; absent when there was none. */
  readonly body?: WorkflowValue;
}

/** The trigger fires with these outputs, or the caller is refused. */
export type Received =
  | { readonly kind: 'fired'; readonly outputs: WorkflowObject }
  | { readonly kind: 'refused'; readonly response: ResponseMessage };

/** What a trigger may know while it prepares or reads a call. */
export interface TriggerScope {
  readonly trigger: PlannedTrigger;
  readonly environment: Environment;
  /** In inputs `triggerOutputs()` are those of the previous attempt, in conditions those of the current one. */
  readonly expressions: EvaluationScope;
  readonly now: number;
  effectFrame(): Pick<CallEffect, 'id' | 'path' | 'idempotencyKey' | 'timeout'>;
}

/** What a poll found. */
export interface Polled {
  /** Outputs to fire with; absent: nothing new. */
  readonly outputs?: WorkflowObject;
  /** Milliseconds until the next poll, where the other side said so; else the recurrence decides. */
  readonly delay?: number;
  /** To be handed to the next poll (`Location` with its `triggerState`). */
  readonly memory?: WorkflowValue;
  /** The call failed: the history shows Failed, the next recurrence tries again. */
  readonly error?: { readonly code: string; readonly message?: string };
}

/** How a type of trigger starts runs. The members that are present tell the host what it has to do. */
export interface TriggerType {
  /** As it is spelled in definitions; matched without regard to case. */
  readonly type: string;
  readonly unsupported?: string;
  /** What is evaluated before a poll or subscription; `inputs` of the definition by default. */
  inputs?(definition: WorkflowObject): WorkflowValue;
  /** Whoever calls the trigger's URL waits for the Response. */
  readonly answers?: boolean;
  /** A caller may call the trigger's URL: the caller of a Request, or the other side of a subscription. */
  receive?(request: TriggerRequest, scope: TriggerScope): Received;
  /** Fires by its `recurrence`; a polling trigger polls by it. */
  readonly recurs?: boolean;
  /** Collects messages and fires with a batch of them (see `decideBatch`). */
  readonly collects?: boolean;
  /** Occurrences that were missed are made up for, one run each (SlidingWindow). */
  readonly catchesUp?: boolean;
  /** Outputs of a trigger that fires by time alone. */
  occur?(due: number, interval: number, scope: TriggerScope): WorkflowObject | undefined;
  poll?(inputs: WorkflowValue, memory: WorkflowValue | undefined, scope: TriggerScope): CallEffect;
  polled?(outcome: EffectOutcome, scope: TriggerScope): Polled;
  /**
   * What a call to the trigger's URL only announces: its answer, read by {@link polled}, are the outputs. In `inputs`
   * `triggerBody()` is that of the call. Undefined: the call says it all.
   */
  fetch?(inputs: WorkflowValue, scope: TriggerScope): CallEffect | undefined;
  /** Made when the workflow is enabled; `callbackUrl()` is available. */
  subscribe?(inputs: WorkflowValue, scope: TriggerScope): CallEffect;
  /** Made when it is disabled or deleted, with the outcome of the subscription. */
  unsubscribe?(
    inputs: WorkflowValue,
    subscribed: EffectOutcome | undefined,
    scope: TriggerScope,
  ): CallEffect | undefined;
}
