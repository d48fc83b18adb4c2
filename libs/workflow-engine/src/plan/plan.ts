import type {
  CompiledTemplate,
  WorkflowObject,
  WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { ActionType } from '../actions/action-type.js';
import type { ActionStatus } from '../run/events.js';
import type { TriggerType } from '../triggers/trigger-type.js';
import type { Environment } from './environment.js';

/** A predecessor and the statuses after which the action runs. */
export interface RunAfter {
  readonly action: PlannedAction;
  readonly statuses: readonly ActionStatus[];
}

/** The template of `runtimeConfiguration.requestOptions.timeout`: how long one request may take. */
export const requestTimeout = 'requestTimeout';

/** One action of the definition, with its expressions compiled. Identical for every pass and every run. */
export interface PlannedAction {
  readonly name: string;
  /** The name as it stands in paths. */
  readonly key: string;
  readonly type: ActionType;
  readonly definition: WorkflowObject;
  readonly runAfter: readonly RunAfter[];
  /** No action of its block runs after it: its status counts for the block. */
  readonly isLeaf: boolean;
  readonly parent?: PlannedAction;
  /** Enclosing loops, outermost first. */
  readonly loops: readonly PlannedAction[];
  readonly branches: readonly PlannedBranch[];
  readonly inputs: CompiledTemplate;
  readonly templates: ReadonlyMap<string, CompiledTemplate>;
  /** `limit.timeout`. */
  readonly timeout?: CompiledTemplate;
  /** `operationOptions`, in lower case. */
  readonly options: ReadonlySet<string>;
  readonly trackedProperties?: CompiledTemplate;
  /** What the history must not show. */
  readonly secure: { readonly inputs: boolean; readonly outputs: boolean };
  readonly staticResult?: WorkflowObject;
}

/** A list of actions in an order in which predecessors come first. */
export interface PlannedBranch {
  readonly name: string;
  readonly actions: readonly PlannedAction[];
}

export interface PlannedTrigger {
  readonly name: string;
  readonly type: TriggerType;
  readonly definition: WorkflowObject;
  readonly inputs: CompiledTemplate;
  readonly conditions: readonly { readonly text: string; readonly template: CompiledTemplate }[];
  readonly recurrence?: CompiledTemplate;
  readonly splitOn?: CompiledTemplate;
  readonly clientTrackingId?: CompiledTemplate;
  /** `splitOnConfiguration.correlation.clientTrackingId`: evaluated for each item. */
  readonly itemTrackingId?: CompiledTemplate;
  /** `operationOptions`, in lower case. */
  readonly options: ReadonlySet<string>;
  /** What the history must not show. */
  readonly secure: { readonly inputs: boolean; readonly outputs: boolean };
}

/** A definition made ready to run. Immutable, shared by all runs of a version. */
export interface Plan {
  readonly definition: WorkflowObject;
  readonly environment: Environment;
  readonly root: PlannedBranch;
  /** By lower-case name, at any depth. */
  readonly actions: ReadonlyMap<string, PlannedAction>;
  readonly triggers: readonly PlannedTrigger[];
  /** Values of parameters by lower-case name: the environment's, else the default. */
  readonly parameters: ReadonlyMap<string, WorkflowValue>;
  readonly outputs: ReadonlyMap<string, CompiledTemplate>;
  /** The definition holds a Response: callers wait for it. */
  readonly responds: boolean;
  /** A Response has the option Asynchronous: callers get 202 at once, and poll for the Response. */
  readonly respondsAsynchronously: boolean;
}
