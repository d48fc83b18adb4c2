import { All, Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { isFinal, locatePath, restore } from '@isthmus/workflow-engine';
import { writeJson } from '@isthmus/workflow-expressions';
import { OpenRoute } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import { actionPermission } from './callback-url.js';
import { responsePermission } from './callback-urls.js';
import { assertGranted, workflowNotFound } from './grant.js';
import { readCall } from './read-call.js';
import { sendAnswer } from './send-answer.js';
import { CALL_LIMITS, TriggerHost, type CallLimits } from './trigger-host.js';

/** Seconds after which the caller of an asynchronous Response asks again. */
const pollSeconds = '1';

/** What the other side of a run calls: callbacks of webhook actions, and the polled answer. */
@Controller('api/:workflow/runs/:run')
export class CallbackController {
  constructor(
    @Inject(TriggerHost) private readonly host: TriggerHost,
    @Inject(CALL_LIMITS) private readonly limits: CallLimits,
  ) {}

  /** The first callback completes the action; it is kept even when the action does not wait yet. */
  @All('actions/:path/callback')
  @OpenRoute('the signature of the callback URL is the credential')
  async callback(
    @Param() params: { workflow: string; run: string; path: string },
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { run, path } = params;
    await this.#assertGranted(params.workflow, request, actionPermission(run, path));
    await this.#assertWaiting(params);
    const call = await readCall(request, `action '${path}'`, this.limits.largestBody);
    const { headers, queries, body } = call;
    const signal = { headers, queries, ...(body !== undefined && { body }) };
    // Committed here, before anybody is told.
    if (!(await this.host.store.acceptSignal(run, path, writeJson(signal)))) throw usedUp(path);
    await this.host.runs.attend(run);
    sendAnswer(response, { statusCode: 200, headers: {} });
  }

  @Get('response')
  @OpenRoute('the signature of the URL is the credential')
  async response(
    @Param() params: { workflow: string; run: string },
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { run } = params;
    await this.#assertGranted(params.workflow, request, responsePermission(run));
    const row = await this.host.store.run(run);
    const live = this.host.runs.find(run);
    if (!row && !live) throw runNotFound(run);
    const state = live?.state ?? restore(await this.host.runs.journalOf(run));
    if (state.response) return sendAnswer(response, state.response);
    if (state.endedAt !== undefined) {
      throw new ServiceError(
        502,
        'NoResponse',
        `The server did not receive a response from an upstream server. Request tracking id '${run}'.`,
      );
    }
    const location = new URL(request.originalUrl, this.host.urls.at('')).href;
    const headers = { Location: location, 'Retry-After': pollSeconds };
    sendAnswer(response, { statusCode: 202, headers });
  }

  async #assertGranted(workflow: string, request: Request, permission: string): Promise<void> {
    const found = await this.host.registry.current(workflow);
    if (!found) throw workflowNotFound(workflow);
    assertGranted(request, found.row, permission);
  }

  async #assertWaiting({ run, path }: { run: string; path: string }): Promise<void> {
    const row = await this.host.store.run(run);
    if (!row) throw runNotFound(run);
    const { plan } = await this.host.registry.version(row.workflow, row.version);
    if (!locatePath(plan, path)?.action.type.callback) throw usedUp(path);
    if (row.ended_at) throw usedUp(path);
    const live = this.host.runs.find(run);
    const record = live?.state.actions.get(path);
    if (record && isFinal(record.status)) throw usedUp(path);
  }
}

/** A callback that comes again, or too late. */
function usedUp(path: string): ServiceError {
  return new ServiceError(
    409,
    'WorkflowRunActionCallbackNotExpected',
    `The action '${path}' does not wait for a callback, or has had it.`,
  );
}

function runNotFound(run: string): ServiceError {
  return new ServiceError(
    404,
    'WorkflowRunNotFound',
    `The workflow run '${run}' could not be found.`,
  );
}
