import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  compilePlan,
  invalidAccessControl,
  limitsFromHost,
  loadWorkflowDocument,
  newRunId,
  PlanError,
  type LoadedWorkflow,
  type Problem,
  type WorkflowIdentity,
} from '@isthmus/workflow-engine';
import { ServiceError } from '@isthmus/host';
import { LRUCache } from 'lru-cache';
import type { DefinitionsStore, NewVersion, WorkflowRow } from '../store/definitions.store.js';
import type { AccountArtifacts } from '../integration-accounts/account-artifacts.js';
import { artifactsOf, joined } from './artifacts.js';
import type { DeployedWorkflow, StoredVersion } from './deployed-workflow.js';
import { integrationAccountOf, resourceMembers } from './resource-members.js';

/** What the registry needs of its service. */
export interface RegistryOptions {
  readonly store: DefinitionsStore;
  /** What workflows read out of integration accounts. */
  readonly accounts: AccountArtifacts;
  readonly appSettings: Readonly<Record<string, string>>;
  /** Address of a waiting action's callback. @param key that signs it */
  readonly callbackUrl: (
    workflow: { readonly name: string; readonly key: string },
    runId: string,
    path: string,
  ) => string;
}

/** The current version of a workflow, and its row. */
export interface CurrentWorkflow {
  readonly row: WorkflowRow;
  readonly workflow: DeployedWorkflow;
}

/** Compiled versions kept in memory; a run that needs an older one compiles it again. */
const mostPlans = 500;
/** A workflow's row may be so old in milliseconds: states and keys reach every replica within it. */
const rowAge = 1000;

