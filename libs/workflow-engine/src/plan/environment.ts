import type { WorkflowObject } from '@isthmus/workflow-expressions';
import type { EngineLimits } from './engine-limits.js';

/** Maps, schemas and other artifacts of a workflow project or integration account, by name. */
export interface Artifacts {
  /** Text of a map (XSLT, Liquid); names are looked up with and without extension. */
  map?(name: string): string | undefined;
  /** Text of an XML schema; `undefined` when there is none of that name. */
  schema?(name: string): string | undefined;
  /** Metadata of an artifact for IntegrationAccountArtifactLookup. */
  lookup?(type: string, name: string): WorkflowObject | undefined;
}

/** What a definition is deployed with. Fixed for a version of a workflow. */
export interface Environment {
  readonly workflow: WorkflowIdentity;
  readonly kind: 'Stateful' | 'Stateless';
  /** Values of the definition's parameters, already evaluated. */
  readonly parameters: WorkflowObject;
  readonly appSettings: Readonly<Record<string, string>>;
  readonly artifacts: Artifacts;
  readonly limits: EngineLimits;
  /** Addresses of callbacks: of a waiting action of a run. */
  callbackUrl?(runId: string, path: string): string;
  /**
   * Which static results are used: those that the definition switches on (the service's behaviour), or all that
   * an action names, also the disabled ones.
   */
  readonly staticResults: 'enabled' | 'all' | 'none';
}

export interface WorkflowIdentity {
  /** Resource id, such as `/subscriptions/…/workflows/orders`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly location?: string;
  readonly tags?: WorkflowObject;
}
