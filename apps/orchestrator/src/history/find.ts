import { ServiceError } from '@isthmus/host';
import {
  actionPath,
  type ActionRecord,
  type PlannedAction,
  type PlannedTrigger,
} from '@isthmus/workflow-engine';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { DefinitionsStore, WorkflowRow } from '../store/definitions.store.js';
import type { SecuredParts } from '../store/run-conditions.js';
import type { RunListRow } from '../store/runs.store.js';
import type { CallbackUrls } from '../triggers/callback-urls.js';
import type { AddressParams } from './address.js';
import type { ViewContext } from './action-views.js';
import { repetitionName, type RunHistories, type RunHistory } from './run-history.js';
import { triggerLinks, type TriggerPlace } from './trigger-contents.js';

/** Links to contents are valid for so long, in milliseconds. */
const linkMs = 4 * 3_600_000;

/** Finds what an address of the management API names. */
export class Finder {
  constructor(
    private readonly store: DefinitionsStore,
    private readonly registry: WorkflowRegistry,
    readonly histories: RunHistories,
    readonly urls: CallbackUrls,
  ) {}

  /** @throws ServiceError 404 `WorkflowNotFound` */
  async workflow(name: string): Promise<WorkflowRow> {
    const row = await this.store.workflow(name);
    if (!row)
      throw new ServiceError(404, 'WorkflowNotFound', `The workflow '${name}' could not be found.`);
    return row;
  }

  /** A workflow in its current version, or in another one. @throws ServiceError 404 */
  async deployed(
    name: string,
    version?: string,
  ): Promise<{ row: WorkflowRow; workflow: DeployedWorkflow }> {
    const row = await this.workflow(name);
    if (version !== undefined) await this.registry.stored(row.name, version);
    return { row, workflow: await this.registry.version(row.name, version ?? row.version) };
  }

  /** When a version was deployed. */
  async versionCreated(name: string, version: string): Promise<Date> {
    const found = await this.store.version(name, version);
    return found?.definition.created_at ?? new Date(0);
  }

  /** @throws ServiceError 404 `WorkflowTriggerNotFound` */
  async trigger(
    name: string,
    trigger: string,
    version?: string,
  ): Promise<{ row: WorkflowRow; workflow: DeployedWorkflow; trigger: PlannedTrigger }> {
    const found = await this.deployed(name, version);
    const planned = found.workflow.plan.triggers.find(
      (one) => one.name.toLowerCase() === trigger.toLowerCase(),
    );
    if (!planned) {
      throw new ServiceError(
        404,
        'WorkflowTriggerNotFound',
        `The workflow '${name}' trigger '${trigger}' could not be found.`,
      );
    }
    return { ...found, trigger: planned };
  }

  /** @throws ServiceError 404 `WorkflowRunNotFound` */
  async run(name: string, run: string): Promise<RunHistory> {
    const history = await this.histories.of(name, run);
    if (!history) {
      throw new ServiceError(
        404,
        'WorkflowRunNotFound',
        `The workflow '${name}' run '${run}' could not be found.`,
      );
    }
    return history;
  }

  /** What a search over runs of a workflow must not find. */
  async secured(workflow: string): Promise<SecuredParts[]> {
    const versions = await this.histories.versions(workflow);
    const parts = versions.map(async (version): Promise<SecuredParts> => {
      const { plan } = await this.registry.version(workflow, version);
      const actions = [...plan.actions.values()].filter(
        ({ secure }) => secure.inputs || secure.outputs,
      );
      const trigger = plan.triggers.some(({ secure }) => secure.inputs || secure.outputs);
      return { version, trigger, actions: actions.map(({ name }) => actionPath('', name)) };
    });
    const found = await Promise.all(parts);
    return found.filter(({ actions, trigger }) => trigger || actions.length > 0);
  }

  /** Links to what the triggers of runs of one workflow got and gave, by run. */
  async triggerLinks(
    rows: readonly RunListRow[],
    place: TriggerPlace,
  ): Promise<ReadonlyMap<string, object>> {
    const sizes = await this.histories.triggerSizes(rows.map(({ id }) => id));
    const links = new Map<string, object>();
    for (const row of rows) {
      const { plan } = await this.registry.version(row.workflow, row.version);
      const trigger = plan.triggers.find(({ name }) => name === row.trigger_name);
      const workflow = { name: row.workflow, key: this.registry.keyOf(row.workflow) };
      const link = (path: string) => this.urls.content(workflow, path, expiry());
      const of = { row, place, secure: trigger?.secure, sizes: sizes.get(row.id) };
      links.set(row.id, triggerLinks(of, link));
    }
    return links;
  }

  /** A run with what its views need. */
  async context(params: AddressParams, name: string, run: string): Promise<ViewContext> {
    const history = await this.run(name, run);
    const { workflow } = history.row;
    return {
      params,
      history,
      urls: this.urls,
      workflow: { name: workflow, key: this.registry.keyOf(workflow) },
      expires: expiry(),
    };
  }
}

function expiry(): string {
  return new Date(Date.now() + linkMs).toISOString();
}

/** The trigger that began a run, as its version has it. */
export function triggerOf({ plan, row }: RunHistory): PlannedTrigger | undefined {
  return plan.triggers.find(({ name }) => name === row.trigger_name);
}

/** @throws ServiceError 404 `WorkflowRunActionNotFound` */
export function actionOf({ plan, row, records }: RunHistory, name: string): PlannedAction {
  const action = plan.actions.get(name.toLowerCase());
  if (action && records.has(name.toLowerCase())) return action;
  throw new ServiceError(
    404,
    'WorkflowRunActionNotFound',
    `The workflow '${row.workflow}' run '${row.id}' action '${name}' could not be found.`,
  );
}

/** The record of an action in one repetition; without a name that of an action outside of loops. */
export function recordOf(
  history: RunHistory,
  action: PlannedAction,
  repetition = '',
): ActionRecord {
  const records = history.records.get(action.name.toLowerCase()) ?? [];
  const record = records.find(({ path }) => repetitionName(path) === repetition);
  if (record) return record;
  throw new ServiceError(
    404,
    'WorkflowRunActionRepetitionNotFound',
    `The action '${action.name}' has no repetition '${repetition}'.`,
  );
}
