import { ServiceError } from '@isthmus/host';
import type { ActionRecord, PlannedAction, PlannedTrigger } from '@isthmus/workflow-engine';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { DefinitionsStore, WorkflowRow } from '../store/definitions.store.js';
import type { CallbackUrls } from '../triggers/callback-urls.js';
import type { AddressParams } from './address.js';
import type { ViewContext } from './action-views.js';
import { repetitionName, type RunHistories, type RunHistory } from './run-history.js';

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

  /** A workflow in its current version. */
  async deployed(name: string): Promise<{ row: WorkflowRow; workflow: DeployedWorkflow }> {
    const row = await this.workflow(name);
    return { row, workflow: await this.registry.version(row.name, row.version) };
  }

  /** @throws ServiceError 404 `WorkflowTriggerNotFound` */
  async trigger(
    name: string,
    trigger: string,
  ): Promise<{ row: WorkflowRow; workflow: DeployedWorkflow; trigger: PlannedTrigger }> {
    const found = await this.deployed(name);
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

  /** A run with what its views need. */
  async context(params: AddressParams, name: string, run: string): Promise<ViewContext> {
    const history = await this.run(name, run);
    const { workflow } = history.row;
    return {
      params,
      history,
      urls: this.urls,
      workflow: { name: workflow, key: this.registry.keyOf(workflow) },
      expires: new Date(Date.now() + linkMs).toISOString(),
    };
  }
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
