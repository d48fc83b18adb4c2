import { randomUUID } from 'node:crypto';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { LiveRun } from '../runner/live-run.js';

/** The headers by which the service names the run in its answers. */
export function runHeaders(workflow: DeployedWorkflow, run: LiveRun): Record<string, string> {
  const trackingId = randomUUID();
  return {
    'x-ms-workflow-run-id': run.id,
    'x-ms-workflow-name': encodeURI(workflow.name),
    'x-ms-workflow-version': workflow.version,
    'x-ms-workflow-id': workflow.id,
    'x-ms-workflow-system-id': `/scaleunits/prod-00/workflows/${workflow.id}`,
    'x-ms-trigger-history-name': run.id,
    'x-ms-client-tracking-id': run.state.clientTrackingId,
    'x-ms-correlation-id': trackingId,
    'x-ms-tracking-id': trackingId,
    'x-ms-request-id': `:${trackingId}`,
  };
}
