import {
  finalResponse,
  worded,
  type EffectOutcome,
  type LoadedWorkflow,
  type ResponseMessage,
  type Wording,
} from '@isthmus/workflow-engine';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import type { WorkflowPort } from '../effect-performer.js';
import type { LocalOutcome } from './run-locally.js';

/** Workflows that stand beside the one that runs. */
export interface Neighbours {
  find(name: string): Promise<LoadedWorkflow | undefined>;
  run(workflow: LoadedWorkflow, trigger: WorkflowObject): Promise<LocalOutcome>;
}

/** Nested workflows deeper than this are taken for an endless recursion. */
const deepest = 20;

/** Calls of other workflows, performed in this process. */
export function localWorkflows(neighbours: Neighbours, depth = 0): WorkflowPort {
  return {
    async call(effect) {
      const workflow = await neighbours.find(lastSegment(effect.workflow));
      if (!workflow) return notFound(effect.id, effect.workflow);
      if (depth >= deepest)
        return failure(
          effect.id,
          'NestedWorkflowTooDeep',
          worded`Workflows are nested deeper than ${deepest} levels.`,
        );
      const { method = 'POST', headers, queries = {}, body } = effect.request;
      const outcome = await neighbours.run(workflow, {
        method,
        headers,
        queries,
        ...(body !== undefined && { body }),
      });
      return effect.disableAsyncPattern &&
        outcome.kind === 'run' &&
        outcome.plan.respondsAsynchronously
        ? answer(effect.id, { statusCode: 202, headers: {} })
        : answerOf(effect.id, outcome);
    },
    // A batch is collected by a host that keeps messages; here the message is taken and that is all.
    async sendToBatch(effect) {
      const workflow = await neighbours.find(lastSegment(effect.workflow));
      if (!workflow) return notFound(effect.id, effect.workflow);
      return { kind: 'response', effectId: effect.id, statusCode: 202, headers: {} };
    },
  };
}

function answerOf(effectId: string, outcome: LocalOutcome): EffectOutcome {
  switch (outcome.kind) {
    case 'run': {
      const [state] = outcome.split ? [] : outcome.states;
      if (!state) return answer(effectId, { statusCode: 202, headers: {} });
      const response = finalResponse(outcome.plan, state, 'workflow');
      return response
        ? answer(effectId, response)
        : failure(effectId, 'BadGateway', 'The workflow gave no response.');
    }
    case 'refused':
      return answer(effectId, outcome.response);
    case 'skipped':
      return answer(effectId, { statusCode: 202, headers: {} });
    case 'failed':
      return failure(effectId, outcome.code, outcome.message);
  }
}

function answer(effectId: string, response: ResponseMessage): EffectOutcome {
  return { kind: 'response', effectId, ...response };
}

function notFound(effectId: string, name: string): EffectOutcome {
  return failure(effectId, 'WorkflowNotFound', worded`The workflow '${name}' could not be found.`);
}

function failure(effectId: string, code: string, words: string | Wording): EffectOutcome {
  const told = typeof words === 'string' ? { message: words } : words;
  return { kind: 'failure', effectId, code, ...told, retryable: false };
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
