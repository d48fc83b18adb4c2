import { isObject, memberOf, namesOf } from '@isthmus/workflow-expressions';
import { predecessorsOf, type ActionNode, type Branch } from './action-tree.js';

/** The direct predecessors of every action of a branch. */
export type Graph = ReadonlyMap<ActionNode, readonly ActionNode[]>;

/** The graph that `runAfter` spans in a branch. */
export function graphOf(branch: Branch): Graph {
  const byName = new Map(
    branch.actions.map((action) => [action.name.toLowerCase(), action] as const),
  );
  const direct = (action: ActionNode): ActionNode[] =>
    predecessorsOf(action).flatMap((name) => byName.get(name.toLowerCase()) ?? []);
  const graph = new Map(branch.actions.map((action) => [action, direct(action)] as const));
  // Agentic workflows name what comes next instead.
  for (const action of branch.actions) {
    const transitions = memberOf(action.source, 'transitions');
    for (const next of isObject(transitions) ? namesOf(transitions) : [])
      graph.get(byName.get(next.toLowerCase()) ?? action)?.push(action);
  }
  return graph;
}

/** Whether `before` is on the runAfter path of `after`. */
export function runsBefore(before: ActionNode, after: ActionNode, graph: Graph): boolean {
  const seen = new Set<ActionNode>();
  const waiting = [after];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const action of graph.get(next) ?? []) {
      if (action === before) return true;
      if (seen.has(action)) continue;
      seen.add(action);
      waiting.push(action);
    }
  }
  return false;
}
