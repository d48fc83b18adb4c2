import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunOptions } from '../commands/run.js';
import { loadWorkflowDocument, PlanError, type LoadedWorkflow } from '@isthmus/workflow-engine';
import {
  artifactsOf,
  connectionsOf,
  EffectPerformer,
  HttpTokenSource,
  localWorkflows,
  projectAround,
  responseResult,
  runLocally,
  runResult,
  runTree,
  sampleParameters,
  sampleSettings,
  sampleTrigger,
  SkippingClock,
  stubCallbacks,
  stubPerformer,
  type LocalOutcome,
  type LocalRun,
} from '@isthmus/workflow-effects';
import { writeJson, type WorkflowObject } from '@isthmus/workflow-expressions';
import { recordRun } from './record-run.js';
import { InputError, parametersOf, read, readJson, settingsOf } from './run-input.js';

const contentSize = 104_857_600;
const pageCount = 1000;

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
      if (options.record !== undefined) await recordRun(outcome, file, workflow, options);
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

/** @throws InputError when there is none of that name */
function chosen(
  workflows: readonly LoadedWorkflow[],
  file: string,
  name: string | undefined,
): LoadedWorkflow | undefined {
  if (name === undefined) return workflows[0];
  const found = workflows.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = workflows.map((one) => `'${one.name}'`).join(', ');
  throw new InputError(`${file}: there is no workflow '${name}' in it, only ${names || 'none'}.`);
}

async function load(file: string, options: RunOptions): Promise<LoadedWorkflow> {
  const text = await read(file);
  const parameters = await parametersOf(options, text, file);
  const document = loadWorkflowDocument(text, file, {
    siblings: await projectAround(file),
    ...(parameters && { parameters }),
    appSettings: settingsOf(options.setting ?? []),
    now: Date.now(),
  });
  const workflow = chosen(document.workflows, file, options.workflow);
  if (document.ok && workflow) {
    const missing = options.stub
      ? []
      : workflow.problems.filter(({ code }) => code === 'WorkflowParameterMissing');
    if (missing.length === 0) return workflow;
    const lines = missing.map(
      ({ line, column, message }) => `${file}:${line}:${column}: ${message}`,
    );
    throw new InputError(`${lines.join('\n')}\nGive it with --parameters.`);
  }
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
      callback: stubCallbacks(definition),
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
      return this.sibling(name);
    }
    return load(path, { setting: this.options.setting ?? [] });
  }

  /** A workflow of the same template. */
  private async sibling(name: string): Promise<LoadedWorkflow | undefined> {
    try {
      return await load(this.file, { ...this.options, workflow: name });
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
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
        {
          status: 'Skipped',
          response: responseResult({ statusCode: 202, headers: {} }, {}),
          actions: {},
        },
        `skipped: the condition ${outcome.condition} of the trigger is not met`,
      );
    case 'failed': {
      const error = { code: outcome.code, message: outcome.message };
      report(
        asJson,
        {
          status: 'Failed',
          error,
          response: responseResult({ statusCode: 400, headers: {}, body: { error } }, {}),
          actions: {},
        },
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
