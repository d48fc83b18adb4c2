import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  UseGuards,
} from '@nestjs/common';
import { tracedExpressions } from '@isthmus/workflow-engine';
import { RequiresRole } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { Request } from 'express';
import { logicPrefixes, type AddressParams } from './address.js';
import {
  actionView,
  recordsOf,
  repetitionView,
  requestHistoryViews,
  scopeRepetitionViews,
  type ViewContext,
} from './action-views.js';
import { actionOf, Finder, recordOf } from './find.js';
import { ManagementAccess } from './management-access.js';
import { sliceOf, type ListQuery } from './paging.js';

type RunParams = AddressParams & { readonly name: string; readonly run: string };
type ActionParams = RunParams & { readonly action: string; readonly repetition?: string };
type Entry = { readonly name: string; view(): object };

/** Actions of runs, their repetitions and calls, in the shapes of `Microsoft.Logic/workflows/runs/actions`. */
@Controller(logicPrefixes.map((prefix) => `${prefix}/:name/runs/:run/actions`))
@RequiresRole('Isthmus.Reader')
@UseGuards(ManagementAccess)
export class RunActionsController {
  constructor(@Inject(Finder) private readonly finder: Finder) {}

  @Get()
  async list(
    @Param() params: RunParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const context = await this.#context(params);
    const status = statusFilter(query['$filter']);
    const actions = [...context.history.plan.actions.values()]
      .flatMap((action) => {
        const [first] = recordsOf(context, action);
        return first && (status === undefined || first.status.toLowerCase() === status)
          ? [{ action, startedAt: first.startedAt }]
          : [];
      })
      .sort((one, two) => one.startedAt - two.startedAt);
    const { rows, next } = sliceOf(actions, query, { request, base: this.finder.urls.at('') });
    return { value: rows.map(({ action }) => actionView(context, action)), ...next };
  }

  @Get(':action')
  async get(@Param() params: ActionParams): Promise<object> {
    const context = await this.#context(params);
    return actionView(context, actionOf(context.history, params.action))!;
  }

  @Get(':action/repetitions')
  async repetitions(
    @Param() params: ActionParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const context = await this.#context(params);
    const action = actionOf(context.history, params.action);
    // An action in loops has nothing but repetitions.
    const records = action.loops.length > 0 ? recordsOf(context, action) : [];
    const { rows, next } = sliceOf(records, query, { request, base: this.finder.urls.at('') });
    return { value: rows.map((record) => repetitionView(context, action, record)), ...next };
  }

  @Get(':action/repetitions/:repetition')
  async repetition(@Param() params: ActionParams): Promise<object> {
    const context = await this.#context(params);
    const action = actionOf(context.history, params.action);
    return repetitionView(context, action, recordOf(context.history, action, params.repetition));
  }

  @Get(':action/scopeRepetitions')
  async scopeRepetitions(
    @Param() params: ActionParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    const context = await this.#context(params);
    const entries = scopeRepetitionViews(context, actionOf(context.history, params.action));
    return this.#page(entries, query, request);
  }

  @Get(':action/scopeRepetitions/:entry')
  async scopeRepetition(
    @Param() params: ActionParams & { readonly entry: string },
  ): Promise<object> {
    const context = await this.#context(params);
    const entries = scopeRepetitionViews(context, actionOf(context.history, params.action));
    return entryOf(entries, params.entry);
  }

  @Get([':action/requestHistories', ':action/repetitions/:repetition/requestHistories'])
  async requests(
    @Param() params: ActionParams,
    @Query() query: ListQuery,
    @Req() request: Request,
  ): Promise<object> {
    return this.#page(await this.#requests(params), query, request);
  }

  @Get([
    ':action/requestHistories/:entry',
    ':action/repetitions/:repetition/requestHistories/:entry',
  ])
  async request(@Param() params: ActionParams & { readonly entry: string }): Promise<object> {
    return entryOf(await this.#requests(params), params.entry);
  }

  @Post([':action/listExpressionTraces', ':action/repetitions/:repetition/listExpressionTraces'])
  @HttpCode(200)
  async traces(@Param() params: ActionParams): Promise<object> {
    const { history } = await this.#context(params);
    const action = actionOf(history, params.action);
    const { path } = recordOf(history, action, params.repetition);
    if (action.secure.inputs) return { inputs: [] };
    const events = await this.finder.histories.events(history.row.id);
    return { inputs: tracedExpressions(history.plan, events, path) ?? [] };
  }

  async #requests(params: ActionParams): Promise<Entry[]> {
    const context = await this.#context(params);
    const action = actionOf(context.history, params.action);
    const record = recordOf(context.history, action, params.repetition);
    return requestHistoryViews(context, action, record);
  }

  #page(entries: readonly Entry[], query: ListQuery, request: Request): object {
    const { rows, next } = sliceOf(entries, query, { request, base: this.finder.urls.at('') });
    return { value: rows.map((entry) => entry.view()), ...next };
  }

  #context(params: RunParams): Promise<ViewContext> {
    return this.finder.context(params, params.name, params.run);
  }
}

/** `$filter` of the list of actions: `status eq '…'`. @throws ServiceError 400 */
function statusFilter(filter: string | undefined): string | undefined {
  if (filter === undefined || filter.trim() === '') return undefined;
  const status = /^\s*status\s+eq\s+'(\w+)'\s*$/i.exec(filter)?.[1];
  if (status !== undefined) return status.toLowerCase();
  throw new ServiceError(
    400,
    'InvalidFilterInQueryString',
    `The condition '${filter}' of '$filter' is not supported.`,
  );
}

function entryOf(entries: readonly Entry[], name: string): object {
  const entry = entries.find((one) => one.name === name);
  if (entry) return entry.view();
  throw new ServiceError(404, 'ResourceNotFound', `There is no entry '${name}'.`);
}
