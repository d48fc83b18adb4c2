import {
  isObject,
  memberOf,
  parseJson,
  JsonTextError,
  withMember,
  writeJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { ServiceError } from '@isthmus/host';
import type { RunService } from '../runner/run-service.js';
import type { DefinitionsStore, WorkflowRow } from '../store/definitions.store.js';
import type { RunsStore } from '../store/runs.store.js';
import type { TriggerSync } from '../triggers/trigger-sync.js';
import type { StoredVersion } from './deployed-workflow.js';
import { newKey, type WorkflowRegistry } from './workflow-registry.js';

const isDocument = (path: string) => /^[^/]+\/workflow\.json$/.test(path);

/** Everything that changes a workflow; triggers follow. */
export class WorkflowDeployer {
  constructor(
    private readonly registry: WorkflowRegistry,
    private readonly store: DefinitionsStore,
    private readonly triggers: TriggerSync,
    private readonly runs: RunService,
    private readonly history: RunsStore,
  ) {}

  /**
   * Deploys every workflow of a Standard project; the state of those that exist stays.
   * @throws ServiceError 400 with every problem; nothing is deployed then
   */
  async deployProject(files: ReadonlyMap<string, string>): Promise<WorkflowRow[]> {
    const documents = [...files.keys()].filter(isDocument);
    const versions = documents.map((document) => {
      const mine = [...files].filter(([path]) => path === document || !isDocument(path));
      const name = document.slice(0, document.indexOf('/'));
      return { name, version: { document, files: Object.fromEntries(mine) } };
    });
    for (const { name, version } of versions) this.registry.check(name, version);
    const rows: WorkflowRow[] = [];
    for (const { name, version } of versions) {
      const row = await this.registry.deploy(name, version, undefined);
      await this.triggers.sync(row);
      rows.push(row);
    }
    return rows;
  }

  /**
   * Creates a workflow or gives it a new version.
   * @param text the body of a PUT: a `Microsoft.Logic/workflows` resource, or a bare definition
   * @throws ServiceError 400 `InvalidRequestContent`, `InvalidTemplate`
   */
  async put(name: string, text: string): Promise<{ row: WorkflowRow; isNew: boolean }> {
    const { version, state } = await this.#versionOf(name, text);
    this.registry.check(name, version);
    const isNew = (await this.store.workflow(name)) === undefined;
    const row = await this.registry.deploy(name, version, state);
    await this.triggers.sync(row);
    return { row, isNew };
  }

  /** Checks what {@link put} would deploy. */
  async validate(name: string, text: string): Promise<void> {
    const { version } = await this.#versionOf(name, text);
    this.registry.check(name, version);
  }

  /** Makes an older version the current one, as a new version. */
  async promote(row: WorkflowRow, version: string): Promise<WorkflowRow> {
    const stored = await this.registry.stored(row.name, version);
    const promoted = await this.registry.deploy(row.name, stored, undefined);
    await this.triggers.sync(promoted);
    return promoted;
  }

  async setState(row: WorkflowRow, state: 'Enabled' | 'Disabled'): Promise<void> {
    await this.store.setState(row.name, state);
    this.registry.forget(row.name);
    await this.triggers.sync({ ...row, state });
  }

  /** Subscriptions are given up and open runs cancelled; the history stays until its time is over. */
  async remove(row: WorkflowRow): Promise<void> {
    await this.store.setState(row.name, 'Deleted');
    this.registry.forget(row.name);
    await this.triggers.sync({ ...row, state: 'Deleted' });
    for (const run of await this.history.openRuns(row.name)) await this.runs.cancel(run);
  }

  /** URLs that the old key signed are worth nothing from now on. */
  async regenerateKey(row: WorkflowRow, kind: 'Primary' | 'Secondary'): Promise<void> {
    await this.store.setKey(
      row.name,
      kind === 'Primary' ? 'primary_key' : 'secondary_key',
      newKey(),
    );
    this.registry.forget(row.name);
  }

  async #versionOf(
    name: string,
    text: string,
  ): Promise<{ version: StoredVersion; state: 'Enabled' | 'Disabled' | undefined }> {
    const resource = objectOf(text);
    const properties = memberOf(resource, 'properties');
    const state = stateOf(isObject(properties) ? memberOf(properties, 'state') : undefined);
    const row = await this.store.workflow(name);
    const current = row && (await this.registry.stored(row.name, row.version));
    if (current && isDocument(current.document) && isObject(properties)) {
      // A workflow of a Standard project keeps the project around it: connections, parameters, host.json.
      const definition = memberOf(properties, 'definition') ?? null;
      const old = objectOf(current.files[current.document] ?? '{}');
      const document = writeJson(withMember(old, 'definition', definition));
      const files = { ...current.files, [current.document]: document };
      return { version: { document: current.document, files }, state };
    }
    const document = `${name}.json`;
    return { version: { document, files: { [document]: text } }, state };
  }
}

function objectOf(text: string): WorkflowObject {
  let value: WorkflowValue;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw invalidContent(error.message);
  }
  if (!isObject(value)) throw invalidContent('an object was expected');
  return value;
}

function invalidContent(reason: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${reason}'.`,
  );
}

function stateOf(value: WorkflowValue | undefined): 'Enabled' | 'Disabled' | undefined {
  if (typeof value !== 'string') return undefined;
  return value.toLowerCase() === 'disabled' ? 'Disabled' : 'Enabled';
}
