import { writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { recordedCase, type LoadedWorkflow } from '@isthmus/workflow-engine';
import { parameterFile, type LocalOutcome } from '@isthmus/workflow-effects';
import {
  memberOf,
  membersOf,
  objectOf,
  writeJson,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import type { RunOptions } from '../commands/run.js';
import { InputError, readJson, settingsOf } from './run-input.js';

/** Writes a run as a case beside which its workflow is found. */
export async function recordRun(
  outcome: LocalOutcome,
  file: string,
  workflow: LoadedWorkflow,
  options: RunOptions,
): Promise<void> {
  const [state] = outcome.kind === 'run' ? outcome.states : [];
  if (outcome.kind !== 'run' || !state)
    throw new InputError('There is no run that could be recorded.');
  if (options.workflow !== undefined)
    throw new InputError('A run of one of several workflows cannot be recorded as a case.');
  const { stringify } = await import('yaml');
  const target = resolve(options.record ?? '');
  const setting = {
    parameters: await givenParameters(outcome.plan.environment.parameters, workflow, options),
    appSettings: settingsOf(options.setting ?? []),
  };
  const { name, ...rest } = JSON.parse(
    writeJson(recordedCase(outcome.plan, state, setting)),
  ) as Record<string, unknown>;
  const path = relative(dirname(target), resolve(file)).split(sep).join('/');
  await writeFile(
    target,
    stringify([{ name, workflow: path.startsWith('.') ? path : `./${path}`, ...rest }]),
  );
}

/** The parameters that the run had by its options: the others stand in the project. */
async function givenParameters(
  values: WorkflowObject,
  workflow: LoadedWorkflow,
  options: RunOptions,
): Promise<WorkflowObject> {
  const given =
    options.parameters === undefined ? {} : parameterFile(await readJson(options.parameters));
  return objectOf(
    membersOf(values).filter(
      ([name]) =>
        memberOf(given, name) !== undefined || memberOf(workflow.parameters, name) === undefined,
    ),
  );
}
