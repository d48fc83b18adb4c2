import { readFile } from 'node:fs/promises';
import { documentText, loadWorkflowDocument } from '@isthmus/workflow-engine';
import { parameterFile } from '@isthmus/workflow-effects';
import {
  isObject,
  JsonTextError,
  memberOf,
  parseJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { RunOptions } from '../commands/run.js';

/** A problem of what the user gave, told without a stack. */
export class InputError extends Error {}

/** The values of `--parameters`; undefined without the option. */
export async function parametersOf(
  options: RunOptions,
  text: string,
  file: string,
): Promise<WorkflowObject | undefined> {
  if (options.parameters === undefined) return undefined;
  return parameterFile(await readJson(options.parameters), typesOf(text, file));
}

/** The declared types of the parameters of the first workflow of a document. */
function typesOf(text: string, file: string): (name: string) => string | undefined {
  let declared: WorkflowValue | undefined;
  return (name) => {
    declared ??=
      memberOf(loadWorkflowDocument(text, file).workflows[0]?.definition ?? {}, 'parameters') ?? {};
    const declaration = isObject(declared) ? memberOf(declared, name) : undefined;
    const type = isObject(declaration) ? memberOf(declaration, 'type') : undefined;
    return typeof type === 'string' ? type : undefined;
  };
}

/** `--setting name=value` by name. */
export function settingsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new InputError(`--setting needs name=value, not '${pair}'.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** The text of a file, whatever its encoding. */
export async function read(file: string): Promise<string> {
  try {
    return documentText(await readFile(file));
  } catch (error) {
    throw new InputError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A file that holds a JSON object. */
export async function readJson(file: string): Promise<WorkflowObject> {
  try {
    const value = parseJson(await read(file));
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new InputError(`${file} is no JSON: ${error.message}`);
  }
  throw new InputError(`${file} holds no JSON object.`);
}
