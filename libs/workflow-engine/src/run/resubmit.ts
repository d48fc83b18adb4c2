import type { Plan, PlannedAction, PlannedBranch } from '../plan/plan.js';
import type { RunEvent, RunStarted } from './events.js';
import { splitPath } from './path.js';

/** A new run that repeats an old one. */
export interface Resubmission {
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The events with which a run begins that repeats a finished one from some of its actions on: all that happened
 * before and beside them is taken over, they and everything after them runs again. An action in a loop makes the
 * whole loop run again. Parallel paths may be repeated together.
 * @param events of the old run, of the same version of the workflow
 * @param from names of actions; none: the run is repeated from its trigger
 * @returns undefined when one of the names is no action of the workflow
 */
export function resubmitted(
  plan: Plan,
  events: readonly RunEvent[],
  from: readonly string[],
  run: Resubmission,
): RunEvent[] | undefined {
  const [started] = events;
  const actions = from.map((name) => plan.actions.get(name.toLowerCase()));
  if (started?.type !== 'runStarted' || actions.includes(undefined)) return undefined;
  const first = beginning(started, run);
  if (actions.length === 0) return [first];
  const { again, reopened } = affected(plan, actions as PlannedAction[]);
  const kept = events.filter((event) => 'path' in event && isKept(plan, event, again, reopened));
  return [first, ...kept.filter((event) => event.type !== 'effectRequested')];
}

function beginning(started: RunEvent & RunStarted, run: Resubmission): RunEvent {
  return {
    ...started,
    at: run.now,
    runId: run.runId,
    trigger: { ...started.trigger, startedAt: run.now, endedAt: run.now },
  };
}

/** The actions that run again, and the containers around them that are not over yet. */
function affected(
  plan: Plan,
  from: readonly PlannedAction[],
): { again: Set<PlannedAction>; reopened: Set<PlannedAction> } {
  const again = new Set<PlannedAction>();
  const reopened = new Set<PlannedAction>();
  const blocks = [plan.root, ...[...plan.actions.values()].flatMap((action) => action.branches)];
  const repeat = (action: PlannedAction): void => {
    if (again.has(action)) return;
    again.add(action);
    for (const branch of action.branches) for (const child of branch.actions) repeat(child);
    followers(action, blocks).forEach(repeat);
    for (let parent = action.parent; parent; parent = parent.parent) {
      reopened.add(parent);
      followers(parent, blocks).forEach(repeat);
    }
  };
  // A pass cannot be repeated alone: the loop is what runs again.
  for (const action of from) repeat(action.loops[0] ?? action);
  return { again, reopened };
}

function followers(action: PlannedAction, blocks: readonly PlannedBranch[]): PlannedAction[] {
  return blocks.flatMap((block) =>
    block.actions.filter((one) => one.runAfter.some((after) => after.action === action)),
  );
}

function isKept(
  plan: Plan,
  event: RunEvent & { path: string },
  again: Set<PlannedAction>,
  reopened: Set<PlannedAction>,
): boolean {
  const action = plan.actions.get(splitPath(event.path).name.toLowerCase());
  if (!action || again.has(action)) return false;
  return !(reopened.has(action) && event.type === 'actionFinished');
}
