import type { WorkflowArray, WorkflowObject, WorkflowValue } from './value.js';

/** What expressions can read of an action or a trigger. */
export interface ActionView {
  /** `body('X')`: the member `body` of the outputs; of a Compose the whole output. */
  readonly body: WorkflowValue;
  /** `outputs('X')`: null when the action did not run. */
  readonly outputs: WorkflowValue;
  /** `actions('X')`: name, inputs, outputs, startTime, endTime, status, code, error, trackingId ... */
  record(): WorkflowObject;
}

/**
 * How reference functions reach the run. A method that is absent, or returns undefined, makes the
 * function fail as it does on the service ("not expected at this location", "is not defined").
 */
export interface EvaluationScope {
  /** Names are matched by the scope, without regard to case. */
  parameter?(name: string): WorkflowValue | undefined;
  variable?(name: string): WorkflowValue | undefined;
  action?(name: string): ActionView | undefined;
  /** `action()`: legal in trackedProperties and unsubscribe. */
  currentAction?(): ActionView | undefined;
  trigger?(): ActionView | undefined;
  /** `item()`: the element of the nearest Foreach, Query, Select or Table. */
  item?(): WorkflowValue | undefined;
  /** `items('loop')`. */
  itemOf?(loop: string): WorkflowValue | undefined;
  /** `iterationIndexes('loop')`, from zero. */
  iterationIndexOf?(loop: string): number | undefined;
  /** `result('scope')`: records of the direct children. */
  resultOf?(scope: string): WorkflowArray | undefined;
  workflow?(): WorkflowObject;
  /** `listCallbackUrl()`: legal in webhook triggers and actions. */
  callbackUrl?(): string | undefined;
  appSetting?(name: string): WorkflowValue | undefined;
  /** `agentParameters('name')`. */
  agentParameter?(name: string): WorkflowValue | undefined;
  /** Sees every expression of a template with its value, as `listExpressionTraces` shows them; the text has no `@`. */
  onExpression?(text: string, value: WorkflowValue): void;
  /** Milliseconds since 1970-01-01T00:00:00Z; fractions become ticks. */
  now(): number;
  /** A random GUID in the form of 32 digits with hyphens. */
  newGuid(): string;
  /** A number from 0 up to, not including, 1. */
  random(): number;
}
