import { createHash } from 'node:crypto';
import type { WorkflowIdentity } from '../plan/environment.js';
import type { Plan } from '../plan/plan.js';
import type { ResponseMessage } from './effects.js';
import { isFinished, type RunState } from './state.js';

/**
 * What the caller of a Request trigger gets from a run, as far as it is known: the Response that ran; 202 at once
 * where the definition holds none, or one with the option Asynchronous (the host adds the `Location` at which
 * `state.response` can be polled); 502 `NoResponse` when the run ended without one; 504 when the caller's time is
 * over. Undefined while the caller has to wait. A `Workflow` action waits in any case, and gets 502 from a run that
 * ended without a Response, also where the definition holds none (measured).
 */
export function finalResponse(
  plan: Plan,
  state: RunState,
  caller: 'client' | 'workflow' = 'client',
): ResponseMessage | undefined {
  if (caller === 'client' && plan.respondsAsynchronously) return { statusCode: 202, headers: {} };
  if (state.response) return state.response;
  if (caller === 'client' && !plan.responds) return { statusCode: 202, headers: {} };
  if (state.responseExpired) return noResponse(504, 'GatewayTimeout', state.runId);
  return isFinished(state) ? noResponse(502, 'NoResponse', state.runId) : undefined;
}

function noResponse(statusCode: number, code: string, runId: string): ResponseMessage {
  const text = (id: string): string =>
    `The server did not receive a response from an upstream server. Request tracking id '${id}'.`;
  return {
    statusCode,
    headers: {},
    body: { error: { code, message: text(runId), messageTemplate: text('{0}') } },
  };
}

/**
 * Headers that every answer of a Request trigger has, as the Standard host writes them, unless the trigger has the
 * option SuppressWorkflowHeadersOnResponse.
 */
export function workflowResponseHeaders(plan: Plan, state: RunState): Record<string, string> {
  const trigger = plan.triggers.find((one) => one.name === state.trigger?.name);
  if (trigger?.options.has('suppressworkflowheadersonresponse')) return {};
  const { workflow } = plan.environment;
  const id = systemId(workflow);
  const correlation = state.trigger?.trackingId ?? '';
  return {
    'x-ms-workflow-run-id': state.runId,
    'x-ms-correlation-id': correlation,
    'x-ms-client-tracking-id': state.clientTrackingId,
    'x-ms-trigger-history-name': state.runId,
    'x-ms-workflow-system-id': `/scaleunits/prod-00/workflows/${id}`,
    'x-ms-workflow-id': id,
    'x-ms-workflow-version': workflow.version,
    'x-ms-workflow-name': workflow.name,
    'x-ms-tracking-id': correlation,
    'x-ms-request-id': `:${correlation}`,
  };
}

const systemIds = new WeakMap<WorkflowIdentity, string>();

/** The id of a workflow as 32 hexadecimal digits. */
export function systemId(workflow: WorkflowIdentity): string {
  const known = systemIds.get(workflow);
  if (known !== undefined) return known;
  const id = /^[0-9a-f]{32}$/.test(workflow.id)
    ? workflow.id
    : createHash('sha256').update(workflow.id).digest('hex').slice(0, 32);
  systemIds.set(workflow, id);
  return id;
}
