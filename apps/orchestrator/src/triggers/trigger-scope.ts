import { randomUUID } from 'node:crypto';
import type { PlannedTrigger, TriggerScope } from '@isthmus/workflow-engine';
import { memberOf, type EvaluationScope, type WorkflowObject } from '@isthmus/workflow-expressions';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';

/** What a trigger's expressions see outside of a run, and under which key its calls are sent. */
export function triggerScope(
  workflow: DeployedWorkflow,
  trigger: PlannedTrigger,
  at: {
    readonly now: number;
    readonly key: string;
    readonly callbackUrl: string;
    /** Outputs of the attempt that expressions see: the previous one, or what called the trigger. */
    readonly outputs?: WorkflowObject;
  },
): TriggerScope {
  const { plan } = workflow;
  const { environment } = plan;
  const { id, name, version } = environment.workflow;
  const identity: WorkflowObject = {
    id,
    name,
    type: 'Microsoft.Logic/workflows',
    run: {},
    version,
  };
  const { outputs = null } = at;
  const body = outputs === null ? null : (memberOf(outputs, 'body') ?? null);
  const expressions: EvaluationScope = {
    trigger: () => ({ outputs, body, record: () => ({ name: trigger.name, outputs }) }),
    parameter: (parameter) => plan.parameters.get(parameter.toLowerCase()),
    workflow: () => identity,
    appSetting: (setting) => environment.appSettings[setting],
    callbackUrl: () => at.callbackUrl,
    now: () => at.now,
    newGuid: randomUUID,
    random: Math.random,
  };
  return {
    trigger,
    environment,
    expressions,
    now: at.now,
    effectFrame: () => ({
      id: `${trigger.name}#1`,
      path: trigger.name,
      idempotencyKey: at.key,
      timeout: environment.limits.requestTimeout,
    }),
  };
}
