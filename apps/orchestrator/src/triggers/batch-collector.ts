import { randomUUID } from 'node:crypto';
import {
  batchOutputs,
  decideBatch,
  fire,
  hasBatch,
  newRunId,
  startRun,
  worded,
  type BatchMessage,
  type BatchMessageEffect,
  type EffectOutcome,
  type PlannedTrigger,
  type Wording,
} from '@isthmus/workflow-engine';
import {
  isObject,
  memberOf,
  parseJson,
  writeJson,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { AccountArtifacts } from '../integration-accounts/account-artifacts.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { journalRows, runRow } from '../runner/run-rows.js';
import { failure } from '../runner/sending.js';
import type { Admission } from '../store/admission.store.js';
import type { BatchesStore, BatchPartition, BatchRules } from '../store/batches.store.js';
import { concurrencyOf } from './concurrency.js';
import { triggerScope } from './trigger-scope.js';

/** Partition of messages that name none. */
const defaultPartition = 'DEFAULT';

/** Collects the messages of batch triggers and begins a run for each batch that is complete. */
export class BatchCollector {
  constructor(
    private readonly store: BatchesStore,
    private readonly registry: WorkflowRegistry,
    private readonly accounts: AccountArtifacts,
  ) {}

  /** Keeps a message of a SendToBatch action, once however often it is sent. */
  async send(effect: BatchMessageEffect): Promise<EffectOutcome> {
    const name = effect.workflow.slice(effect.workflow.lastIndexOf('/') + 1);
    const found = await this.registry.current(name);
    const refuse = (code: string, words: Wording) => failure(effect.id, code, words);
    if (!found)
      return refuse('WorkflowNotFound', worded`The workflow '${name}' could not be found.`);
    const { workflow, row } = found;
    const trigger = workflow.plan.triggers.find(
      (one) =>
        one.type.collects &&
        (effect.triggerName === '' || one.name.toLowerCase() === effect.triggerName.toLowerCase()),
    );
    if (!trigger || row.state !== 'Enabled')
      return refuse('TriggerNotFound', worded`The workflow '${name}' collects no batches.`);
    const inputs = this.#inputsOf(workflow, trigger);
    if (!hasBatch(inputs, effect.batchName))
      return refuse(
        'BatchNotFound',
        worded`The workflow '${name}' has no batch '${effect.batchName}'.`,
      );
    const partition = {
      workflow: workflow.name,
      trigger: trigger.name,
      batch: effect.batchName,
      partition: effect.partitionName ?? defaultPartition,
    };
    await this.store.add(
      partition,
      {
        key: effect.idempotencyKey,
        id: effect.messageId ?? randomUUID(),
        content: writeJson(effect.content),
        contentType: effect.contentType ?? null,
      },
      rulesOf({ workflow, trigger, inputs, partition }),
    );
    return { kind: 'response', effectId: effect.id, statusCode: 202, headers: {} };
  }

  /** Releases the batches whose time has come; says when to look again. */
  async review(workflow: DeployedWorkflow, trigger: PlannedTrigger): Promise<Date | undefined> {
    const inputs = this.#inputsOf(workflow, trigger);
    let earliest: Date | undefined;
    for (const partition of await this.store.partitions(workflow.name, trigger.name)) {
      const rules = rulesOf({ workflow, trigger, inputs, partition });
      const wakeAt = await this.store.review(partition, rules);
      if (wakeAt && (!earliest || wakeAt < earliest)) earliest = wakeAt;
    }
    return earliest;
  }

  /** Of the mode `IntegrationAccount` the configurations stand in the workflow's account. */
  #inputsOf(workflow: DeployedWorkflow, trigger: PlannedTrigger): WorkflowObject {
    const inputs = evaluatedInputs(workflow, trigger);
    const mode = memberOf(inputs, 'mode');
    if (typeof mode !== 'string' || mode.toLowerCase() !== 'integrationaccount') return inputs;
    const group = memberOf(inputs, 'batchGroupName');
    const { account } = workflow;
    const configurations =
      account === undefined
        ? {}
        : this.accounts.batches(account, typeof group === 'string' ? group : undefined);
    return { ...inputs, configurations };
  }
}

interface Collected {
  readonly workflow: DeployedWorkflow;
  readonly trigger: PlannedTrigger;
  readonly inputs: WorkflowObject;
  readonly partition: BatchPartition;
}

function rulesOf(of: Collected): BatchRules {
  const { partition, inputs } = of;
  return {
    decide({ count, bytes, since }) {
      const state = { name: partition.batch, count, bytes, since: since.getTime() };
      const { isComplete, wakeAt } = decideBatch(inputs, state, Date.now());
      return { isComplete, ...(wakeAt !== undefined && { wakeAt: new Date(wakeAt) }) };
    },
    release(rows) {
      const messages = rows.map((row): BatchMessage => ({
        messageId: row.message_id,
        content: parseJson(row.content),
        ...(row.content_type !== null && { contentType: row.content_type }),
      }));
      const outputs = batchOutputs(partition.batch, partition.partition, messages);
      return admissionOf(of, outputs, Date.now());
    },
  };
}

function admissionOf(of: Collected, outputs: WorkflowObject, now: number): Admission | undefined {
  const { workflow, trigger } = of;
  const runId = newRunId(now, Math.random);
  const ambient = { now, random: Math.random, newGuid: randomUUID };
  const firing = fire(workflow.plan, trigger, { outputs, runId }, ambient);
  if (firing.kind !== 'runs') return undefined;
  const { state, events } = startRun({
    runId,
    now,
    trigger: {
      name: trigger.name,
      status: 'Succeeded',
      outputs,
      startedAt: now,
      endedAt: now,
      trackingId: randomUUID(),
    },
  });
  const limit = concurrencyOf(workflow, trigger);
  const row = runRow(state, { workflow }, { owner: '', suspended: false });
  return { row, events: journalRows(runId, events, 1), ...(limit && { limit }) };
}

function evaluatedInputs(workflow: DeployedWorkflow, trigger: PlannedTrigger): WorkflowObject {
  const scope = triggerScope(workflow, trigger, { now: Date.now(), key: '', callbackUrl: '' });
  const inputs = trigger.inputs.evaluate(scope.expressions);
  return isObject(inputs) ? inputs : {};
}
