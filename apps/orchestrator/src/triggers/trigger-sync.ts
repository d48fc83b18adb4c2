import { createHash } from 'node:crypto';
import { nextOccurrence, recurrenceRule, type PlannedTrigger } from '@isthmus/workflow-engine';
import { writeJson } from '@isthmus/workflow-expressions';
import type { Logger } from '@isthmus/host';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { WorkflowRow } from '../store/definitions.store.js';
import type { TriggersStore, TriggerTask, WantedTrigger } from '../store/triggers.store.js';
import { triggerScope } from './trigger-scope.js';

/** Keeps the tasks of triggers in step with the workflows: what recurs, polls, subscribes, collects. */
export class TriggerSync {
  constructor(
    private readonly registry: WorkflowRegistry,
    private readonly store: TriggersStore,
    private readonly logger: Logger,
  ) {}

  async sync(row: WorkflowRow): Promise<void> {
    const workflow = await this.registry.version(row.name, row.version);
    const triggers = row.state === 'Enabled' ? workflow.plan.triggers : [];
    const wanted = triggers.flatMap((trigger) => this.#wanted(workflow, trigger) ?? []);
    await this.store.sync(row.name, row.version, wanted);
  }

  #wanted(workflow: DeployedWorkflow, trigger: PlannedTrigger): WantedTrigger | undefined {
    const task = taskOf(trigger);
    if (!task) return undefined;
    const contentHash = createHash('sha256').update(writeJson(trigger.definition)).digest('hex');
    const now = Date.now();
    const wanted = { name: trigger.name, task, contentHash };
    if (task === 'subscribe') return { ...wanted, firstAt: new Date(0) };
    if (task === 'batch') return { ...wanted, firstAt: undefined };
    const rule = ruleOf(workflow, trigger, now);
    if (typeof rule === 'string') {
      this.logger.warn({ workflow: workflow.name, trigger: trigger.name }, rule);
      return undefined;
    }
    // Without a start the first occurrence is the moment in which the trigger is switched on.
    const first = nextOccurrence(rule, now - 1, now);
    return first === undefined ? undefined : { ...wanted, firstAt: new Date(first) };
  }
}

function taskOf({ type }: PlannedTrigger): TriggerTask | undefined {
  if (type.unsupported !== undefined) return undefined;
  if (type.collects) return 'batch';
  if (type.subscribe) return 'subscribe';
  if (type.poll) return 'poll';
  return type.occur ? 'recurrence' : undefined;
}

/** The recurrence of a trigger, evaluated now; a text says what is wrong with it. */
export function ruleOf(
  workflow: DeployedWorkflow,
  trigger: PlannedTrigger,
  now: number,
): ReturnType<typeof recurrenceRule> {
  const scope = triggerScope(workflow, trigger, { now, key: '', callbackUrl: '' });
  try {
    return recurrenceRule(trigger.recurrence?.evaluate(scope.expressions));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