/** The workflows of this orchestrator: checks and keeps versions, gives plans for them. */
export class WorkflowRegistry {
  readonly #plans = new LRUCache<string, DeployedWorkflow>({ max: mostPlans });
  readonly #rows = new LRUCache<string, WorkflowRow>({ max: 10_000, ttl: rowAge });
  /** Rows with their plans, as long as the row is young enough. */
  readonly #found = new LRUCache<string, CurrentWorkflow & { readonly until: number }>({
    max: 10_000,
  });
  /** The key that callback URLs of a workflow are signed with, as last read. */
  readonly #keys = new Map<string, string>();
  /** Names by id: they belong together for ever. */
  readonly #names = new LRUCache<string, string>({ max: 10_000 });

  constructor(private readonly options: RegistryOptions) {}

  /**
   * The current version of a workflow; undefined when there is none of that name.
   * @param age what is known may be a second old (usual), or is read now (fresh)
   */
  async current(
    name: string,
    age: 'usual' | 'fresh' = 'usual',
  ): Promise<CurrentWorkflow | undefined> {
    const known = age === 'usual' ? this.#rows.get(name.toLowerCase()) : undefined;
    const row = known ?? (await this.options.store.workflow(name));
    if (!row) return undefined;
    if (!known) this.#remember(row);
    return { row, workflow: await this.version(row.name, row.version) };
  }

  /** The name of the workflow with an id of 32 hexadecimal digits; undefined when there is none. */
  async nameOf(id: string): Promise<string | undefined> {
    const key = id.toLowerCase();
    const known = this.#names.get(key) ?? (await this.options.store.nameOf(key));
    if (known !== undefined) this.#names.set(key, known);
    return known;
  }

  /** What {@link nameOf} gives, where it is in memory. */
  knownName(id: string): string | undefined {
    return this.#names.get(id.toLowerCase());
  }

  /** What {@link current} gives, where it is in memory. */
  known(name: string): CurrentWorkflow | undefined {
    const key = name.toLowerCase();
    const before = this.#found.get(key);
    if (before && performance.now() < before.until) return before;
    const row = this.#rows.get(key);
    const workflow = row && this.#plans.get(`${row.name}/${row.version}`);
    if (!workflow) return undefined;
    const found = { row, workflow, until: performance.now() + this.#rows.getRemainingTTL(key) };
    this.#found.set(key, found);
    return found;
  }

  /** A version, compiled. @throws Error when it does not exist. */
  async version(name: string, version: string): Promise<DeployedWorkflow> {
    const key = `${name}/${version}`;
    const known = this.#plans.get(key);
    if (known) return this.#refreshed(known);
    const found = await this.options.store.version(name, version);
    if (!found) throw new Error(`workflow ${name} has no version ${version}`);
    this.#keys.set(name, found.workflow.primary_key);
    const stored = JSON.parse(found.definition.body) as StoredVersion;
    const workflow = this.#compile({ id: found.workflow.id, name, version }, stored);
    this.#plans.set(key, workflow);
    return this.#refreshed(workflow);
  }

  /** Maps and schemas of an integration account change without a new version of the workflow. */
  async #refreshed(workflow: DeployedWorkflow): Promise<DeployedWorkflow> {
    if (workflow.account !== undefined) await this.options.accounts.refresh(workflow.account);
    return workflow;
  }

  /** What a version was deployed as. @throws ServiceError 404 */
  async stored(name: string, version: string): Promise<StoredVersion> {
    const found = await this.options.store.version(name, version);
    if (!found) {
      throw new ServiceError(
        404,
        'WorkflowVersionNotFound',
        `The workflow '${name}' has no version '${version}'.`,
      );
    }
    return JSON.parse(found.definition.body) as StoredVersion;
  }

  /** The key that signs callback URLs of a workflow whose version was given before. */
  keyOf(name: string): string {
    const key = this.#keys.get(name);
    if (key === undefined) throw new Error(`the key of workflow ${name} is not known`);
    return key;
  }

  /** Forgets what is known of a workflow, after a change. */
  forget(name: string): void {
    this.#rows.delete(name.toLowerCase());
    this.#found.delete(name.toLowerCase());
  }

  /**
   * Checks a version.
   * @throws ServiceError 400 `InvalidTemplate` with every problem
   */
  check(name: string, version: StoredVersion): LoadedWorkflow {
    const loaded = this.#load(name, version);
    const problems = loaded.problems.filter((problem) => problem.severity === 'error');
    if (problems.length > 0) throw invalidWorkflow(problems);
    try {
      this.#compile({ id: '', name, version: '' }, version);
    } catch (error) {
      // What only shows when the plan is made: an unknown artifact, a wrong setting of host.json.
      if (!(error instanceof PlanError) && !(error instanceof RangeError)) throw error;
      throw new ServiceError(400, 'InvalidTemplate', error.message);
    }
    return loaded;
  }

  /** Keeps a version that was checked. @param state undefined: as it is */
  async deploy(
    name: string,
    version: StoredVersion,
    state: NewVersion['state'],
  ): Promise<WorkflowRow> {
    const body = JSON.stringify(version);
    const row = await this.options.store.deploy({
      name,
      id: randomUUID().replaceAll('-', ''),
      version: newRunId(Date.now(), Math.random).slice(0, 20),
      contentHash: createHash('sha256').update(body).digest('hex'),
      body,
      state: this.#isSwitchedOff(name) ? 'Disabled' : state,
      keys: { primary: newKey(), secondary: newKey() },
    });
    this.#remember(row);
    return row;
  }

  /** `Workflows.<name>.FlowState` of the app settings. */
  #isSwitchedOff(name: string): boolean {
    return this.options.appSettings[`Workflows.${name}.FlowState`]?.toLowerCase() === 'disabled';
  }

  #remember(row: WorkflowRow): void {
    this.#rows.set(row.name.toLowerCase(), row);
    this.#found.delete(row.name.toLowerCase());
    this.#keys.set(row.name, row.primary_key);
  }

  #load(name: string, version: StoredVersion): LoadedWorkflow {
    const siblings = new Map(Object.entries(version.files));
    const text = siblings.get(version.document) ?? '';
    const { workflows, problems } = loadWorkflowDocument(text, version.document, {
      siblings,
      appSettings: { ...this.options.appSettings },
      now: Date.now(),
    });
    const [workflow] = workflows;
    if (!workflow) throw invalidWorkflow(problems);
    return { ...workflow, name, problems };
  }

  #compile(identity: WorkflowIdentity, stored: StoredVersion): DeployedWorkflow {
    const { name } = identity;
    const loaded = this.#load(name, stored);
    const kind = loaded.kind === 'Stateless' ? 'Stateless' : 'Stateful';
    const { location, tags } = resourceMembers(loaded);
    const account = integrationAccountOf(loaded);
    const project = artifactsOf(stored.files);
    const plan = compilePlan(loaded.definition, {
      workflow: {
        ...identity,
        ...(location !== undefined && { location }),
        ...(tags && { tags }),
      },
      kind,
      parameters: loaded.parameters,
      appSettings: loaded.appSettings,
      artifacts:
        account === undefined ? project : joined(project, this.options.accounts.of(account)),
      limits: limitsFromHost(loaded.settings, kind),
      callbackUrl: (runId, path) =>
        this.options.callbackUrl({ name, key: this.keyOf(name) }, runId, path),
      staticResults: 'enabled',
    });
    return { ...identity, loaded, plan, ...(account !== undefined && { account }) };
  }
}

/** A new signing key. */
export function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function invalidWorkflow(problems: readonly Problem[]): ServiceError {
  const [first] = problems;
  const details = problems.map(({ code, message, pointer, line, column }) => ({
    code,
    target: pointer,
    message: `${message} (line ${line}, column ${column})`,
  }));
  const message = details[0]?.message ?? 'The document holds no workflow.';
  if (first?.code === invalidAccessControl)
    return new ServiceError(400, 'InvalidAccessControl', message, details);
  return new ServiceError(400, 'InvalidTemplate', message, details);
}
