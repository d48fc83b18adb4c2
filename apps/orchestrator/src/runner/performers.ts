import {
  connectionsOf,
  EffectPerformer,
  HttpTokenSource,
  type CallSignal,
  type RunContext,
  type WorkflowPort,
  type WorkloadIdentity,
} from '@isthmus/workflow-effects';
import type { CallEffect, EffectOutcome } from '@isthmus/workflow-engine';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';

/** Where calls may go and as whom. */
export interface OutgoingSettings {
  readonly allowPrivateAddresses: boolean;
  /** What stands for a managed identity. */
  readonly identity?: WorkloadIdentity;
  /** Addresses of services for built-in connectors, by provider or `*`. */
  readonly serviceProviders?: Readonly<Record<string, string>>;
  /** Addresses of connections, functions and APIs that artifacts name by id, in lower case. */
  readonly resources?: Readonly<Record<string, string>>;
}

/** Performs calls on behalf of workflows; each version has connections of its own. */
export class Performers {
  readonly #performers = new WeakMap<DeployedWorkflow, EffectPerformer>();
  readonly #tokens: HttpTokenSource;

  constructor(
    private readonly settings: OutgoingSettings,
    private readonly workflows: WorkflowPort,
  ) {
    this.#tokens = new HttpTokenSource(settings.identity ?? { kind: 'none' });
  }

  perform(
    workflow: DeployedWorkflow,
    effect: CallEffect,
    { context, signal }: { readonly context: RunContext; readonly signal: CallSignal },
  ): Promise<EffectOutcome> {
    return this.#of(workflow).perform(effect, context, signal);
  }

  #of(workflow: DeployedWorkflow): EffectPerformer {
    const known = this.#performers.get(workflow);
    if (known) return known;
    const { allowPrivateAddresses, resources, serviceProviders } = this.settings;
    const { limits } = workflow.plan.environment;
    const performer = new EffectPerformer({
      connections: connectionsOf(workflow.loaded.connections, resources ?? {}),
      egress: { allowPrivateAddresses },
      tokens: this.#tokens,
      contentSize: limits.contentSize,
      pageCount: limits.pageCount,
      workflows: this.workflows,
      ...(resources && { resources }),
      ...(serviceProviders && { serviceProviders }),
    });
    this.#performers.set(workflow, performer);
    return performer;
  }
}
