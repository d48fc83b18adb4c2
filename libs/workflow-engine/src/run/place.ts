import type { Plan, PlannedAction } from '../plan/plan.js';
import { passPrefix, splitPath } from './path.js';

/** One pass of a loop in which something runs. */
export interface Pass {
  readonly loop: PlannedAction;
  /** Path of the loop. */
  readonly path: string;
  readonly index: number;
}

/** Where in a run a block of actions stands: inside which passes. */
export interface Place {
  /** What stands before the names of the actions there. */
  readonly prefix: string;
  /** Outermost first. */
  readonly passes: readonly Pass[];
}

export const rootPlace: Place = { prefix: '', passes: [] };

/** Inside of one pass of a loop that stands at `place`. */
export function insidePass(place: Place, loop: PlannedAction, index: number): Place {
  const path = place.prefix + loop.key;
  return { prefix: passPrefix(path, index), passes: [...place.passes, { loop, path, index }] };
}

/** The action that a path names and the place where it stands; undefined when the plan has no such action. */
export function locatePath(
  plan: Plan,
  path: string,
): { action: PlannedAction; place: Place } | undefined {
  const top = plan.actions.get(path.toLowerCase());
  // Most actions stand in no loop, and their names need no escaping.
  if (top && top.loops.length === 0 && top.key === path) return { action: top, place: rootPlace };
  const { name, indexes } = splitPath(path);
  const action = plan.actions.get(name.toLowerCase());
  if (!action) return undefined;
  let place = rootPlace;
  for (const [level, index] of indexes.entries()) {
    const loop = action.loops[level];
    if (!loop) return undefined;
    place = insidePass(place, loop, index);
  }
  return { action, place };
}

/**
 * How an action is seen from a place: the prefix of its path as far as both stand in the same passes, and the loops
 * around the action that do not surround the place, outermost first.
 */
export function seenFrom(
  place: Place,
  action: PlannedAction,
): { prefix: string; loops: readonly PlannedAction[] } {
  let level = 0;
  while (level < place.passes.length && place.passes[level]?.loop === action.loops[level]) level++;
  const last = place.passes[level - 1];
  return {
    prefix: last ? passPrefix(last.path, last.index) : '',
    loops: action.loops.slice(level),
  };
}
