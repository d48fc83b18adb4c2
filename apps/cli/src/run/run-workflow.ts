import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { RunOptions } from '../commands/run.js';
import {
  documentText,
  loadWorkflowDocument,
  PlanError,
  recordedCase,
  type LoadedWorkflow,
} from '@isthmus/workflow-engine';
import {
  artifactsOf,
  connectionsOf,
  EffectPerformer,
  HttpTokenSource,
  localWorkflows,
  parameterFile,
  projectAround,
  responseResult,
  runLocally,
  runResult,
  runTree,
  sampleParameters,
  sampleSettings,
  sampleTrigger,
  SkippingClock,
  stubPerformer,
  type LocalOutcome,
  type LocalRun,
} from '@isthmus/workflow-effects';
import {
  isObject,
  JsonTextError,
  parseJson,
  writeJson,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';

const contentSize = 104_857_600;
const pageCount = 1000;

/** A problem of what the user gave, told without a stack. */
class InputError extends Error {}

/**
 * Runs the workflow of a file and prints the outcome.
 * @returns the exit code: 0 when the run succeeded or was refused as its trigger says, 1 when it failed, 2 when
 * nothing could run
 */
export async function runWorkflow(file: string, options: RunOptions): Promise<number> {
  try {
    const workflow = await load(file, options);
    const trigger = options.input === undefined ? undefined : await readJson(options.input);
    const session = new LocalSession(file, options);
    try {
      const outcome = await session.run(workflow, trigger);
      if (options.record !== undefined) await record(outcome, file, options.record);
      return print(outcome, options.json === true);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof InputError || error instanceof PlanError || error instanceof RangeError))
      throw error;
    // The text of a run is one string, and the longest possible string is half a gigabyte.
    const isTooLong = error instanceof RangeError && error.message === 'Invalid string length';
    console.error(isTooLong ? 'The run holds more data than can be printed.' : error.message);
    return 2;
  }
}

async function load(file: string, options: RunOptions): Promise<LoadedWorkflow> {
  const text = await read(file);
  const parameters =
    options.parameters === undefined
      ? undefined
      : parameterFile(await readJson(options.parameters));
  const document = loadWorkflowDocument(text, file, {
    siblings: await projectAround(file),
    ...(parameters && { parameters }),
    appSettings: settingsOf(options.setting ?? []),
  });
  const [workflow] = document.workflows;
  if (document.ok && workflow) return workflow;
  const errors = document.problems.filter((problem) => problem.severity === 'error');
  const lines = errors.map(
    (problem) => `${file}:${problem.line}:${problem.column}: ${problem.message}`,
  );
  throw new InputError(
    lines.length > 0 ? lines.join('\n') : `${file}: there is no workflow definition in it.`,
  );
}

/** A run of a workflow with those that it calls, which stand in the same project. */
class LocalSession {
  private readonly performers: EffectPerformer[] = [];

  constructor(
    private readonly file: string,
    private readonly options: RunOptions,
    private readonly depth = 0,
  ) {}

  async run(workflow: LoadedWorkflow, trigger: WorkflowObject | undefined): Promise<LocalOutcome> {
    const { options } = this;
    const run: Omit<LocalRun, 'workflow' | 'trigger' | 'perform'> = {
      artifacts: artifactsOf(await projectAround(this.file)),
      staticResults: options.staticResults ? 'all' : 'enabled',
    };
    if (!options.stub)
      return runLocally({
        ...run,
        workflow,
        trigger: trigger ?? {},
        perform: () => this.perform(workflow),
      });
    const { definition } = workflow;
    return runLocally({
      ...run,
      workflow: {
        ...workflow,
        parameters: sampleParameters(definition, workflow.parameters),
        appSettings: sampleSettings(definition, workflow.appSettings),
      },
      trigger: trigger ?? sampleTrigger(definition),
      perform: stubPerformer,
      clock: new SkippingClock(),
      callback: { body: {} },
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.performers.map((performer) => performer.close()));
  }

  private perform(workflow: LoadedWorkflow): ReturnType<LocalRun['perform']> {
    const performer = new EffectPerformer({
      connections: connectionsOf(workflow.connections),
      egress: { allowPrivateAddresses: this.options.blockPrivateAddresses !== true },
      tokens: new HttpTokenSource({ kind: 'none' }),
      workflows: localWorkflows(
        {
          find: (name) => this.neighbour(name),
          run: (child, trigger) => this.nested(child, trigger),
        },
        this.depth,
      ),
      contentSize,
      pageCount,
    });
    this.performers.push(performer);
    return (effect, run, signal) => performer.perform(effect, run, signal);
  }

  private async neighbour(name: string): Promise<LoadedWorkflow | undefined> {
    if (!/^[\w. -]+$/.test(name) || name.includes('..')) return undefined;
    const path = join(dirname(dirname(this.file)), name, 'workflow.json');
    try {
      await access(path);
    } catch {
      return undefined;
    }
    return load(path, { setting: this.options.setting ?? [] });
  }

  private async nested(child: LoadedWorkflow, trigger: WorkflowObject): Promise<LocalOutcome> {
    const session = new LocalSession(this.file, this.options, this.depth + 1);
    try {
      return await session.run(child, trigger);
    } finally {
      await session.close();
    }
  }
}

/** Writes a run as a case beside which its workflow is found. */
async function record(outcome: LocalOutcome, workflow: string, target: string): Promise<void> {
  const [state] = outcome.kind === 'run' ? outcome.states : [];
  if (outcome.kind !== 'run' || !state)
    throw new InputError('There is no run that could be recorded.');
  const { stringify } = await import('yaml');
  const { name, ...rest } = JSON.parse(writeJson(recordedCase(outcome.plan, state))) as Record<
    string,
    unknown
  >;
  const path = relative(dirname(resolve(target)), resolve(workflow))
    .split(sep)
    .join('/');
  await writeFile(
    target,
    stringify([{ name, workflow: path.startsWith('.') ? path : `./${path}`, ...rest }]),
  );
}

function print(outcome: LocalOutcome, asJson: boolean): number {
  switch (outcome.kind) {
    case 'run': {
      const { plan, states } = outcome;
      const text = asJson
        ? writeJson(runResult(outcome))
        : states.map((state) => runTree(plan, state)).join('\n');
      console.log(text);
      return asJson || states.every((state) => state.status === 'Succeeded') ? 0 : 1;
    }
    case 'refused': {
      const response = responseResult(outcome.response, {});
      return report(
        asJson,
        { status: 'Skipped', response, actions: {} },
        `refused: ${writeJson(response)}`,
      );
    }
    case 'skipped':
      return report(
        asJson,
        { status: 'Skipped', actions: {} },
        `skipped: the condition ${outcome.condition} of the trigger is not met`,
      );
    case 'failed': {
      const error = { code: outcome.code, message: outcome.message };
      report(
        asJson,
        { status: 'Failed', error, actions: {} },
        `${outcome.code}: ${outcome.message}`,
      );
      return asJson ? 0 : 1;
    }
  }
}

function report(asJson: boolean, result: WorkflowObject, text: string): number {
  console.log(asJson ? writeJson(result) : text);
  return 0;
}

function settingsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new InputError(`--setting needs name=value, not '${pair}'.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function read(file: string): Promise<string> {
  try {
    return documentText(await readFile(file));
  } catch (error) {
    throw new InputError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function readJson(file: string): Promise<WorkflowObject> {
  try {
    const value = parseJson(await read(file));
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new InputError(`${file} is no JSON: ${error.message}`);
  }
  throw new InputError(`${file} holds no JSON object.`);
}
