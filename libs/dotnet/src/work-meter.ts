/** Takes counts of work; throws where there was too much. */
export interface WorkMeter {
  step(count?: number): void;
}

let current: WorkMeter | null = null;

/** Sets who counts the work on trees from here on, and gives who did. Whoever sets it puts the former back. */
export function setWorkMeter(meter: WorkMeter | null): WorkMeter | null {
  const former = current;
  current = meter;
  return former;
}

/** Counts work whose amount depends on trees that callers build: copies, texts, comparisons. */
export function countWork(count: number): void {
  current?.step(count);
}

/** Counts a text that is read or copied: much faster for each character than a node. */
export function countText(length: number): void {
  current?.step(1 + (length >> 9));
}

/** Steps that reading and rewriting the content of one message may take: about a quarter of a second. */
export const workOfContent = 5_000_000;

/** Content takes more work than one message may. */
export class WorkError extends Error {
  override readonly name = 'WorkError';
  constructor() {
    super('The content takes too much work.');
  }
}

/** Runs what works on content that strangers send, on a budget of steps. Throws WorkError. */
export function withinWork<T>(run: () => T, steps = workOfContent): T {
  let left = steps;
  const former = setWorkMeter({
    step(count = 1) {
      left -= count;
      if (left < 0) throw new WorkError();
    },
  });
  try {
    return run();
  } finally {
    setWorkMeter(former);
  }
}

/** A node that is copied: it takes memory beside time. */
export const COPIED_NODE = 4;
