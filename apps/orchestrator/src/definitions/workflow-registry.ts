import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  compilePlan,
  limitsFromHost,
  loadWorkflowDocument,
  newRunId,
  statefulLimits,
  statelessLimits,
  type LoadedWorkflow,
  type Problem,
  type WorkflowIdentity,
} from '@isthmus/workflow-engine';
import { ServiceError } from '@isthmus/host';
import { LRUCache } from 'lru-cache';

import type { DefinitionsStore, WorkflowRow } from '../store/definitions.store.js';
import { artifactsOf } from './artifacts.js';
import type { DeployedWorkflow, StoredVersion } from './deployed-workflow.js';

/** What the registry needs of its service. */
export interface RegistryOptions {
  readonly store: DefinitionsStore;
  readonly appSettings: Readonly<Record<string, string>>;
  /** Address of a waiting action's callback. */
  readonly callbackUrl: (workflow: string, runId: string, path: string) => string;
}

/** Compiled versions kept in memory; a run that needs an older one compiles it again. */
const mostPlans = 500;

/** The workflows of this orchestrator: deploys versions and gives plans for them. */
export class WorkflowRegistry {
  readonly #plans = new LRUCache<string, DeployedWorkflow>({ max: mostPlans });

  constructor(private readonly options: RegistryOptions) {}

  /**
   * Deploys every workflow of a project.
   * @throws ServiceError 400 `InvalidWorkflow` with every problem; nothing is deployed then.
   */
  async deployProject(files: ReadonlyMap<string, string>): Promise<WorkflowRow[]> {
    const documents = [...files.keys()].filter((path) => /^[^/]+\/workflow\.json$/.test(path));
    const versions = documents.map((document) => {
      const mine = [...files].filter(
        ([path]) => path === document || !/^[^/]+\/workflow\.json$/.test(path),
      );
      return { document, files: Object.fromEntries(mine) } satisfies StoredVersion;
    });
    const loaded = versions.map((version) => this.#load(version));
    const problems = loaded.flatMap((workflow) => workflow.problems).filter(isError);
    if (problems.length > 0) throw invalidWorkflow(problems);
    return Promise.all(versions.map((version, index) => this.#deploy(version, loaded[index]!)));
  }

  /** The current version of a workflow; undefined when there is none of that name. */
  async current(
    name: string,
  ): Promise<{ row: WorkflowRow; workflow: DeployedWorkflow } | undefined> {
    const row = await this.options.store.workflow(name);
    return row && { row, workflow: await this.version(row.name, row.version) };
  }

  /** A version, compiled. @throws Error when it does not exist. */
  async version(name: string, version: string): Promise<DeployedWorkflow> {
    const key = `${name}/${version}`;
    const known = this.#plans.get(key);
    if (known) return known;
    const [row, definition] = await Promise.all([
      this.options.store.workflow(name),
      this.options.store.version(name, version),
    ]);
    if (!row || !definition) throw new Error(`workflow ${name} has no version ${version}`);
    const stored = JSON.parse(definition.body) as StoredVersion;
    const workflow = this.#compile({ id: row.id, name, version }, stored);
    this.#plans.set(key, workflow);
    return workflow;
  }

  async #deploy(version: StoredVersion, loaded: LoadedWorkflow): Promise<WorkflowRow> {
    const body = JSON.stringify(version);
    const key = () => randomBytes(32).toString('base64url');
    return this.options.store.deploy({
      name: loaded.name,
      id: randomUUID().replaceAll('-', ''),
      version: newRunId(Date.now(), Math.random).slice(0, 20),
      contentHash: createHash('sha256').update(body).digest('hex'),
      body,
      state: loaded.state,
      keys: { primary: key(), secondary: key() },
    });
  }

  #load(version: StoredVersion): LoadedWorkflow {
    const siblings = new Map(Object.entries(version.files));
    const text = siblings.get(version.document) ?? '';
    const { workflows, problems } = loadWorkflowDocument(text, version.document, {
      siblings,
      appSettings: { ...this.options.appSettings },
    });
    const [workflow] = workflows;
    if (!workflow) throw invalidWorkflow(problems);
    return { ...workflow, name: version.document.split('/')[0]!, problems };
  }

  #compile(identity: WorkflowIdentity, stored: StoredVersion): DeployedWorkflow {
    const { name } = identity;
    const loaded = this.#load(stored);
    const kind = loaded.kind === 'Stateless' ? 'Stateless' : 'Stateful';
    const plan = compilePlan(loaded.definition, {
      workflow: identity,
      kind,
      parameters: loaded.parameters,
      appSettings: loaded.appSettings,
      artifacts: artifactsOf(stored.files),
      limits: limitsFromHost(
        loaded.settings,
        kind === 'Stateless' ? statelessLimits : statefulLimits,
      ),
      callbackUrl: (runId, path) => this.options.callbackUrl(name, runId, path),
      staticResults: 'enabled',
    });
    return { ...identity, loaded, plan };
  }
}

function isError(problem: Problem): boolean {
  return problem.severity === 'error';
}

function invalidWorkflow(problems: readonly Problem[]): ServiceError {
  const [first] = problems;
  return new ServiceError(
    400,
    'InvalidWorkflow',
    first
      ? `${first.message} (line ${first.line}, column ${first.column})`
      : 'The document holds no workflow.',
    problems.map(({ code, message, pointer }) => ({ code, target: pointer, message })),
  );
}
