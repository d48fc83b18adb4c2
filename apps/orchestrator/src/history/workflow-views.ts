import type { PlannedTrigger } from '@isthmus/workflow-engine';
import {
  isObject,
  memberOf,
  membersOf,
  objectOf,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { resourceMembers } from '../definitions/resource-members.js';
import type { WorkflowRow } from '../store/definitions.store.js';
import type { RunListRow } from '../store/runs.store.js';
import type { TriggerAttempt, TriggerRow } from '../store/triggers.store.js';
import { identityOf, type AddressParams } from './address.js';

/**
 * A workflow as `Microsoft.Logic/workflows`.
 * @param of with the address of the service, which `accessEndpoint` begins with
 */
export function workflowView(
  params: AddressParams,
  of: { readonly row: WorkflowRow; readonly workflow: DeployedWorkflow; readonly base: string },
): object {
  const { row, base } = of;
  const { loaded } = of.workflow;
  const { location, tags, identity, properties } = resourceMembers(loaded);
  return {
    ...identityOf(params, { path: row.name }),
    kind: loaded.kind,
    ...(location !== undefined && { location }),
    ...(tags && { tags }),
    ...(identity && { identity }),
    properties: {
      ...properties,
      provisioningState: 'Succeeded',
      createdTime: row.created_at.toISOString(),
      changedTime: row.changed_at.toISOString(),
      state: row.state,
      version: row.version,
      accessEndpoint: `${base}/workflows/${row.id}`,
      ...(loaded.accessControl && { accessControl: loaded.accessControl }),
      definition: loaded.definition,
      parameters: parametersView(loaded),
    },
  };
}

/** An immutable version. */
export function versionView(
  params: AddressParams,
  version: { readonly name: string; readonly version: string; readonly createdAt: Date },
  { loaded }: DeployedWorkflow,
): { readonly properties: object } {
  return {
    ...identityOf(params, {
      path: `${version.name}/versions/${version.version}`,
      kind: '/versions',
    }),
    properties: {
      createdTime: version.createdAt.toISOString(),
      changedTime: version.createdAt.toISOString(),
      version: version.version,
      definition: loaded.definition,
      parameters: parametersView(loaded),
    },
  };
}

/** Values by parameter; secure ones are never given back. */
function parametersView(loaded: DeployedWorkflow['loaded']): WorkflowObject {
  const declared = memberOf(loaded.definition, 'parameters');
  const isSecure = (name: string): boolean => {
    const parameter = isObject(declared) ? memberOf(declared, name) : undefined;
    const type = isObject(parameter) ? memberOf(parameter, 'type') : undefined;
    return typeof type === 'string' && type.toLowerCase().startsWith('secure');
  };
  return objectOf(
    membersOf(loaded.parameters).map(
      ([name, value]) => [name, isSecure(name) ? {} : { value }] as const,
    ),
  );
}

/** A trigger and what it does next. */
export function triggerView(
  params: AddressParams,
  {
    row,
    trigger,
    task,
  }: { row: WorkflowRow; trigger: PlannedTrigger; task: TriggerRow | undefined },
): object {
  return {
    ...identityOf(params, { path: `${row.name}/triggers/${trigger.name}`, kind: '/triggers' }),
    properties: {
      provisioningState: 'Succeeded',
      createdTime: row.created_at.toISOString(),
      changedTime: row.changed_at.toISOString(),
      state: row.state,
      status: task?.task === 'subscribed' ? 'Succeeded' : 'Waiting',
      ...(task?.last_at && { lastExecutionTime: task.last_at.toISOString() }),
      ...(task?.next_at && { nextExecutionTime: task.next_at.toISOString() }),
      ...(trigger.recurrence && { recurrence: memberOf(trigger.definition, 'recurrence') }),
      workflow: identityOf(params, {
        path: `${row.name}/versions/${row.version}`,
        kind: '/versions',
      }),
    },
  };
}

/**
 * An attempt of a trigger that led to a run.
 * @param links to what the trigger got and gave
 */
export function firedView(params: AddressParams, run: RunListRow, links: object = {}): object {
  return {
    ...historyIdentity(params, { workflow: run.workflow, trigger: run.trigger_name, id: run.id }),
    properties: {
      startTime: run.started_at.toISOString(),
      endTime: run.started_at.toISOString(),
      status: 'Succeeded',
      code: 'OK',
      ...links,
      correlation: { clientTrackingId: run.client_tracking_id },
      fired: true,
      run: identityOf(params, { path: `${run.workflow}/runs/${run.id}`, kind: '/runs' }),
    },
  };
}

/** An attempt of a trigger that led to no run. */
export function attemptView(params: AddressParams, attempt: TriggerAttempt): object {
  const { code, error_message: message } = attempt;
  return {
    ...historyIdentity(params, {
      workflow: attempt.workflow,
      trigger: attempt.trigger_name,
      id: attempt.id,
    }),
    properties: {
      startTime: attempt.started_at.toISOString(),
      endTime: attempt.ended_at.toISOString(),
      ...(attempt.scheduled_at && { scheduledTime: attempt.scheduled_at.toISOString() }),
      status: attempt.status,
      ...(code !== null && { code, error: { code, message } }),
      fired: false,
    },
  };
}

function historyIdentity(
  params: AddressParams,
  of: { workflow: string; trigger: string; id: string },
): object {
  const path = `${of.workflow}/triggers/${of.trigger}/histories/${of.id}`;
  return identityOf(params, { path, kind: '/triggers/histories' });
}

/**
 * A run as lists show it.
 * @param links to what its trigger got and gave
 */
export function runView(params: AddressParams, row: RunListRow, links: object = {}): object {
  const { code, error_message: message } = row;
  return {
    ...identityOf(params, { path: `${row.workflow}/runs/${row.id}`, kind: '/runs' }),
    properties: {
      ...(row.queued_at ? {} : { waitEndTime: row.started_at.toISOString() }),
      startTime: row.started_at.toISOString(),
      ...(row.ended_at && { endTime: row.ended_at.toISOString() }),
      status: row.status,
      ...(code !== null && { code }),
      ...(message !== null && { error: { code, message } }),
      correlation: { clientTrackingId: row.client_tracking_id },
      workflow: identityOf(params, {
        path: `${row.workflow}/versions/${row.version}`,
        kind: '/versions',
      }),
      trigger: {
        name: row.trigger_name,
        ...links,
        startTime: row.started_at.toISOString(),
        endTime: row.started_at.toISOString(),
        originHistoryName: row.id,
        correlation: { clientTrackingId: row.client_tracking_id },
        status: 'Succeeded',
      },
      ...(row.resubmitted_from !== null && { resubmittedFrom: row.resubmitted_from }),
    },
  };
}
