import { Controller, Get, Inject, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { recordedCase, restore } from '@isthmus/workflow-engine';
import { writeJson, type WorkflowValue } from '@isthmus/workflow-expressions';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import { actionView, recordsOf, repetitionView, time } from './action-views.js';
import { logicPrefixes, type AddressParams } from './address.js';
import { Finder } from './find.js';
import { ManagementAccess } from './management-access.js';
import { operationId } from './operation-location.js';
import { sliceOf, type ListQuery } from './paging.js';
import { repetitionName } from './run-history.js';
import { withoutSecured } from './secured-events.js';
import { runView } from './workflow-views.js';

type RunParams = AddressParams & { readonly name: string; readonly run: string };

/** Runs as what came of a management call, and as a sequence in time. */
@Controller(logicPrefixes.map((prefix) => `${prefix}/:name/runs/:run`))
@RequiresRole('Isthmus.Reader')
@UseGuards(ManagementAccess)
export class RunOperationsController {
  constructor(@Inject(Finder) private readonly finder: Finder) {}

  /** The run that a call began; the `Location` of its 202 leads here. */
  @Get('operations/:operation')
  async operation(@Param() params: RunParams & { readonly operation: string }): Promise<object> {
    const { row } = await this.finder.run(params.name, params.run);
    if (params.operation.toLowerCase() !== operationId(row.id)) {
      throw new ServiceError(
        404,
        'WorkflowRunOperationNotFound',
        `The run '${row.id}' has no operation '${params.operation}'.`,
      );
    }
    const links = await this.finder.triggerLinks([row], 'runs');
    return runView(params, row, links.get(row.id));
  }

  /** Actions and their repetitions in the order in which they began. */
  @Get('timeline')
  async timeline(
    @Param() params: RunParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const context = await this.finder.context(params, params.name, params.run);
    const entries = [...context.history.plan.actions.values()]
      .flatMap((action) => recordsOf(context, action).map((record) => ({ action, record })))
      .sort((one, two) => one.record.startedAt - two.record.startedAt);
    const { rows, next } = sliceOf(entries, query, { request, base: this.finder.urls.at('') });
    const value = rows.map(({ action, record }) => {
      const view =
        repetitionName(record.path) === ''
          ? actionView(context, action)
          : repetitionView(context, action, record);
      return { actionName: action.name, timestamp: time(record.startedAt), ...view };
    });
    return { value, ...next };
  }

  /** The events of the run's journal, without what is secured: everything else that is known of it. */
  @Get('events')
  @RequiresRole('Isthmus.Admin')
  async events(@Param() params: RunParams): Promise<object> {
    const { row, plan } = await this.finder.run(params.name, params.run);
    return { value: withoutSecured(plan, await this.finder.histories.events(row.id)) };
  }

  /** The run as a test case that repeats it without the systems that it called; for a `*.cases.yaml` of `isthmus test`. */
  @Get('testCase')
  @RequiresRole('Isthmus.Publisher')
  async testCase(@Param() params: RunParams, @Res() response: Response): Promise<void> {
    const { row, plan } = await this.finder.run(params.name, params.run);
    if (!row.ended_at) {
      const message = `The run '${row.id}' is in progress; a test case is made of one that is over.`;
      throw new ServiceError(400, 'WorkflowRunInProgress', message);
    }
    const events = withoutSecured(plan, await this.finder.histories.events(row.id));
    const { parameters } = plan.environment;
    const made = recordedCase(plan, restore(events), { parameters });
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(writeJson(made as unknown as WorkflowValue));
  }
}
