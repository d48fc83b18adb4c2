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

/** What a change of a workflow concerns. */
export interface DeployerParts {
  readonly registry: WorkflowRegistry;
  readonly store: DefinitionsStore;
  readonly triggers: TriggerSync;
  readonly runs: RunService;
  readonly history: RunsStore;
}

/** Everything that changes a workflow; triggers follow. */
export class WorkflowDeployer {
  constructor(private readonly parts: DeployerParts) {}

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
    for (const { name, version } of versions) this.parts.registry.check(name, version);
    const rows: WorkflowRow[] = [];
    for (const { name, version } of versions) {
      const row = await this.parts.registry.deploy(name, version, undefined);
      await this.parts.triggers.sync(row);
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
    this.parts.registry.check(name, version);
    const isNew = (await this.parts.store.workflow(name)) === undefined;
    const row = await this.parts.registry.deploy(name, version, state);
    await this.parts.triggers.sync(row);
    return { row, isNew };
  }

  /** Checks what {@link put} would deploy. */
  async validate(name: string, text: string): Promise<void> {
    const { version } = await this.#versionOf(name, text);
    this.parts.registry.check(name, version);
  }

  /** Makes an older version the current one, as a new version. */
  async promote(row: WorkflowRow, version: string): Promise<WorkflowRow> {
    const stored = await this.parts.registry.stored(row.name, version);
    const promoted = await this.parts.registry.deploy(row.name, stored, undefined);
    await this.parts.triggers.sync(promoted);
    return promoted;
  }

  async setState(row: WorkflowRow, state: 'Enabled' | 'Disabled'): Promise<void> {
    await this.parts.store.setState(row.name, state);
    this.parts.registry.forget(row.name);
    await this.parts.triggers.sync({ ...row, state });
  }

  /** Subscriptions are given up and open runs cancelled; the history stays until its time is over. */
  async remove(row: WorkflowRow): Promise<void> {
    await this.parts.store.setState(row.name, 'Deleted');
    this.parts.registry.forget(row.name);
    await this.parts.triggers.sync({ ...row, state: 'Deleted' });
    for (const run of await this.parts.history.openRuns(row.name))
      await this.parts.runs.cancel(run);
  }

  /** URLs that the old key signed are worth nothing from now on. */
  async regenerateKey(row: WorkflowRow, kind: 'Primary' | 'Secondary'): Promise<void> {
    await this.parts.store.setKey(
      row.name,
      kind === 'Primary' ? 'primary_key' : 'secondary_key',
      newKey(),
    );
    this.parts.registry.forget(row.name);
  }

  async #versionOf(
    name: string,
    text: string,
  ): Promise<{ version: StoredVersion; state: 'Enabled' | 'Disabled' | undefined }> {
    const resource = objectOf(text);
    const properties = memberOf(resource, 'properties');
    const state = stateOf(isObject(properties) ? memberOf(properties, 'state') : undefined);
    const row = await this.parts.store.workflow(name);
    const current = row && (await this.parts.registry.stored(row.name, row.version));
    if (current && isDocument(current.document) && isObject(properties)) {
      // A workflow of a Standard project keeps the project around it: connections, parameters, host.json.
      const definition = memberOf(properties, 'definition') ?? null;
      const access = memberOf(properties, 'accessControl');
      const old = objectOf(current.files[current.document] ?? '{}');
      const changed = withMember(old, 'definition', definition);
      const document =
        access === undefined ? changed : withMember(changed, 'accessControl', access);
      const files = { ...current.files, [current.document]: writeJson(document) };
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
