import { randomUUID } from 'node:crypto';
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
import { fireRequest, newRunId } from '@isthmus/workflow-engine';
import { RequiresRole } from '@isthmus/entra';
import { currentCorrelation, ServiceError } from '@isthmus/host';
import { writeJson } from '@isthmus/workflow-expressions';
import type { Request, Response } from 'express';
import type { RunListRow } from '../store/runs.store.js';
import { RunsStore } from '../store/runs.store.js';
import { TriggersStore, type TriggerAttempt } from '../store/triggers.store.js';
import { readCall } from '../triggers/read-call.js';
import { sendAnswer } from '../triggers/send-answer.js';
import { CALL_LIMITS, TriggerHost, type CallLimits } from '../triggers/trigger-host.js';
import { logicPrefixes, type AddressParams } from './address.js';
import { callbackUrlView, requestOf } from './callback-url-view.js';
import { Finder } from './find.js';
import { ManagementAccess } from './management-access.js';
import { operationLocation } from './operation-location.js';
import { pageOf, skipOf, topOf, type ListQuery } from './paging.js';
import { readJson } from './read-text.js';
import { readFilter } from './run-filter.js';
import { historyNotFound } from './runs.controller.js';
import { attemptView, firedView, triggerView } from './workflow-views.js';

type Params = AddressParams & { readonly name: string };
type TriggerParams = Params & { readonly trigger: string };

/** Triggers and their histories in the shapes of `Microsoft.Logic/workflows/triggers`. */
@Controller(logicPrefixes.map((prefix) => `${prefix}/:name`))
@UseGuards(ManagementAccess)
export class TriggersController {
  constructor(
    @Inject(Finder) private readonly finder: Finder,
    @Inject(TriggersStore) private readonly store: TriggersStore,
    @Inject(RunsStore) private readonly runs: RunsStore,
    @Inject(TriggerHost) private readonly host: TriggerHost,
    @Inject(CALL_LIMITS) private readonly limits: CallLimits,
  ) {}

  @Get('triggers')
  @RequiresRole('Isthmus.Reader')
  async list(@Param() params: Params): Promise<object> {
    const { row, workflow } = await this.finder.deployed(params.name);
    const tasks = await this.store.list(row.name);
    const value = workflow.plan.triggers.map((trigger) =>
      triggerView(params, { row, trigger, task: tasks.find(({ name }) => name === trigger.name) }),
    );
    return { value };
  }

  @Get('triggers/:trigger')
  @RequiresRole('Isthmus.Reader')
  async get(@Param() params: TriggerParams): Promise<object> {
    const { row, trigger } = await this.finder.trigger(params.name, params.trigger);
    const tasks = await this.store.list(row.name);
    const task = tasks.find(({ name }) => name === trigger.name);
    return triggerView(params, { row, trigger, task });
  }

  @Get('triggers/:trigger/schemas/json')
  @RequiresRole('Isthmus.Reader')
  async schema(@Param() params: TriggerParams): Promise<object> {
    const { trigger } = await this.finder.trigger(params.name, params.trigger);
    return { title: trigger.name, content: writeJson(requestOf(trigger).schema ?? {}) };
  }

  /** The signed URL; `keyType` chooses the key and `notAfter` the end of validity. */
  @Post([
    'triggers/:trigger/listCallbackUrl',
    'versions/:version/triggers/:trigger/listCallbackUrl',
  ])
  @HttpCode(200)
  @RequiresRole('Isthmus.Publisher')
  async callbackUrl(
    @Param() params: TriggerParams & { readonly version?: string },
    @Req() request: Request,
  ): Promise<object> {
    const { name, version } = params;
    const { row, trigger } = await this.finder.trigger(name, params.trigger, version);
    return callbackUrlView(this.finder.urls, { row, trigger, params }, await readJson(request));
  }

