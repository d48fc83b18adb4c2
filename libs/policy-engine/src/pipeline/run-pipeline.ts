import { Response } from '../model/message.js';
import { runBlock, type Block } from './block.js';
import type { CompiledOperation } from './compiled-operation.js';
import type { PolicyContext } from './context.js';
import { defaultErrorBody } from './default-error-body.js';
import type { PolicyError } from './policy-error.js';
import type { Section } from './scope.js';
import { isThenable, type StepResult } from './step.js';
import { toPolicyError } from './to-policy-error.js';

/** A built-in step of the gateway that failed: where the pipeline is when on-error begins. */
export interface BuiltInFailure {
  /** `inbound`: no policy has run (subscription key). `backend`: inbound has run (operation not found). */
  readonly before: 'inbound' | 'backend';
  readonly error: PolicyError;
}

/**
 * Runs inbound, backend and outbound; any failure enters on-error once. Afterwards `context.response` is what
 * goes to the caller. Returns a promise only when a step waits. Never throws and never rejects.
 */
export function runPipeline(
  operation: CompiledOperation,
  context: PolicyContext,
  failure?: BuiltInFailure,
): void | PromiseLike<void> {
  try {
    const result = runFrom(operation, context, 0, failure);
    if (isThenable(result)) {
      return result.then(
        () => finish(context),
        (error: unknown) => finishFailed(operation, context, error),
      );
    }
  } catch (error) {
    return finishFailed(operation, context, error);
  }
  return finish(context);
}

function finishFailed(
  operation: CompiledOperation,
  context: PolicyContext,
  error: unknown,
): void | PromiseLike<void> {
  const failing = fail(operation, context, error);
  return failing ? failing.then(() => finish(context)) : finish(context);
}

const order: readonly Section[] = ['inbound', 'backend', 'outbound'];

function runFrom(
  operation: CompiledOperation,
  context: PolicyContext,
  start: number,
  failure?: BuiltInFailure,
): StepResult {
  for (let at = start; at < order.length; at++) {
    const section = order[at]!;
    if (failure?.before === section) {
      context.section = section;
      if (section === 'inbound') operation.preflight[0]?.mark(context);
      throw failure.error;
    }
    if (section === 'outbound') {
      context.ensureResponse();
      const works = context.takeOnResponse();
      if (works) return runAll(works, context).then(() => runFrom(operation, context, at, failure));
    }
    context.section = section;
    const result = runBlock(blockOf(operation, section), context);
    if (result === undefined) continue;
    if (!isThenable(result)) return result;
    return result.then((outcome) => outcome ?? runFrom(operation, context, at + 1, failure));
  }
  return undefined;
}

function blockOf(operation: CompiledOperation, section: Section): Block {
  return section === 'on-error' ? operation.onError : operation[section];
}

function fail(
  operation: CompiledOperation,
  context: PolicyContext,
  thrown: unknown,
): void | PromiseLike<void> {
  const error = toPolicyError(thrown);
  enterOnError(context, error);
  const giveUp = (again: unknown): void => {
    const second = toPolicyError(again);
    context.ports.log.warn('on-error failed', {
      requestId: context.requestId,
      message: second.message,
    });
    enterOnError(context, second);
    writeDefaultBody(context, second);
  };
  try {
    const result = runBlock(operation.onError, context);
    if (isThenable(result)) {
      return result.then((outcome) => {
        if (outcome === undefined) writeDefaultBody(context, error);
      }, giveUp);
    }
    if (result === undefined) writeDefaultBody(context, error);
  } catch (again) {
    giveUp(again);
  }
}

/** Fills LastError and makes the pending response of an error. */
function enterOnError(context: PolicyContext, error: PolicyError): void {
  setLastError(context, error);
  context.section = 'on-error';
  if (error.answer.keepResponse && context.response) return;
  const response = new Response(error.answer.statusCode, error.answer.statusReason);
  for (const [name, values] of error.answer.headers ?? []) response.headers.set(name, values);
  context.setResponse(response);
}

/** Also used by policies whose failure attributes may read LastError (apim-observed 5.2). */
export function setLastError(context: PolicyContext, error: PolicyError): void {
  const { place } = error;
  context.lastError = {
    source: error.source ?? place?.source ?? '',
    reason: error.reason,
    message: error.message,
    scope: place?.scope ?? '',
    section: place?.section ?? context.section,
    path: place?.path ?? '',
    policyId: place?.policyId ?? '',
    httpErrorCode: error.answer.statusCode,
  };
  context.record(context.lastError.source, {
    error: { reason: error.reason, message: error.message },
  });
}

/** The default body of an error, byte for byte as on the service (apim-semantics 3.2), unless on-error set one. */
function writeDefaultBody(context: PolicyContext, error: PolicyError): void {
  const response = context.response!;
  if (response.body || error.answer.keepResponse) return;
  response.body = defaultErrorBody(error, context.requestId);
  if (!response.headers.has('Content-Type'))
    response.headers.set('Content-Type', 'application/json');
}

function finish(context: PolicyContext): void | Promise<void> {
  context.ensureResponse();
  const early = context.takeOnResponse();
  const works = context.waiting('beforeResponse');
  if (early) return runAll(works ? [...early, ...works] : early, context);
  if (works) return runAll(works, context);
}

async function runAll(
  works: readonly (() => void | Promise<void>)[],
  context: PolicyContext,
): Promise<void> {
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      context.ports.log.warn('work at the end of the request failed', {
        requestId: context.requestId,
        message: String(error),
      });
    }
  }
}

/** What waits for the response to have been sent: metrics, cache writes. Failures are logged. */
export function finishPipeline(context: PolicyContext): void | Promise<void> {
  const works = context.waiting('afterwards');
  if (works) return runAll(works, context);
}
