import type { LoadedWorkflow } from '@isthmus/workflow-engine';
import {
  isObject,
  JsonTextError,
  memberOf,
  parseJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** What a workflow's document says beside its definition, as far as it is a `Microsoft.Logic/workflows` resource. */
export interface ResourceMembers {
  readonly location?: string;
  readonly tags?: WorkflowObject;
  readonly identity?: WorkflowObject;
  /** Members of `properties` that are given back as they came. */
  readonly properties: Readonly<Record<string, WorkflowValue>>;
  /** Name of the integration account that the resource names. */
  readonly integrationAccount?: string;
}

const kept = [
  'sku',
  'integrationAccount',
  'endpointsConfiguration',
  'integrationServiceEnvironment',
];
const read = new WeakMap<LoadedWorkflow, ResourceMembers>();

/** Reads the document once. */
export function resourceMembers(loaded: LoadedWorkflow): ResourceMembers {
  const known = read.get(loaded);
  if (known) return known;
  const members = membersIn(resourceOf(loaded.text));
  read.set(loaded, members);
  return members;
}

function resourceOf(text: string): WorkflowObject {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : {};
  } catch (error) {
    // A document that was accepted is JSON; one that was not is asked for nothing.
    if (error instanceof JsonTextError) return {};
    throw error;
  }
}

function membersIn(resource: WorkflowObject): ResourceMembers {
  const { location, tags, identity } = resource;
  const properties = memberOf(resource, 'properties');
  const given = isObject(properties) ? properties : {};
  const account = memberOf(given, 'integrationAccount');
  const id = isObject(account) ? memberOf(account, 'id') : undefined;
  return {
    ...(typeof location === 'string' && { location }),
    ...(isObject(tags) && { tags }),
    ...(isObject(identity) && { identity }),
    properties: Object.fromEntries(
      kept.flatMap((name) => {
        const value = memberOf(given, name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
    ...(typeof id === 'string' && { integrationAccount: id.slice(id.lastIndexOf('/') + 1) }),
  };
}

/** The setting in which a Standard project names the callback URL of its integration account. */
const accountSetting = 'WORKFLOW_INTEGRATION_ACCOUNT_CALLBACK_URL';

/** The integration account that a workflow reads maps and schemas from; undefined: none. */
export function integrationAccountOf(loaded: LoadedWorkflow): string | undefined {
  const url = loaded.appSettings[accountSetting] ?? '';
  const named = /\/integrationAccounts\/([^/?]+)/i.exec(url)?.[1];
  return resourceMembers(loaded).integrationAccount ?? (named && decodeURIComponent(named));
}
