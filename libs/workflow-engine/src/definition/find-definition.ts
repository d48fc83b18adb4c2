import {
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { parameterValues, type DeployedResource } from './arm/deploy-template.js';
import type { DocumentKind, LoadedWorkflow } from './loaded-workflow.js';

/** A definition before it is checked: where it is, and what its artifact says beside it. */
export interface Found {
  readonly name: string;
  readonly pointer: string;
  readonly definition: WorkflowObject;
  readonly parameters: WorkflowObject;
  readonly kind?: WorkflowValue | undefined;
  readonly state?: WorkflowValue | undefined;
  readonly accessControl?: WorkflowValue | undefined;
}

/** What a JSON document is, by its members. */
export function documentKindOf(document: WorkflowValue): DocumentKind {
  if (!isObject(document)) return 'unknown';
  const has = (name: string): boolean => memberOf(document, name) !== undefined;
  const schema = textOf(memberOf(document, '$schema') ?? null);
  if (/deploymentTemplate\.json/i.test(schema) || (has('resources') && has('contentVersion')))
    return 'arm-template';
  if (isObject(memberOf(document, 'definition'))) return 'standard';
  const properties = memberOf(document, 'properties');
  if (isObject(properties) && isObject(memberOf(properties, 'definition'))) return 'resource';
  if (isObject(memberOf(document, 'triggers')) || isObject(memberOf(document, 'actions')))
    return 'definition';
  return 'unknown';
}

/** The kind as the product spells it; stateful without one. */
export function workflowKind(value: WorkflowValue | undefined): LoadedWorkflow['kind'] {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'stateless' ? 'Stateless' : text === 'agent' ? 'Agent' : 'Stateful';
}

/** The name that a file gives its workflow: `workflow.json` is named by its folder. */
export function nameOfFile(fileName: string): string {
  const segments = fileName.split(/[/\\]/);
  const file = segments.at(-1) ?? fileName;
  const folder = segments.at(-2);
  if (/^workflow\.json$/i.test(file) && folder !== undefined) return folder;
  return file.replace(/\.json$/i, '');
}

/** The definition in the properties of a workflow. */
export function fromProperties(
  name: string,
  properties: WorkflowObject,
  pointer: string,
): Found | undefined {
  const definition = memberOf(properties, 'definition');
  if (!isObject(definition)) return undefined;
  return {
    name,
    pointer: `${pointer}/definition`,
    definition,
    parameters: parameterValues(memberOf(properties, 'parameters')),
    kind: memberOf(properties, 'kind'),
    state: memberOf(properties, 'state'),
    accessControl: memberOf(properties, 'accessControl'),
  };
}

/** The definition of a workflow resource. */
export function fromResource({ name, resource, pointer }: DeployedResource): Found | undefined {
  const properties = memberOf(resource, 'properties');
  const last = name.split('/').at(-1) ?? name;
  const found = isObject(properties)
    ? fromProperties(last, properties, `${pointer}/properties`)
    : undefined;
  return found === undefined ? undefined : { ...found, kind: memberOf(resource, 'kind') };
}
