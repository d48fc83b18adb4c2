import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { restore, splitPath, type ActionRecord } from '@isthmus/workflow-engine';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import { RunService } from '../runner/run-service.js';
import { RunsStore, type RunListRow } from '../store/runs.store.js';
import { logicPrefix, workflowId, type ScopeParams } from './addresses.js';

type RunParams = ScopeParams & { readonly name: string; readonly run: string };

/** Runs and their actions in the shapes of `Microsoft.Logic/workflows/runs`. */
@Controller(`${logicPrefix}/:name/runs`)
export class RunsController {
  constructor(
    @Inject(RunsStore) private readonly store: RunsStore,
    @Inject(RunService) private readonly runs: RunService,
  ) {}

  @Get()
  @RequiresRole('Isthmus.Reader')
  async list(
    @Param() params: ScopeParams & { name: string },
    @Query() query: Record<string, string | undefined>,
  ): Promise<object> {
    const status = /status eq '(\w+)'/i.exec(query['$filter'] ?? '')?.[1];
    const tracking = /clientTrackingId eq '([^']+)'/i.exec(query['$filter'] ?? '')?.[1];
    const rows = await this.store.list({
      workflow: params.name,
      top: Math.min(Number(query['$top'] ?? 30) || 30, 250),
      ...(status === undefined ? {} : { status }),
      ...(tracking === undefined ? {} : { clientTrackingId: tracking }),
    });
    return { value: rows.map((row) => runView(params, row)) };
  }

  @Get(':run')
  @RequiresRole('Isthmus.Reader')
  async get(@Param() params: RunParams): Promise<object> {
    return runView(params, await this.#row(params));
  }

  @Post(':run/cancel')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async cancel(@Param() params: RunParams): Promise<void> {
    const row = await this.#row(params);
    if (row.ended_at) {
      throw new ServiceError(
        400,
        'WorkflowRunNotInProgress',
        `The run '${row.id}' is over already.`,
      );
    }
    await this.runs.cancel(row.id);
  }

  @Get(':run/actions')
  @RequiresRole('Isthmus.Reader')
  async actions(@Param() params: RunParams): Promise<object> {
    const row = await this.#row(params);
    const state = restore(await this.runs.journalOf(row.id));
    return { value: [...state.actions.values()].map((action) => actionView(params, action)) };
  }

  async #row({ name, run }: RunParams): Promise<RunListRow> {
    const row = await this.store.run(run);
    if (row?.workflow !== name) {
      throw new ServiceError(
        404,
        'WorkflowRunNotFound',
        `The workflow run '${run}' could not be found.`,
      );
    }
    return row;
  }
}

function runView(scope: ScopeParams & { name: string }, row: RunListRow): object {
  const workflow = workflowId(scope, row.workflow);
  return {
    id: `${workflow}/runs/${row.id}`,
    name: row.id,
    type: 'Microsoft.Logic/workflows/runs',
    properties: {
      startTime: row.started_at.toISOString(),
      ...(row.ended_at ? { endTime: row.ended_at.toISOString() } : {}),
      status: row.status,
      ...(row.code === null ? {} : { code: row.code }),
      ...(row.error_message === null
        ? {}
        : { error: { code: row.code, message: row.error_message } }),
      correlation: { clientTrackingId: row.client_tracking_id },
      workflow: {
        id: `${workflow}/versions/${row.version}`,
        name: row.version,
        type: 'Microsoft.Logic/workflows/versions',
      },
      trigger: { name: row.trigger_name },
    },
  };
}

function actionView(scope: RunParams, action: ActionRecord): object {
  return {
    id: `${workflowId(scope, scope.name)}/runs/${scope.run}/actions/${encodeURIComponent(action.path)}`,
    name: splitPath(action.path).name,
    type: 'Microsoft.Logic/workflows/runs/actions',
    properties: {
      path: action.path,
      startTime: new Date(action.startedAt).toISOString(),
      ...(action.endedAt === undefined ? {} : { endTime: new Date(action.endedAt).toISOString() }),
      status: action.status,
      ...(action.code === undefined ? {} : { code: action.code }),
      ...(action.error ? { error: action.error } : {}),
      correlation: { actionTrackingId: action.trackingId },
    },
  };
}
