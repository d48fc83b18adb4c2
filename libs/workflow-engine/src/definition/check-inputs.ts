import { isObject, memberOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { allActions, type Branch } from './action-tree.js';
import type { Report } from './problem.js';

/** What the inputs of a type have to hold; of names that stand together one is enough. */
const required: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    apiconnection: ['host', 'path'],
    apiconnectionwebhook: ['host', 'path'],
    http: ['method', 'uri'],
    httpwebhook: ['subscribe'],
    initializevariable: ['variables'],
    javascriptcode: ['code|codeFile'],
    join: ['from', 'joinWith'],
    parsejson: ['content'],
    query: ['from', 'where'],
    response: ['statusCode'],
    select: ['from', 'select'],
    sendtobatch: ['batchName', 'content', 'host'],
    serviceprovider: ['serviceProviderConfiguration'],
    table: ['from', 'format'],
    wait: ['interval|until'],
    workflow: ['host'],
  }),
);

/**
 * Inputs that an action cannot do without. The action fails when it runs; the definition is only warned of, for
 * inputs may be computed as a whole.
 */
export function checkInputs(tree: Branch, report: Report): void {
  for (const { name, source, pointer, type } of allActions(tree)) {
    const inputs = memberOf(source, 'inputs') ?? {};
    if (!isObject(inputs)) continue;
    for (const members of required.get(type) ?? []) {
      if (members.split('|').some((member) => has(inputs, member))) continue;
      const listed = members.replace('|', "' or '");
      report.warning(
        'RequiredMember',
        memberOf(source, 'inputs') === undefined ? pointer : `${pointer}/inputs`,
        `The inputs of template action '${name}' lack '${listed}': it fails when it runs.`,
        name,
      );
    }
  }
}

function has(inputs: WorkflowObject, member: string): boolean {
  return memberOf(inputs, member) !== undefined;
}
