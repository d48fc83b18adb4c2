import { randomUUID } from 'node:crypto';
import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import {
  decodeContent,
  encodeContent,
  fire,
  foldHeaders,
  newRunId,
  type PlannedTrigger,
  type ResponseMessage,
  type TriggerRequest,
} from '@isthmus/workflow-engine';
import { OpenRoute } from '@isthmus/entra';
import { currentCorrelation, ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { LiveRun } from '../runner/live-run.js';
import { RunService } from '../runner/run-service.js';
import { isGranted, triggerPermission, urlParameters } from './callback-url.js';
import { receiveCall } from './receive-call.js';
import { readBody } from './read-body.js';
import { runHeaders } from './run-headers.js';

/** Injection token of {@link TriggerSettings}. */
export const TRIGGER_SETTINGS = Symbol('isthmus.trigger-settings');

export interface TriggerSettings {
  /** Longest wait of a caller for a Response action, in milliseconds. */
  readonly responseTimeout: number;
  /** Largest trigger body in bytes. */
  readonly largestBody: number;
}

interface Started {
  readonly workflow: DeployedWorkflow;
  readonly runs: readonly LiveRun[];
  readonly waits: boolean;
}

/** The signed URLs of request triggers: `/api/{workflow}/triggers/{trigger}/invoke[/{relativePath}]`. */
@Controller('api')
export class RequestTriggerController {
  constructor(
    @Inject(WorkflowRegistry) private readonly registry: WorkflowRegistry,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(TRIGGER_SETTINGS) private readonly settings: TriggerSettings,
  ) {}

  @All(':workflow/triggers/:trigger/invoke{/*path}')
  @OpenRoute('the signature of the callback URL is the credential')
  async invoke(
    @Param() params: { workflow: string; trigger: string },
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    // 1. The workflow, its trigger, and whether the caller may call it.
    const { workflow, trigger } = await this.#find(params, request);
    // 2. What the call says.
    const call = await this.#read(request, trigger);
    // 3. The trigger refuses it, or fires: one run, or one for each item of splitOn.
    const received = receiveCall(workflow.plan, trigger, call);
    if (received.kind === 'refused') return send(response, received.response, {});
    const started = this.#start(workflow, trigger, call, received.outputs);
    // 4. Everything acknowledged is committed first.
    const [run] = started.runs;
    if (!run || !started.waits) {
      await this.runs.barrier();
      return send(response, { statusCode: 202, headers: {} }, run ? runHeaders(workflow, run) : {});
    }
    // 5. The caller waits for a Response action.
    const answer = await this.runs.answer(run, this.settings.responseTimeout);
    const headers = trigger.options.has('suppressworkflowheadersonresponse')
      ? {}
      : runHeaders(workflow, run);
    send(response, answer ?? timedOut(run), headers);
  }

  async #find(params: { workflow: string; trigger: string }, request: Request) {
    const found = await this.registry.current(params.workflow);
    const trigger = found?.workflow.plan.triggers.find(
      ({ name, type }) => type.receive && name.toLowerCase() === params.trigger.toLowerCase(),
    );
    if (!found || !trigger) {
      throw new ServiceError(
        404,
        'WorkflowNotFound',
        `The workflow '${params.workflow}' could not be found.`,
      );
    }
    const { row, workflow } = found;
    const query = new URL(request.originalUrl, 'http://localhost').searchParams;
    const keys = [row.primary_key, row.secondary_key];
    if (!isGranted(query, row.name, triggerPermission(trigger.name), { keys, now: Date.now() })) {
      throw new ServiceError(
        401,
        'DirectApiAuthorizationRequired',
        'The request must be authenticated only by Shared Access scheme.',
      );
    }
    if (row.state !== 'Enabled') {
      throw new ServiceError(
        404,
        'WorkflowTriggerIsNotEnabled',
        `The workflow '${row.name}' is disabled.`,
      );
    }
    return { workflow, trigger };
  }

  async #read(request: Request, trigger: PlannedTrigger): Promise<TriggerRequest> {
    const url = new URL(request.originalUrl, 'http://localhost');
    const bytes = await readBody(request, this.settings.largestBody);
    const content = decodeContent(bytes, request.headers['content-type']);
    if (!content.ok) {
      throw new ServiceError(
        400,
        'InvalidRequestContent',
        `The request content of trigger '${trigger.name}' is not valid and could not be deserialized: '${content.message}'.`,
      );
    }
    const queries = [...url.searchParams].filter(([name]) => !urlParameters.has(name));
    const [, relativePath] = /\/invoke(\/.*)?$/.exec(url.pathname) ?? [];
    return {
      method: request.method,
      headers: foldHeaders(request.rawHeaders),
      queries: Object.fromEntries(queries),
      ...(relativePath === undefined ? {} : { relativePath }),
      ...(content.value === undefined ? {} : { body: content.value }),
    };
  }

  #start(
    workflow: DeployedWorkflow,
    trigger: PlannedTrigger,
    call: TriggerRequest,
    outputs: Parameters<typeof fire>[2]['outputs'],
  ): Started {
    const { plan } = workflow;
    const now = Date.now();
    const firstId = newRunId(now, Math.random);
    const ambient = { now, random: Math.random, newGuid: randomUUID };
    const firing = fire(plan, trigger, { outputs, runId: firstId, headers: call.headers }, ambient);
    if (firing.kind === 'skipped') return { workflow, runs: [], waits: false };
    if (firing.kind === 'failed') throw new ServiceError(400, firing.code, firing.message);
    const correlation = currentCorrelation();
    const tracking = firing.clientTrackingId ?? correlation?.correlationId;
    const runs = firing.outputs.map((item, index) => {
      const id = index === 0 ? firstId : newRunId(now, Math.random);
      if (correlation) this.runs.traces.keep(id, correlation);
      return this.runs.begin({
        id,
        workflow,
        ...(tracking === undefined ? {} : { clientTrackingId: tracking }),
        trigger: {
          name: trigger.name,
          status: 'Succeeded',
          ...(item ? { outputs: item } : {}),
          startedAt: now,
          endedAt: Date.now(),
          trackingId: randomUUID(),
        },
      });
    });
    return { workflow, runs, waits: plan.responds && !firing.isSplit };
  }
}

function timedOut(run: LiveRun): ResponseMessage {
  return {
    statusCode: 504,
    headers: {},
    body: {
      error: {
        code: 'GatewayTimeout',
        message: `The workflow run '${run.id}' did not respond within the expected time.`,
      },
    },
  };
}

function send(
  response: Response,
  answer: ResponseMessage,
  headers: Readonly<Record<string, string>>,
): void {
  response.status(answer.statusCode);
  for (const [name, value] of Object.entries({ ...headers, ...answer.headers }))
    response.setHeader(name, value);
  if (answer.body === undefined || answer.body === null) {
    response.end();
    return;
  }
  const { bytes, contentType } = encodeContent(answer.body);
  if (contentType !== undefined && !response.hasHeader('content-type'))
    response.setHeader('content-type', contentType);
  response.end(bytes);
}
