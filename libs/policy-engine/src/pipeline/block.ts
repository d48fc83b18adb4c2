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
  return runFrom(block, context, 0);
}

function runFrom(block: Block, context: PolicyContext, start: number): StepResult {
  const { steps } = block;
  const traced = context.recorder !== null;
  let at = start;
  try {
    for (; at < steps.length; at++) {
      const recorded = traced ? beginTraced(context, block.places[at]!) : 0;
      const result = steps[at]!(context);
      if (isThenable(result)) return goOnAfter(result, block, context, { at, recorded });
      if (traced) endTraced(context, block.places[at]!, recorded);
      if (result !== undefined) return result;
    }
  } catch (error) {
    throw placed(error, block.places[at]!);
  }
  return undefined;
}

/** The steps behind one that waits. */
function goOnAfter(
  waiting: PromiseLike<void | Outcome>,
  block: Block,
  context: PolicyContext,
  { at, recorded }: { readonly at: number; readonly recorded: number },
): PromiseLike<void | Outcome> {
  return waiting.then(
    (outcome) => {
      if (context.recorder) endTraced(context, block.places[at]!, recorded);
      return outcome ?? runFrom(block, context, at + 1);
    },
    (error: unknown) => {
      throw placed(error, block.places[at]!);
    },
  );
}

/** Entries of the section before a step. */
function beginTraced(context: PolicyContext, place: Place): number {
  context.place = place;
  return context.recorder!.entries[context.section].length;
}

/** A step that told nothing of itself, nor by the steps in it, is told too: a trace shows every step. */
function endTraced(context: PolicyContext, place: Place, recorded: number): void {
  const entries = context.recorder!.entries[context.section].slice(recorded);
  const isTold = entries.some(
    ({ path, data }) =>
      path !== undefined &&
      (path.startsWith(`${place.path}/`) || (path === place.path && !isEvaluation(data))),
  );
  if (isTold) return;
  context.place = place;
  context.record(place.source, {});
}

/** What an expression of a step came to says nothing of what the step did. */
function isEvaluation(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'expression' in data;
}

function placed(error: unknown, place: Place): PolicyError {
  const policyError = toPolicyError(error, place.section);
  policyError.place ??= place;
  return policyError;
}
