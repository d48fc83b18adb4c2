import {
  apply,
  emptyRun,
  splitPath,
  type ActionRecord,
  type EffectRequested,
  type Plan,
  type RunEvent,
  type RunState,
} from '@isthmus/workflow-engine';
import { parseJson, type WorkflowValue } from '@isthmus/workflow-expressions';
import { LRUCache } from 'lru-cache';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { readEvent, refsOf, type PayloadRefs } from '../store/event-text.js';
import type { JournalStore } from '../store/journal.store.js';
import type { RunListRow, RunsStore, TriggerSizes } from '../store/runs.store.js';

/** A value of the history: at hand, or kept apart because it is large. */
export type Content =
  | { readonly value: WorkflowValue }
  | { readonly hash: string; readonly size: number };

/** All that is kept of a run. Large contents stay in the store until somebody asks for them. */
export interface RunHistory {
  readonly row: RunListRow;
  readonly plan: Plan;
  readonly state: RunState;
  /** Records by lower-case name of the action, in order of their passes. */
  readonly records: ReadonlyMap<string, readonly ActionRecord[]>;
  /** Calls that an action asked for, by path. */
  readonly requests: ReadonlyMap<string, readonly (EffectRequested & { at: number })[]>;
  content(path: string, member: 'inputs' | 'outputs'): Content | undefined;
}

/** Finished runs whose history is kept in memory while somebody reads page after page. */
const mostHistories = 8;
/** Members that only contents show. */
const deferred = new Set(['inputs', 'outputs', 'effect', 'value', 'response']);

/** Reads histories of runs. */
export class RunHistories {
  readonly #known = new LRUCache<string, RunHistory>({ max: mostHistories, ttl: 60_000 });

  constructor(
    private readonly runs: RunsStore,
    private readonly journal: JournalStore,
    private readonly registry: WorkflowRegistry,
  ) {}

  /** Undefined when the workflow has no such run. */
  async of(workflow: string, runId: string): Promise<RunHistory | undefined> {
    const known = this.#known.get(runId);
    if (known)
      return known.row.workflow.toLowerCase() === workflow.toLowerCase() ? known : undefined;
    const row = await this.runs.run(runId);
    if (row?.workflow.toLowerCase() !== workflow.toLowerCase()) return undefined;
    const history = await this.#load(row);
    if (row.ended_at) this.#known.set(runId, history);
    return history;
  }

  /** The value behind a content. */
  async read(runId: string, content: Content): Promise<WorkflowValue> {
    if ('value' in content) return content.value;
    const text = await this.journal.payload(runId, content.hash);
    return text === undefined ? null : parseJson(text);
  }

  /** Versions that runs of a workflow were begun with. */
  versions(workflow: string): Promise<string[]> {
    return this.runs.versions(workflow);
  }

  /** Sizes of what the triggers of runs got and gave, in bytes. */
  triggerSizes(ids: readonly string[]): Promise<ReadonlyMap<string, TriggerSizes>> {
    return this.runs.triggerSizes(ids);
  }

  /** The events of a run, complete. */
  events(runId: string): Promise<RunEvent[]> {
    return this.journal.read(runId);
  }

  async #load(row: RunListRow): Promise<RunHistory> {
    const texts = await this.journal.texts(row.id);
    const needed = await this.journal.payloads(row.id, texts, (member) => !deferred.has(member));
    const { plan } = await this.registry.version(row.workflow, row.version);
    const state = emptyRun();
    const refs = new Map<string, PayloadRefs>();
    const requests = new Map<string, (EffectRequested & { at: number })[]>();
    for (const text of texts) {
      const event = readEvent(text, (hash) => needed.get(hash));
      apply(state, event);
      // With a time it is announced only; it is asked for again when the time has come.
      if (event.type === 'effectRequested' && event.due === undefined)
        requests.set(event.path, [...(requests.get(event.path) ?? []), event]);
      if (text.refs !== null && 'path' in event)
        refs.set(event.path, { ...refs.get(event.path), ...refsOf(text) });
    }
    return {
      row,
      plan,
      state,
      records: recordsOf(state),
      requests,
      content: (path, member) => contentOf(state.actions.get(path), refs.get(path), member),
    };
  }
}

function contentOf(
  record: ActionRecord | undefined,
  refs: PayloadRefs | undefined,
  member: 'inputs' | 'outputs',
): Content | undefined {
  const value = record?.[member];
  if (value !== undefined) return { value };
  const [hash, size] = refs?.[member] ?? [];
  return hash === undefined || size === undefined ? undefined : { hash, size };
}

function recordsOf(state: RunState): Map<string, ActionRecord[]> {
  const records = new Map<string, ActionRecord[]>();
  for (const record of state.actions.values()) {
    const key = splitPath(record.path).name.toLowerCase();
    const known = records.get(key);
    if (known) known.push(record);
    else records.set(key, [record]);
  }
  for (const [name, list] of records) if (list.length > 1) records.set(name, inPassOrder(list));
  return records;
}

/** Of 100,000 records every name is made once; most lists are in order as they are. */
function inPassOrder(list: readonly ActionRecord[]): ActionRecord[] {
  const named = list.map((record) => ({ record, name: repetitionName(record.path) }));
  const isSorted = named.every(({ name }, at) => at === 0 || named[at - 1]!.name <= name);
  if (!isSorted) named.sort((a, b) => (a.name < b.name ? -1 : 1));
  return named.map(({ record }) => record);
}

/** `000002-000017`: the passes in which an action ran, outermost first; empty outside of loops. */
export function repetitionName(path: string): string {
  return splitPath(path).indexes.map(sixDigits).join('-');
}

export function sixDigits(index: number): string {
  return String(index).padStart(6, '0');
}
