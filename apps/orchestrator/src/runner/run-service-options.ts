import type {
  BatchMessageEffect,
  EffectOutcome,
  Plan,
  TriggerRecord,
} from '@isthmus/workflow-engine';
import type { Correlation, Logger } from '@isthmus/host';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { AdmissionStore } from '../store/admission.store.js';
import type { JournalStore, LeaseLost } from '../store/journal.store.js';
import type { ReplicasStore } from '../store/replicas.store.js';
import type { RunsStore } from '../store/runs.store.js';
import type { Durability, RunOrigin } from './live-run.js';
import type { OutgoingSettings } from './performers.js';

/** Settings of the runner. Times in milliseconds. */
export interface RunServiceSettings extends OutgoingSettings {
  readonly durability: 'strict' | 'response';
  readonly lease: number;
  readonly heartbeat: number;
  /** Replicas that may die with a run, one after the other, before it is set aside. */
  readonly poisonLimit: number;
}

/** The stores that runs are kept in. */
export interface RunStores {
  readonly journal: JournalStore;
  readonly replicas: ReplicasStore;
  readonly runs: RunsStore;
  readonly admission: AdmissionStore;
}

/** What a run service is made of. */
export interface RunServiceOptions {
  readonly settings: RunServiceSettings;
  readonly stores: RunStores;
  readonly registry: WorkflowRegistry;
  readonly logger: Logger;
  /** The lease is lost; the process has to end. */
  readonly lost: (error: LeaseLost) => void;
  /** Keeps a message for a batch trigger. */
  readonly sendToBatch: (effect: BatchMessageEffect) => Promise<EffectOutcome>;
}

/** A run to begin. */
export interface BeginRun {
  readonly id: string;
  readonly workflow: DeployedWorkflow;
  readonly trigger: TriggerRecord;
  readonly clientTrackingId?: string;
  readonly parentRun?: string;
  readonly correlation?: Correlation;
}

/** What a run to begin belongs to. */
export function originOf({ workflow, parentRun, correlation }: BeginRun): RunOrigin {
  return {
    workflow,
    ...(parentRun !== undefined && { parentRun }),
    ...(correlation && { correlation }),
  };
}

/** What is committed for runs of a workflow. @param stateful of those that are kept */
export function durabilityOf({ environment }: Plan, stateful: 'strict' | 'response'): Durability {
  if (environment.kind !== 'Stateless') return stateful;
  const options =
    environment.appSettings[`Workflows.${environment.workflow.name}.OperationOptions`];
  return options?.toLowerCase().includes('withstatelessrunhistory') ? 'history' : 'none';
}
