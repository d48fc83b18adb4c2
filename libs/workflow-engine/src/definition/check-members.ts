import {
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { allActions, type Branch } from './action-tree.js';
import type { Report } from './problem.js';

function lowerCase(names: string): ReadonlySet<string> {
  return new Set(names.toLowerCase().split(/\s+/));
}

const ofDefinition = lowerCase(
  '$schema contentVersion parameters triggers actions outputs staticResults description metadata',
);
const ofAll =
  'type kind inputs description metadata operationOptions runtimeConfiguration trackedProperties transitions';
const ofActions = lowerCase(
  `${ofAll} runAfter limit actions else cases default expression foreach tools`,
);
const ofTriggers = lowerCase(
  `${ofAll} recurrence evaluatedRecurrence conditions splitOn splitOnConfiguration correlation`,
);

function check(
  source: WorkflowObject,
  known: ReadonlySet<string>,
  { what, pointer, name }: { what: string; pointer: string; name?: string },
  report: Report,
): void {
  for (const [member] of membersOf(source)) {
    if (known.has(member.toLowerCase())) continue;
    report.warning(
      'UnknownMember',
      pointer + pointerStep(member),
      `Could not find member '${member}' on ${what}: it is kept, but nothing reads it.`,
      name,
    );
  }
}

/** Members that no definition has: `input` for `inputs`. The service refuses some of them, so they warn only. */
export function checkMembers(definition: WorkflowObject, tree: Branch, report: Report): void {
  check(definition, ofDefinition, { what: 'the template', pointer: '' }, report);
  const triggers = memberOf(definition, 'triggers');
  for (const [name, source] of isObject(triggers) ? membersOf(triggers) : []) {
    const pointer = `/triggers${pointerStep(name)}`;
    const what = `template trigger '${name}'`;
    if (isObject(source)) check(source, ofTriggers, { what, pointer, name }, report);
  }
  for (const { name, source, pointer } of allActions(tree))
    check(source, ofActions, { what: `template action '${name}'`, pointer, name }, report);
}
