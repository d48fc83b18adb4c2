import { randomUUID } from 'node:crypto';
import {
  fire,
  newRunId,
  nextOccurrence,
  startRun,
  windowDelay,
  type CallEffect,
  type EffectOutcome,
  type PlannedTrigger,
  type Polled,
  type TriggerScope,
} from '@isthmus/workflow-engine';
import {
  parseJson,
  writeJson,
  WorkflowExpressionError,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { journalRows, runRow } from '../runner/run-rows.js';
import type { Admission } from '../store/admission.store.js';
import type { DueTrigger, TaskResult } from '../store/triggers.store.js';
import { concurrencyOf } from './concurrency.js';
import { attemptRows, type NotFired, type TriggerHost } from './trigger-host.js';
import { triggerScope } from './trigger-scope.js';
import { ruleOf } from './trigger-sync.js';

/** A claimed task with what it speaks of. */
export interface TriggerWork {
  readonly row: DueTrigger;
  readonly workflow: DeployedWorkflow;
  readonly trigger: PlannedTrigger;
}

/** A subscription or poll that failed is tried again after so many milliseconds. */
const retryMs = 60_000;

/** What a due task does and leaves behind. */
export class TriggerTasks {
  constructor(private readonly host: TriggerHost) {}

  async perform(work: TriggerWork): Promise<TaskResult> {
    switch (work.row.task) {
      case 'recurrence':
        return this.#recur(work);
      case 'poll':
        return this.#poll(work);
      case 'subscribe':
        return this.#subscribe(work);
      case 'unsubscribe':
        return this.#unsubscribe(work);
      case 'subscribed':
      case 'batch':
        return { next: { at: null } };
    }
  }

  #recur(work: TriggerWork): TaskResult {
    const { row, workflow, trigger } = work;
    const now = row.now.getTime();
    const scope = this.#scope(work, String(row.next_at?.getTime()));
    const delay = windowDelay(trigger.inputs.evaluate(scope.expressions));
    const due = (row.next_at?.getTime() ?? now) - delay;
    const rule = ruleOf(workflow, trigger, now);
    if (typeof rule === 'string') return this.#failed(work, 'InvalidRecurrence', rule);
    const enabled = row.enabled_at.getTime();
    const after = nextOccurrence(rule, due, enabled);
    const interval = (after ?? due) - due;
    const outputs = trigger.type.occur?.(due, interval, scope);
    // What was missed is made up for by the types that catch up; the others go on from now.
    const next = trigger.type.catchesUp ? after : nextOccurrence(rule, Math.max(due, now), enabled);
    const fired = this.#fire(work, { outputs, inputs: undefined, due });
    return { ...fired, next: { at: next === undefined ? null : new Date(next + delay) } };
  }

  async #poll(work: TriggerWork): Promise<TaskResult> {
    const { row, workflow, trigger } = work;
    const now = row.now.getTime();
    const previous = await this.#previousOutputs(work);
    const scope = this.#scope(work, `${row.next_at?.getTime()}`, previous);
    const rule = ruleOf(workflow, trigger, now);
    if (typeof rule === 'string') return this.#failed(work, 'InvalidRecurrence', rule);
    const next = nextOccurrence(rule, now, row.enabled_at.getTime());
    const inputs = this.#inputs(trigger, scope);
    if (inputs instanceof WorkflowExpressionError)
      return { ...this.#failed(work, inputs.code, inputs.message), next: { at: at(next) } };
    const memory = row.memory === null ? undefined : parseJson(row.memory);
    const outcome = await this.#call(work, trigger.type.poll!(inputs, memory, scope));
    const polled: Polled = trigger.type.polled?.(outcome, scope) ?? {};
    const kept = polled.memory === undefined ? null : writeJson(polled.memory);
    const nextAt = polled.delay === undefined ? next : Date.now() + polled.delay;
    const result = this.#polled(work, { polled, inputs, due: row.next_at?.getTime() ?? now });
    return { ...result, next: { at: at(nextAt), memory: kept } };
  }

  #polled(
    work: TriggerWork,
    { polled, inputs, due }: { polled: Polled; inputs: WorkflowValue; due: number },
  ): TaskResult {
    if (polled.outputs) return this.#fire(work, { outputs: polled.outputs, inputs, due });
    if (!polled.error) return this.#attempt(work, { kind: 'skipped', condition: '' });
    const { code, message = '' } = polled.error;
    return this.#attempt(work, { kind: 'failed', code, message });
  }

  async #subscribe(work: TriggerWork): Promise<TaskResult> {
    const { row, trigger } = work;
    const scope = this.#scope(work, `${row.version}:${row.enabled_at.getTime()}`);
    const inputs = this.#inputs(trigger, scope);
    if (inputs instanceof WorkflowExpressionError)
      return this.#failed(work, inputs.code, inputs.message);
    const outcome = await this.#call(work, trigger.type.subscribe!(inputs, scope));
    if (outcome.kind === 'response' && outcome.statusCode < 300) {
      const memory = writeJson(outcome as unknown as WorkflowValue);
      return { next: { task: 'subscribed', at: null, memory }, fired: true };
    }
    const [code, message] =
      outcome.kind === 'failure'
        ? [outcome.code, outcome.message]
        : [outcome.kind === 'response' ? String(outcome.statusCode) : 'BadGateway', ''];
    return this.#failed(work, code, message || 'The subscription was refused.');
  }

  /** A subscription that cannot be given up is forgotten: the other side's calls find no trigger. */
  async #unsubscribe(work: TriggerWork): Promise<TaskResult> {
    const { row, trigger } = work;
    const scope = this.#scope(work, `${row.version}:${row.enabled_at.getTime()}:off`);
    const inputs = this.#inputs(trigger, scope);
    if (inputs instanceof WorkflowExpressionError) return {};
    const subscribed =
      row.memory === null ? undefined : (parseJson(row.memory) as unknown as EffectOutcome);
    const effect = trigger.type.unsubscribe?.(inputs, subscribed, scope);
    if (effect) await this.#call(work, effect);
    return {};
  }

  #fire(
    work: TriggerWork,
    of: {
      readonly outputs: WorkflowObject | undefined;
      readonly inputs: WorkflowValue | undefined;
      readonly due: number;
    },
  ): TaskResult {
    const { row, workflow, trigger } = work;
    const now = row.now.getTime();
    const id = newRunId(now, Math.random);
    const ambient = { now, random: Math.random, newGuid: randomUUID };
    const firing = fire(workflow.plan, trigger, { outputs: of.outputs, runId: id }, ambient);
    if (firing.kind !== 'runs') return this.#attempt(work, firing, id);
    if (firing.outputs.length === 0)
      return this.#attempt(work, { kind: 'skipped', condition: 'splitOn' }, id);
    const limit = concurrencyOf(workflow, trigger);
    const runs = firing.outputs.map((outputs, index): Admission => {
      const tracking = firing.itemTrackingIds?.[index] ?? firing.clientTrackingId;
      const runId = index === 0 ? id : newRunId(now, Math.random);
      const { state, events } = startRun({
        runId,
        now,
        ...(tracking !== undefined && { clientTrackingId: tracking }),
        trigger: {
          name: trigger.name,
          status: 'Succeeded',
          ...(of.inputs !== undefined && { inputs: of.inputs }),
          ...(outputs && { outputs }),
          startedAt: now,
          endedAt: now,
          scheduledAt: of.due,
          trackingId: randomUUID(),
        },
      });
      const row = runRow(state, { workflow }, { owner: '', suspended: false });
      return { row, events: journalRows(runId, events, 1), ...(limit && { limit }) };
    });
    if (!firing.unmet) return { runs, fired: true };
    const skipped = { kind: 'skipped', condition: '', unmet: firing.unmet } as const;
    return { ...this.#attempt(work, skipped), runs, fired: true };
  }

  #attempt(work: TriggerWork, outcome: NotFired, id?: string): TaskResult {
    const { row, workflow, trigger } = work;
    const attempts = attemptRows({
      workflow,
      trigger,
      id: id ?? newRunId(row.now.getTime(), Math.random),
      outcome,
      ...(row.next_at && { scheduledAt: row.next_at }),
    });
    return { attempts, next: { at: null } };
  }

  #failed(work: TriggerWork, code: string, message: string): TaskResult {
    const result = this.#attempt(work, { kind: 'failed', code, message });
    return { ...result, next: { at: new Date(work.row.now.getTime() + retryMs) } };
  }

  #inputs(
    { type, inputs, definition }: PlannedTrigger,
    { expressions }: TriggerScope,
  ): WorkflowValue | WorkflowExpressionError {
    try {
      return type.poll || type.subscribe ? inputs.evaluate(expressions) : (definition ?? null);
    } catch (error) {
      if (error instanceof WorkflowExpressionError) return error;
      throw error;
    }
  }

  #call({ row, workflow, trigger }: TriggerWork, effect: CallEffect): Promise<EffectOutcome> {
    const runId = `${row.workflow}:${trigger.name}`;
    return this.host.runs.perform(workflow, effect, { runId, clientTrackingId: runId });
  }

  /** What the trigger gave when it fired last, for inputs that read it. */
  async #previousOutputs({ row, trigger }: TriggerWork): Promise<WorkflowObject | undefined> {
    const { functions } = trigger.inputs;
    if (![...functions].some((name) => name.startsWith('trigger'))) return undefined;
    const filter = { workflow: row.workflow, trigger: trigger.name, top: 1 };
    const [run] = await this.host.store.list(filter);
    const [first] = run ? await this.host.runs.journalOf(run.id) : [];
    return first?.type === 'runStarted' ? first.trigger.outputs : undefined;
  }

  #scope(
    { row, workflow, trigger }: TriggerWork,
    occasion: string,
    outputs?: WorkflowObject,
  ): TriggerScope {
    const key = this.host.registry.keyOf(workflow.name);
    return triggerScope(workflow, trigger, {
      now: row.now.getTime(),
      key: `${row.workflow}:${trigger.name}:${occasion}`,
      callbackUrl: this.host.urls.trigger({ name: workflow.name, key }, trigger.name).value,
      ...(outputs && { outputs }),
    });
  }
}

function at(time: number | undefined): Date | null {
  return time === undefined ? null : new Date(time);
}
