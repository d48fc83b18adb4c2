import {
  isObject,
  isTemplate,
  memberOf,
  membersOf,
  namesOf,
  pointerStep,
  spellingOf,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { allActions, type Branch } from './action-tree.js';
import type { Report } from './problem.js';

/** What the project around a workflow has. */
export interface Project {
  /** connections.json; undefined when the project has none. */
  readonly connections: WorkflowObject | undefined;
  /** Names of its workflows; undefined when they are not known. */
  readonly workflows: ReadonlySet<string> | undefined;
}

interface Holder {
  readonly name: string;
  readonly source: WorkflowObject;
  readonly pointer: string;
}

/** Where operations name their connection, and the section of connections.json that has it. */
const references: readonly (readonly [section: string, path: readonly string[]])[] = [
  ['managedApiConnections', ['host', 'connection', 'referenceName']],
  ['serviceProviderConnections', ['serviceProviderConfiguration', 'connectionName']],
  ['functionConnections', ['function', 'connectionName']],
  ['apiManagementConnections', ['apiManagement', 'connection']],
];

function literalAt(source: WorkflowObject, path: readonly string[]): string | undefined {
  let value: unknown = source;
  for (const name of path)
    value = isObject(value as WorkflowObject) ? memberOf(value as WorkflowObject, name) : undefined;
  return typeof value === 'string' && value !== '' && !isTemplate(value) ? value : undefined;
}

function checkConnections(holder: Holder, connections: WorkflowObject, report: Report): void {
  for (const [section, path] of references) {
    const name = literalAt(holder.source, ['inputs', ...path]);
    if (name === undefined) continue;
    const known = memberOf(connections, section);
    if (isObject(known) && spellingOf(known, name) !== undefined) continue;
    report.warning(
      'WorkflowConnectionMissing',
      `${holder.pointer}/inputs${path.map(pointerStep).join('')}`,
      `The connection reference '${name}' of '${holder.name}' is missing in connections.json: '${section}' has ${listed(known)}.`,
      holder.name,
    );
  }
}

function listed(known: unknown): string {
  const names = isObject(known as WorkflowObject) ? namesOf(known as WorkflowObject) : [];
  return names.length === 0 ? 'none' : names.map((name) => `'${name}'`).join(', ');
}

/**
 * Connections and workflows that the workflow names are in its project. They only warn: a project may get
 * its connections where it is deployed.
 */
export function checkProject(
  definition: WorkflowObject,
  tree: Branch,
  { connections, workflows }: Project,
  report: Report,
): void {
  const actions: Holder[] = [...allActions(tree)];
  const triggers = memberOf(definition, 'triggers');
  for (const [name, source] of isObject(triggers) ? membersOf(triggers) : []) {
    if (isObject(source)) actions.push({ name, source, pointer: `/triggers${pointerStep(name)}` });
  }
  for (const holder of actions) {
    if (connections) checkConnections(holder, connections, report);
    const child = literalAt(holder.source, ['inputs', 'host', 'workflow', 'id']);
    // A Consumption workflow is named by its whole id.
    if (!workflows || child === undefined || child.includes('/')) continue;
    if ([...workflows].some((name) => name.toLowerCase() === child.toLowerCase())) continue;
    report.warning(
      'WorkflowNotFound',
      `${holder.pointer}/inputs/host/workflow/id`,
      `The workflow '${child}' that '${holder.name}' calls is not in the project.`,
      holder.name,
    );
  }
}
