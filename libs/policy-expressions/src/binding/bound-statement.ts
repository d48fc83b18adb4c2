import type { Action, Frame } from '../compile/code.js';

export type Steps = (frame: Frame) => Generator<unknown, number>;

/** A bound statement. */
export interface BoundStatement {
  readonly start: number;
  /** Control may fall out at the end. */
  readonly endsReachable: boolean;
  readonly emit: () => Action;
  /** The statement as a generator, where it contains `yield`. */
  readonly emitSteps?: (() => Steps) | undefined;
}

/** A statement as a generator; one without `yield` runs at once. */
export function stepsOf(statement: BoundStatement): Steps {
  if (statement.emitSteps !== undefined) return statement.emitSteps();
  return oneStep(statement.emit());
}

/** An action as a generator that yields nothing. */
export function oneStep(run: Action): Steps {
  return function* (frame) {
    const ended = run(frame);
    yield* [];
    return ended;
  };
}
