import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  finalResponse,
  fireRequest,
  newRunId,
  workflowResponseHeaders,
  type FiredRequest,
  type PlannedTrigger,
  type ResponseMessage,
  type TriggerRequest,
} from '@isthmus/workflow-engine';
import { ServiceError, trackingHeader, type Correlation } from '@isthmus/host';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { answerOf } from '../runner/answers.js';
import { newGuid } from '../runner/guids.js';
import { sendAnswer } from './send-answer.js';
import { fetched } from './notification-fetch.js';
import { callOf, readBody } from './read-call.js';
import type { Started } from './run-starter.js';
import type { TriggerAddress } from './trigger-address.js';
import type { TriggerGate } from './trigger-gate.js';
import type { CallLimits, TriggerHost } from './trigger-host.js';

/** One call of a request trigger. */
export interface TriggerCall {
  readonly address: TriggerAddress;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly correlation: Correlation;
  /** Called when the gate has let the call pass. */
  readonly passed: () => void;
}

/** A call that its trigger has taken. */
interface TakenCall {
  readonly workflow: DeployedWorkflow;
  readonly trigger: PlannedTrigger;
  readonly message: TriggerRequest;
  /** Of the run to come. */
  readonly id: string;
}

/** Calls of request triggers: from the gate to the answer of the run. */
export class RequestTriggers {
  constructor(
    private readonly gate: TriggerGate,
    private readonly host: TriggerHost,
    private readonly limits: CallLimits,
  ) {}

  /** @throws ServiceError for everything that leads to no run */
  async invoke(call: TriggerCall): Promise<void> {
    const { address, request, response, correlation } = call;
    // 1. The workflow, its trigger, and whether the caller may call it.
    const passing = this.gate.pass(address, request, response);
    const { workflow, trigger } = passing instanceof Promise ? await passing : passing;
    call.passed();
    // 2. What the call says; the trigger refuses it, or fires: one run, or one for each item of splitOn.
    const what = `trigger '${trigger.name}'`;
    const body = await readBody(request, this.limits.largestBody);
    const message = callOf(request, body, { what, url: address });
    const id = newRunId(Date.now(), Math.random);
    const usual = { [trackingHeader]: correlation.correlationId };
    const notified = { workflow, trigger, message, id };
    const taken = trigger.type.fetch ? await this.#fetched(notified) : notified;
    if (!taken) return sendAnswer(response, { statusCode: 202, headers: {} }, usual);
    const fired = noItems(fire(taken));
    if (fired.kind === 'refused') return sendAnswer(response, fired.response, usual);
    if (fired.kind !== 'fired') {
      await this.#keepAttempt(taken, fired);
      return sendAnswer(response, { statusCode: 202, headers: {} }, usual);
    }
    // 3. The runs begin.
    const key = idempotencyKey(request);
    const started = this.host.starter.start({
      ...{ workflow, trigger, fired, id, correlation },
      ...(key !== undefined && { idempotencyKey: key }),
    });
    const begun = started instanceof Promise ? await started : started;
    if (fired.unmet) await this.#keepSkipped(taken, fired.unmet);
    if (begun.refused > 0 && begun.ids.length === 0) throw tooManyRuns(workflow.name);
    // 4. Everything acknowledged is committed first; whoever waits, waits for a Response action.
    const named = begun.state && workflowResponseHeaders(workflow.plan, begun.state);
    const headers = named && trackingHeader in named ? named : { ...usual, ...named };
    const waits = workflow.plan.responds && !fired.isSplit && begun.ids.length > 0;
    if (waits && !workflow.plan.respondsAsynchronously)
      return sendAnswer(response, await this.#answer(workflow, begun), headers);
    await this.host.runs.barrier();
    const location = waits ? this.#location(workflow, begun.ids[0]!) : {};
    sendAnswer(response, { statusCode: 202, headers: location }, headers);
  }

  /** Items of `splitOn` that led to no run, beside others that did. */
  async #keepSkipped({ workflow, trigger }: TakenCall, unmet: readonly string[]): Promise<void> {
    const [condition = ''] = unmet;
    const outcome = { kind: 'skipped', condition, unmet } as const;
    const id = newRunId(Date.now(), Math.random);
    await this.host.keepAttempt({ workflow, trigger, id, outcome });
  }

  /** A notification that has nothing new is kept as skipped. */
  async #fetched(call: TakenCall): Promise<TakenCall | undefined> {
    const message = await fetched(this.host, call);
    if (message) return { ...call, message };
    await this.host.keepAttempt({ ...call, outcome: { kind: 'skipped', condition: 'fetch' } });
    return undefined;
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
      try {
        return (await this.host.runs.answer(live, responseTimeout)) ?? expired();
      } catch {
        throw handedOver(live.id);
      }
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

  /** The history of the trigger shows what did not lead to a run. @throws ServiceError 400 when it failed */
  async #keepAttempt(
    { workflow, trigger, id }: TakenCall,
    outcome: Exclude<FiredRequest, { kind: 'refused' | 'fired' }>,
  ): Promise<void> {
    await this.host.keepAttempt({ workflow, trigger, id, outcome });
    if (outcome.kind === 'failed') throw new ServiceError(400, outcome.code, outcome.message);
  }
}

function fire({ workflow, trigger, message, id }: TakenCall): FiredRequest {
  const ambient = { now: Date.now(), random: Math.random, newGuid, runId: id };
  return fireRequest(workflow.plan, trigger, message, ambient);
}

/** A `splitOn` that gave no items did not fire: the history shows it. */
function noItems(fired: FiredRequest): FiredRequest {
  const isEmpty = fired.kind === 'fired' && fired.runs.length === 0;
  return isEmpty ? { kind: 'skipped', condition: 'splitOn' } : fired;
}

function idempotencyKey(request: IncomingMessage): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || Array.isArray(key) || key === '') return undefined;
  if (key.length <= 200) return key;
  throw new ServiceError(
    400,
    'InvalidIdempotencyKey',
    'An Idempotency-Key has at most 200 characters.',
  );
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
