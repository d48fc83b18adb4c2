import type { PolicyContext } from './context.js';
import { PolicyError, type Place } from './policy-error.js';
import { toPolicyError } from './to-policy-error.js';
import { isThenable, type Outcome, type Step, type StepResult } from './step.js';

/** Steps in order, each with its place for errors. Two flat arrays, made once. */
export interface Block {
  readonly steps: readonly Step[];
  readonly places: readonly Place[];
}

/** Runs the steps. Nothing is awaited unless a step really waits. A failure leaves as PolicyError with its place. */
export function runBlock(block: Block, context: PolicyContext): StepResult {
  const { steps } = block;
  const traced = context.recorder !== null;
  let at = 0;
  try {
    for (; at < steps.length; at++) {
      if (traced) context.place = block.places[at]!;
      const result = steps[at]!(context);
      if (result !== undefined)
        return isThenable(result) ? resume(block, context, at, result) : result;
    }
  } catch (error) {
    throw placed(error, block.places[at]!);
  }
  return undefined;
}

async function resume(
  block: Block,
  context: PolicyContext,
  start: number,
  waiting: Promise<void | Outcome>,
): Promise<void | Outcome> {
  const { steps } = block;
  let at = start;
  try {
    let outcome = await waiting;
    while (outcome === undefined && ++at < steps.length) {
      if (context.recorder) context.place = block.places[at]!;
      const result = steps[at]!(context);
      outcome = isThenable(result) ? await result : result;
    }
    return outcome;
  } catch (error) {
    throw placed(error, block.places[at]!);
  }
}

function placed(error: unknown, place: Place): PolicyError {
  const policyError = toPolicyError(error);
  policyError.place ??= place;
  return policyError;
}
