import {
  isObject,
  memberOf,
  membersOf,
  objectOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** Members that hold more of the same: branches, and what has branches. */
const holders: ReadonlySet<string> = new Set(['actions', 'triggers', 'cases', 'tools']);
const branches: ReadonlySet<string> = new Set(['else', 'default']);

function present(
  source: WorkflowObject,
  keeps: ReadonlySet<string>,
  inner: (name: string, value: WorkflowValue) => WorkflowValue,
): WorkflowObject {
  const members = membersOf(source);
  const kept = members
    .filter(([name, value]) => value !== null || keeps.has(name.toLowerCase()))
    .map(([name, value]) => [name, inner(name.toLowerCase(), value)] as const);
  const isSame =
    kept.length === members.length &&
    kept.every(([, value], index) => value === members[index]?.[1]);
  return isSame ? source : objectOf(kept);
}

/** A parameter that is null is none. */
const declarations: ReadonlySet<string> = new Set(['parameters', 'outputs']);
const inputs: ReadonlySet<string> = new Set(['inputs']);
const none: ReadonlySet<string> = new Set();

/** Every entry of `actions`, `triggers`, `cases`, `tools`; a null entry is kept, it is a mistake. */
function entries(value: WorkflowValue): WorkflowValue {
  if (!isObject(value)) return value;
  const members = membersOf(value);
  const changed = members.map(
    ([name, entry]) => [name, isObject(entry) ? node(entry) : entry] as const,
  );
  return changed.every(([, entry], index) => entry === members[index]?.[1])
    ? value
    : objectOf(changed);
}

function node(source: WorkflowObject): WorkflowObject {
  const type = memberOf(source, 'type');
  const keeps = typeof type === 'string' && /^compose$/i.test(type) ? inputs : none;
  return present(source, keeps, (name, value) => {
    if (holders.has(name)) return entries(value);
    if (name === 'runafter' && isObject(value)) return present(value, none, (_, each) => each);
    return branches.has(name) && isObject(value) ? node(value) : value;
  });
}

/**
 * The definition without the members that are null: the service reads them as if they were absent.
 * Inputs stay as they are, null is a value of a Compose action.
 */
export function presentMembers(definition: WorkflowObject): WorkflowObject {
  return present(definition, none, (name, value) => {
    if (holders.has(name)) return entries(value);
    return declarations.has(name) && isObject(value)
      ? present(value, none, (_, each) => each)
      : value;
  });
}
