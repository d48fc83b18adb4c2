import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** An action where it stands in the definition. */
export interface ActionNode {
  readonly name: string;
  readonly pointer: string;
  readonly source: WorkflowObject;
  /** In lower case; '' when the definition gives none. */
  readonly type: string;
  /** 0 for the actions of the definition itself. */
  readonly level: number;
  /** The container and, below it, the branch that the action belongs to. */
  readonly parent: ActionNode | undefined;
  readonly branch: Branch;
  readonly branches: readonly Branch[];
}

/** One `actions` member: of the definition, of a container, of a case. Its actions run after one another only. */
export interface Branch {
  readonly pointer: string;
  readonly actions: readonly ActionNode[];
  /** The value of `case` of a Switch's branch. */
  readonly label?: WorkflowValue;
}

type Entry = readonly [pointer: string, value: WorkflowValue | undefined, label?: WorkflowValue];

/** The `actions` objects below an action: its own, those of `else`, `cases`, `default` and an agent's `tools`. */
function actionMembers(source: WorkflowObject, pointer: string): Entry[] {
  const inside = (member: string): Entry[] => {
    const holder = memberOf(source, member);
    return isObject(holder) ? [[`${pointer}/${member}/actions`, memberOf(holder, 'actions')]] : [];
  };
  const each = (member: string): Entry[] => {
    const holders = memberOf(source, member);
    if (!isObject(holders)) return [];
    return membersOf(holders).flatMap(([name, holder]): Entry[] =>
      isObject(holder)
        ? [
            [
              `${pointer}/${member}${pointerStep(name)}/actions`,
              memberOf(holder, 'actions'),
              memberOf(holder, 'case') ?? null,
            ],
          ]
        : [],
    );
  };
  const own: Entry = [`${pointer}/actions`, memberOf(source, 'actions')];
  return [own, ...inside('else'), ...each('cases'), ...inside('default'), ...each('tools')].filter(
    ([, actions]) => actions !== undefined,
  );
}

interface Position {
  readonly parent: ActionNode | undefined;
  readonly level: number;
}

function branchOf([pointer, value, label]: Entry, position: Position): Branch {
  const actions: ActionNode[] = [];
  const branch: Branch = { pointer, actions, ...(label === undefined ? {} : { label }) };
  if (!isObject(value)) return branch;
  for (const [name, source] of membersOf(value)) {
    if (isObject(source)) actions.push(actionNode(name, source, branch, position));
  }
  return branch;
}

function actionNode(
  name: string,
  source: WorkflowObject,
  branch: Branch,
  { parent, level }: Position,
): ActionNode {
  const type = memberOf(source, 'type');
  const branches: Branch[] = [];
  const pointer = `${branch.pointer}${pointerStep(name)}`;
  const node: ActionNode = {
    name,
    pointer,
    source,
    type: typeof type === 'string' ? type.toLowerCase() : '',
    level,
    parent,
    branch,
    branches,
  };
  for (const entry of actionMembers(source, pointer)) {
    branches.push(branchOf(entry, { parent: node, level: level + 1 }));
  }
  return node;
}

/** The actions of a definition as a tree. Members that are no objects are left out (the shape check names them). */
export function actionTree(definition: WorkflowObject): Branch {
  return branchOf(['/actions', memberOf(definition, 'actions')], { parent: undefined, level: 0 });
}

/** All actions of a branch and below, outer before inner. */
export function* allActions(branch: Branch): Generator<ActionNode> {
  for (const action of branch.actions) {
    yield action;
    for (const inner of action.branches) yield* allActions(inner);
  }
}

/** The containers around an action, nearest first. */
export function* containersOf(action: ActionNode): Generator<ActionNode> {
  for (let parent = action.parent; parent !== undefined; parent = parent.parent) yield parent;
}

/** The predecessors that `runAfter` names. */
export function predecessorsOf(action: ActionNode): readonly string[] {
  const runAfter = memberOf(action.source, 'runAfter');
  return isObject(runAfter) ? Object.keys(runAfter) : [];
}

/** The predecessors that have to end first: agents may hand off to each other in a circle. */
export function earlierOf(action: ActionNode): readonly string[] {
  const runAfter = memberOf(action.source, 'runAfter');
  if (!isObject(runAfter)) return [];
  return membersOf(runAfter).flatMap(([name, statuses]) => (isHandoff(statuses) ? [] : [name]));
}

/** Whether an entry of `runAfter` waits for nothing but an agent that hands off (`HANDOFF`, `HANDEDOFF`). */
export function isHandoff(statuses: WorkflowValue): boolean {
  return (
    isArray(statuses) &&
    statuses.length > 0 &&
    statuses.every((status) => typeof status === 'string' && /^hand(?:ed)?off$/i.test(status))
  );
}
