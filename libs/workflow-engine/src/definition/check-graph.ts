import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  textOf,
} from '@isthmus/workflow-expressions';
import { allActions, earlierOf, type ActionNode, type Branch } from './action-tree.js';
import { invalidTemplate } from './check-shape.js';
import type { DefinitionLimits } from './definition-limits.js';
import type { Report } from './problem.js';

/** Statuses that `runAfter` may list; real definitions use the first four. */
const statuses: ReadonlySet<string> = new Set([
  'succeeded',
  'failed',
  'skipped',
  'timedout',
  'aborted',
  'cancelled',
  'faulted',
  'ignored',
  'paused',
  'running',
  'suspended',
  'waiting',
  // Of agents.
  'handoff',
  'handedoff',
]);

function checkNames(tree: Branch, limits: DefinitionLimits, report: Report): void {
  const seen = new Map<string, ActionNode>();
  for (const action of allActions(tree)) {
    const { name, pointer } = action;
    if (name.length > limits.nameLength) {
      report.error(
        invalidTemplate,
        pointer,
        `The name of the template action '${name}' has ${name.length} characters; at most ${limits.nameLength} are allowed.`,
        name,
      );
    }
    if (name.trim() === '')
      report.error(invalidTemplate, pointer, 'A template action has an empty name.', name);
    const other = seen.get(name.toLowerCase());
    if (other === undefined) seen.set(name.toLowerCase(), action);
    else {
      report.error(
        invalidTemplate,
        pointer,
        `The template contains the action name '${name}' more than once (as '${other.name}' at '${other.pointer}'). Action names must be unique in the whole template, without regard to case.`,
        name,
      );
    }
  }
}

/** Names in lower case: those of the action's own branch, and those of the whole template. */
interface KnownNames {
  readonly siblings: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

const namesOf = (actions: Iterable<ActionNode>): ReadonlySet<string> =>
  new Set([...actions].map(({ name }) => name.toLowerCase()));

function checkRunAfter(action: ActionNode, { siblings, all }: KnownNames, report: Report): void {
  const runAfter = memberOf(action.source, 'runAfter');
  if (!isObject(runAfter)) return;
  for (const [name, listed] of membersOf(runAfter)) {
    const pointer = `${action.pointer}/runAfter${pointerStep(name)}`;
    if (!siblings.has(name.toLowerCase())) {
      const reason = all.has(name.toLowerCase())
        ? 'an action of another scope'
        : 'a non-existent action';
      report.error(
        invalidTemplate,
        pointer,
        `The 'runAfter' property of template action '${action.name}' contains ${reason}: '${name}'. Actions in 'runAfter' must exist in the same scope.`,
        action.name,
      );
    }
    const wrong = isArray(listed)
      ? listed.find((status) => typeof status !== 'string' || !statuses.has(status.toLowerCase()))
      : listed;
    if (!isArray(listed) || listed.length === 0) {
      report.error(
        invalidTemplate,
        pointer,
        `The 'runAfter' property of template action '${action.name}' must list at least one status for '${name}'.`,
        action.name,
      );
    } else if (wrong !== undefined) {
      report.error(
        invalidTemplate,
        pointer,
        `The 'runAfter' property of template action '${action.name}' lists the status '${textOf(wrong)}' for '${name}', which is not known.`,
        action.name,
      );
    }
  }
}

/** Finds one circle of a branch, as the names on it. */
function circleOf(branch: Branch): readonly ActionNode[] | undefined {
  const byName = new Map(
    branch.actions.map((action) => [action.name.toLowerCase(), action] as const),
  );
  const done = new Set<ActionNode>();
  for (const start of branch.actions) {
    // Iterative depth-first search: definitions of hostile length do not exhaust the stack.
    const path: { action: ActionNode; rest: string[] }[] = [
      { action: start, rest: [...earlierOf(start)] },
    ];
    const onPath = new Set<ActionNode>([start]);
    while (path.length > 0) {
      const top = path.at(-1) as { action: ActionNode; rest: string[] };
      const next = top.rest.pop();
      if (next === undefined) {
        done.add(top.action);
        onPath.delete(top.action);
        path.pop();
        continue;
      }
      const action = byName.get(next.toLowerCase());
      if (action === undefined || done.has(action)) continue;
      if (onPath.has(action)) {
        const actions = path.map((step) => step.action);
        return actions.slice(actions.indexOf(action));
      }
      onPath.add(action);
      path.push({ action, rest: [...earlierOf(action)] });
    }
  }
  return undefined;
}

function checkBranch(branch: Branch, all: ReadonlySet<string>, report: Report): void {
  const siblings = namesOf(branch.actions);
  for (const action of branch.actions) {
    checkRunAfter(action, { siblings, all }, report);
    for (const inner of action.branches) checkBranch(inner, all, report);
  }
}

function checkCircles(branch: Branch, report: Report): void {
  const circle = circleOf(branch);
  const [first] = circle ?? [];
  if (circle !== undefined && first !== undefined) {
    report.error(
      invalidTemplate,
      `${first.pointer}/runAfter`,
      `The template actions '${circle.map(({ name }) => name).join("', '")}' run after one another in a circle.`,
      first.name,
    );
  }
  for (const action of branch.actions) {
    for (const inner of action.branches) checkCircles(inner, report);
  }
}

/** Names and the graph that `runAfter` spans in every branch. */
export function checkGraph(tree: Branch, limits: DefinitionLimits, report: Report): void {
  checkNames(tree, limits, report);
  checkBranch(tree, namesOf(allActions(tree)), report);
  checkCircles(tree, report);
}
