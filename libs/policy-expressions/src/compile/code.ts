import type { RuntimeState } from '../runtime/runtime-state.js';

/** One activation of a method, lambda or local function. */
export interface Frame {
  readonly slots: unknown[];
  readonly runtime: RuntimeState;
  /** What `return` left. */
  result: unknown;
  /** Where `goto` goes. */
  label: string;
}

/** The slots of a new frame. */
export function newSlots(count: number): unknown[] {
  const slots: unknown[] = [];
  for (let i = 0; i < count; i += 1) slots.push(undefined);
  return slots;
}

/** A compiled expression. */
export type Code = (frame: Frame) => unknown;

/** How a statement ended. */
export const completion = { next: 0, break: 1, continue: 2, return: 3, goto: 4 } as const;
export type Completion = (typeof completion)[keyof typeof completion];

/** A compiled statement. */
export type Action = (frame: Frame) => Completion;

/** Makes the code of a bound node; called once, after binding has ended. */
export type Emit = () => Code;
