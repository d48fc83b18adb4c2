import { randomUUID } from 'node:crypto';
import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import {
  finalResponse,
  fireRequest,
  newRunId,
  workflowResponseHeaders,
  type FiredRequest,
  type PlannedTrigger,
  type ResponseMessage,
} from '@isthmus/workflow-engine';
import { OpenRoute } from '@isthmus/entra';
import { currentCorrelation, ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { answerOf } from '../runner/answers.js';
import { sendAnswer } from './send-answer.js';
import { readCall } from './read-call.js';
import type { Started } from './run-starter.js';
import { TriggerGate } from './trigger-gate.js';
import { CALL_LIMITS, TriggerHost, type CallLimits } from './trigger-host.js';

/** The signed URLs of request triggers: `/api/{workflow}/triggers/{trigger}/invoke[/{relativePath}]`. */
@Controller('api')
export class RequestTriggerController {
  constructor(
    @Inject(TriggerGate) private readonly gate: TriggerGate,
    @Inject(TriggerHost) private readonly host: TriggerHost,
    @Inject(CALL_LIMITS) private readonly limits: CallLimits,
  ) {}

  @All(':workflow/triggers/:trigger/invoke{/*path}')
  @OpenRoute('the signature of the callback URL is the credential')
  async invoke(
    @Param() params: { workflow: string; trigger: string },
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    // 1. The workflow, its trigger, and whether the caller may call it.
    const { workflow, trigger } = await this.gate.pass(params, request);
    // 2. What the call says; the trigger refuses it, or fires: one run, or one for each item of splitOn.
    const call = await readCall(request, `trigger '${trigger.name}'`, this.limits.largestBody);
    const id = newRunId(Date.now(), Math.random);
    const ambient = { now: Date.now(), random: Math.random, newGuid: randomUUID, runId: id };
    const fired = fireRequest(workflow.plan, trigger, call, ambient);
    if (fired.kind === 'refused') return sendAnswer(response, fired.response);
    if (fired.kind !== 'fired') return this.#notFired(response, { workflow, trigger, fired, id });
    // 3. The runs begin.
    const started = await this.host.starter.start({
      workflow,
      trigger,
      fired,
      id,
      correlation: currentCorrelation(),
      ...idempotencyKey(request),
    });
    if (started.refused > 0 && started.ids.length === 0) throw tooManyRuns(workflow.name);
    // 4. Everything acknowledged is committed first; whoever waits, waits for a Response action.
    const headers = started.state ? workflowResponseHeaders(workflow.plan, started.state) : {};
    const waits = workflow.plan.responds && !fired.isSplit && started.ids.length > 0;
    if (waits && !workflow.plan.respondsAsynchronously)
      return sendAnswer(response, await this.#answer(workflow, started), headers);
    await this.host.runs.barrier();
    const location = waits ? this.#location(workflow, started.ids[0]!) : {};
    sendAnswer(response, { statusCode: 202, headers: location }, headers);
  }

  async #answer(
    workflow: DeployedWorkflow,
    { live, ids, state }: Started,
  ): Promise<ResponseMessage> {
    const { responseTimeout } = this.limits;
    const expired = () => {
      const over = state && finalResponse(workflow.plan, { ...state, responseExpired: true });
      return over ?? { statusCode: 504, headers: {} };
    };
    if (live) {
      const answer = this.host.runs.answer(live, responseTimeout).catch(() => {
        throw handedOver(live.id);
      });
      return (await answer) ?? expired();
    }
    // The run waits for its turn, or another replica drives it.
    const signal = AbortSignal.timeout(responseTimeout);
    try {
      return (await answerOf(this.host.places, ids[0]!, signal)) ?? expired();
    } catch (error) {
      if (signal.aborted) return expired();
      throw error;
    }
  }

  #location(workflow: DeployedWorkflow, runId: string): Record<string, string> {
    const key = this.host.registry.keyOf(workflow.name);
    return { Location: this.host.urls.response({ name: workflow.name, key }, runId) };
  }

  /** The history of the trigger shows what did not lead to a run. */
  async #notFired(
    response: Response,
    attempt: {
      readonly workflow: DeployedWorkflow;
      readonly trigger: PlannedTrigger;
      readonly fired: Exclude<FiredRequest, { kind: 'refused' | 'fired' }>;
      readonly id: string;
    },
  ): Promise<void> {
    const { workflow, trigger, fired, id } = attempt;
    await this.host.keepAttempt({ workflow, trigger, id, outcome: fired });
    if (fired.kind === 'failed') throw new ServiceError(400, fired.code, fired.message);
    sendAnswer(response, { statusCode: 202, headers: {} });
  }
}

function idempotencyKey(request: Request): { idempotencyKey?: string } {
  const key = request.headers['idempotency-key'];
  if (key === undefined || Array.isArray(key) || key === '') return {};
  if (key.length > 200)
    throw new ServiceError(
      400,
      'InvalidIdempotencyKey',
      'An Idempotency-Key has at most 200 characters.',
    );
  return { idempotencyKey: key };
}

/** This replica stops or has lost its lease; the run was accepted and another one goes on with it. */
function handedOver(run: string): ServiceError {
  return new ServiceError(
    503,
    'WorkflowRunHandedOver',
    `The run '${run}' goes on, but its answer cannot be given on this connection.`,
  );
}

function tooManyRuns(workflow: string): ServiceError {
  return new ServiceError(
    429,
    'WorkflowRunsLimitExceeded',
    `The workflow '${workflow}' has as many waiting runs as its trigger allows.`,
  );
}