  /** Fires a trigger now: with the body for those that are called, a poll for those that poll. */
  @Post('triggers/:trigger/run')
  @RequiresRole('Isthmus.Publisher')
  async run(
    @Param() params: TriggerParams,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { row, workflow, trigger } = await this.finder.trigger(params.name, params.trigger);
    if (row.state !== 'Enabled') throw notEnabled(row.name);
    if (trigger.type.poll) {
      await this.store.poke(row.name, trigger.name);
      return sendAnswer(response, { statusCode: 202, headers: {} });
    }
    const call = await readCall(request, `trigger '${trigger.name}'`, this.limits.largestBody);
    const { authorization: _, Authorization: __, ...headers } = call.headers;
    const isEmpty = trigger.type.receive === undefined && call.body === undefined;
    const fired = fireRequest(
      workflow.plan,
      trigger,
      isEmpty ? { method: 'POST', headers: {}, queries: {} } : { ...call, headers, queries: {} },
      {
        now: Date.now(),
        random: Math.random,
        newGuid: randomUUID,
        runId: newRunId(Date.now(), Math.random),
      },
    );
    if (fired.kind === 'refused') return sendAnswer(response, fired.response);
    if (fired.kind === 'failed') throw new ServiceError(400, fired.code, fired.message);
    if (fired.kind === 'skipped') return sendAnswer(response, { statusCode: 202, headers: {} });
    const id = newRunId(Date.now(), Math.random);
    const correlation = currentCorrelation();
    const started = await this.host.starter.start({ workflow, trigger, fired, id, correlation });
    await this.host.runs.barrier();
    const [runId] = started.ids;
    const named: Record<string, string> =
      runId === undefined
        ? {}
        : {
            'x-ms-workflow-run-id': runId,
            Location: operationLocation(request, this.finder.urls.at(''), runId),
          };
    sendAnswer(response, { statusCode: 202, headers: named });
  }

  /** Attempts of the trigger, the newest first: those that led to runs and those that did not. */
  @Get('triggers/:trigger/histories')
  @RequiresRole('Isthmus.Reader')
  async histories(
    @Param() params: TriggerParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const { row, trigger } = await this.finder.trigger(params.name, params.trigger);
    const top = topOf(query);
    const after = skipOf(query);
    const { statuses, ...others } = readFilter(query['$filter']);
    const page = { trigger: trigger.name, top: top + 1, ...(after !== undefined && { after }) };
    const secured = others.text === undefined ? [] : await this.finder.secured(row.name);
    const { started, ...ofRuns } = others;
    const asksForRuns = Object.keys(ofRuns).length > 0;
    const attempted = { ...(statuses && { statuses }), ...(started && { started }) };
    const fired = !statuses || statuses.includes('Succeeded');
    const [runs, attempts] = await Promise.all([
      fired ? this.runs.list({ workflow: row.name, ...page, ...others, secured }) : [],
      // Attempts that led to no run have nothing else that could be looked for.
      asksForRuns ? [] : this.store.attempts({ workflow: row.name, ...page, ...attempted }),
    ]);
    const links = await this.finder.triggerLinks(runs, 'histories');
    const entries = [
      ...runs.map((run) => ofRun(run, links.get(run.id))),
      ...attempts.map(ofAttempt),
    ].sort((one, two) => (one.id < two.id ? -1 : 1));
    const shown = pageOf(entries, { top, request, base: this.finder.urls.at('') }, ({ id }) => id);
    return { value: shown.rows.map((entry) => entry.view(params)), ...shown.next };
  }

  @Get('triggers/:trigger/histories/:history')
  @RequiresRole('Isthmus.Reader')
  async history(@Param() params: TriggerParams & { readonly history: string }): Promise<object> {
    const { row, trigger } = await this.finder.trigger(params.name, params.trigger);
    const run = await this.runs.run(params.history);
    if (run?.workflow === row.name && run.trigger_name === trigger.name) {
      const links = await this.finder.triggerLinks([run], 'histories');
      return firedView(params, run, links.get(run.id));
    }
    const attempt = await this.store.attempt(row.name, trigger.name, params.history);
    if (attempt) return attemptView(params, attempt);
    throw historyNotFound(trigger.name, params.history);
  }
}

interface Entry {
  readonly id: string;
  view(params: AddressParams): object;
}

function ofRun(run: RunListRow, links: object | undefined): Entry {
  return { id: run.id, view: (params) => firedView(params, run, links) };
}

function ofAttempt(attempt: TriggerAttempt): Entry {
  return { id: attempt.id, view: (params) => attemptView(params, attempt) };
}

function notEnabled(workflow: string): ServiceError {
  return new ServiceError(
    400,
    'WorkflowTriggerIsNotEnabled',
    `The workflow '${workflow}' is disabled.`,
  );
}
