import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { isFinished, newRunId, restore, resubmitted } from '@isthmus/workflow-engine';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import { RunService } from '../runner/run-service.js';
import { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { RunsStore, type RunListRow } from '../store/runs.store.js';
import { logicPrefixes, type AddressParams } from './address.js';
import { actionView } from './action-views.js';
import { Finder } from './find.js';
import { ManagementAccess } from './management-access.js';
import { operationLocation } from './operation-location.js';
import { pageOf, skipOf, topOf, type ListQuery } from './paging.js';
import { readJson } from './read-text.js';
import { readFilter } from './run-filter.js';
import { runView, versionView } from './workflow-views.js';

type Params = AddressParams & { readonly name: string };
type RunParams = Params & { readonly run: string };

/** Runs in the shapes of `Microsoft.Logic/workflows/runs`. */
@Controller(logicPrefixes.map((prefix) => `${prefix}/:name`))
@UseGuards(ManagementAccess)
export class RunsController {
  constructor(
    @Inject(RunsStore) private readonly store: RunsStore,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(WorkflowRegistry) private readonly registry: WorkflowRegistry,
    @Inject(Finder) private readonly finder: Finder,
  ) {}

  @Get('runs')
  @RequiresRole('Isthmus.Reader')
  async list(
    @Param() params: Params,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const { name } = await this.finder.workflow(params.name);
    const top = topOf(query);
    const after = skipOf(query);
    const filter = readFilter(query['$filter']);
    const secured = filter.text === undefined ? [] : await this.finder.secured(name);
    const rows = await this.store.list({
      workflow: name,
      top: top + 1,
      ...filter,
      secured,
      ...(after !== undefined && { after }),
    });
    const page = { top, request, base: this.finder.urls.at('') };
    const { rows: shown, next } = pageOf(rows, page, ({ id }) => id);
    const links = await this.finder.triggerLinks(shown, 'runs');
    return { value: shown.map((row) => runView(params, row, links.get(row.id))), ...next };
  }

  /**
   * `$expand=properties/actions,workflow/properties` shows the actions and the version of the workflow too, as the
   * Standard runtime does.
   */
  @Get('runs/:run')
  @RequiresRole('Isthmus.Reader')
  async get(@Param() params: RunParams, @Query() query: ListQuery): Promise<object> {
    const context = await this.finder.context(params, params.name, params.run);
    const { history } = context;
    const links = await this.finder.triggerLinks([history.row], 'runs');
    const view = runView(params, history.row, links.get(history.row.id)) as {
      properties: { workflow: object };
    };
    const expanded = /properties\/actions/i.test(query['$expand'] ?? '');
    const actions = [...history.plan.actions.values()].flatMap((action) => {
      const shown = expanded ? actionView(context, action) : undefined;
      return shown ? [[action.name, (shown as { properties: object }).properties] as const] : [];
    });
    const { outputs } = history.state;
    return {
      ...view,
      properties: {
        ...view.properties,
        outputs: outputs ?? {},
        ...(expanded && { actions: Object.fromEntries(actions) }),
        ...(/workflow\/properties/i.test(query['$expand'] ?? '') && {
          workflow: { ...view.properties.workflow, ...(await this.#version(params, history.row)) },
        }),
      },
    };
  }

  /** What the version of a run says, its definition among it. */
  async #version(params: RunParams, { workflow: name, version }: RunListRow): Promise<object> {
    const workflow = await this.registry.version(name, version);
    const createdAt = await this.finder.versionCreated(name, version);
    const { properties } = versionView(params, { name, version, createdAt }, workflow);
    return { properties };
  }

  @Post('runs/:run/cancel')
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async cancel(@Param() params: RunParams): Promise<void> {
    const { row } = await this.finder.run(params.name, params.run);
    if (row.ended_at) {
      throw new ServiceError(
        400,
        'WorkflowRunNotInProgress',
        `The run '${row.id}' is over already.`,
      );
    }
    await this.runs.cancel(row.id);
  }

  /**
   * A new run of the same version with the same trigger outputs; with `actionsToResubmit` it begins
   * at those actions and shares with the old run what stands before and beside them.
   */
  @Post('triggers/:trigger/histories/:run/resubmit')
  @RequiresRole('Isthmus.Publisher')
  async resubmit(
    @Param() params: RunParams & { readonly trigger: string },
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const { row } = await this.finder.run(params.name, params.run);
    if (row.trigger_name.toLowerCase() !== params.trigger.toLowerCase())
      throw historyNotFound(params.trigger, row.id);
    const names = actionsOf(await readJson(request));
    const events = await this.runs.journalOf(row.id);
    if (events.length === 0) throw noHistory(row.id);
    if (!isFinished(restore(events))) {
      throw new ServiceError(
        400,
        'WorkflowRunInProgress',
        `The run '${row.id}' is in progress and cannot be resubmitted.`,
      );
    }
    const workflow = await this.registry.version(row.workflow, row.version);
    const runId = newRunId(Date.now(), Math.random);
    const shared = resubmitted(workflow.plan, events, names, { runId, now: Date.now() });
    if (!shared) throw notResubmittable(names);
    this.runs.beginFrom(shared, { workflow, resubmittedFrom: row.id });
    await this.runs.barrier();
    response
      .status(202)
      .setHeader('x-ms-workflow-run-id', runId)
      .setHeader('Location', operationLocation(request, this.finder.urls.at(''), runId));
  }
}

function actionsOf(body: Readonly<Record<string, unknown>>): string[] {
  const given = body['actionsToResubmit'];
  if (given === undefined) return [];
  const names = Array.isArray(given)
    ? given.map((one) => (typeof one === 'string' ? one : (one as { name?: unknown } | null)?.name))
    : [undefined];
  if (names.every((name) => typeof name === 'string')) return names;
  throw new ServiceError(
    400,
    'InvalidRequestContent',
    `'actionsToResubmit' must be a list of { name }.`,
  );
}

function notResubmittable(names: readonly string[]): ServiceError {
  return new ServiceError(
    400,
    'WorkflowRunActionNotFound',
    `One of the actions '${names.join("', '")}' is not in the workflow.`,
  );
}

/** @param history the id that the trigger does not know */
export function historyNotFound(trigger: string, history: string): ServiceError {
  return new ServiceError(
    404,
    'WorkflowTriggerHistoryNotFound',
    `The trigger '${trigger}' has no history '${history}'.`,
  );
}

function noHistory(run: string): ServiceError {
  return new ServiceError(
    400,
    'WorkflowRunNotResubmittable',
    `Nothing is kept of the run '${run}' that it could be resubmitted from.`,
  );
}
