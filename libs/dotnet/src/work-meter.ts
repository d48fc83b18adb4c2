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

/** A node that is copied: it takes memory beside time. */
export const COPIED_NODE = 4;
