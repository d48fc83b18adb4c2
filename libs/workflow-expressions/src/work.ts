import { countWork, setWorkMeter } from '@isthmus/dotnet';
import { WorkflowExpressionError } from './error.js';

/**
 * Steps that one template may take: some seconds. A step is about 50 nanoseconds: an item that is compared, a node
 * that is copied. What the language offers on a hundred thousand items (`sort`, `union`, `join`) stays far below.
 */
export const workOfTemplate = 50_000_000;

let done = 0;
let most = Infinity;

const meter = {
  step(count = 1): void {
    done += count;
    if (done > most)
      throw new WorkflowExpressionError(
        `The template language expression cannot be evaluated because it takes more than ${workOfTemplate} steps.`,
      );
  },
};

/**
 * Steps that all evaluations of this process have taken so far. What evaluates for each item of a list reads it
 * before and after, to give way in time.
 */
export function workDone(): number {
  return done;
}

/** Runs an evaluation on a budget of steps; one inside another is on the budget of the outer one. */
export function onBudget<A, T>(run: (argument: A) => T, argument: A): T {
  const former = setWorkMeter(meter);
  if (former === meter) return run(argument);
  most = done + workOfTemplate;
  try {
    return run(argument);
  } finally {
    most = Infinity;
    setWorkMeter(former);
  }
}

/** Counts a text that is read, searched or written character by character. */
export function countText(length: number): void {
  countWork(length >> 3);
}
