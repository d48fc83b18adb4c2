import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadWorkflowDocument, runWorkflowCase, type CaseBase } from '@isthmus/workflow-engine';
import {
  isArray,
  isObject,
  memberOf,
  valueOf,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { artifactsOf, projectAround } from '../local/project.js';

/** What became of one case. */
export interface CaseResult {
  readonly name: string;
  /** What is not as expected; none: the case passed. */
  readonly failures: readonly string[];
}

/** Whether a case of a `*.cases.yaml` file is one of a workflow: it has `workflow`, `definition` or `actions`. */
export function isWorkflowCase(test: unknown): boolean {
  return (
    typeof test === 'object' &&
    test !== null &&
    ['workflow', 'definition', 'actions'].some((name) => name in test)
  );
}

/**
 * Runs the workflow cases of a parsed `*.cases.yaml` file: calls are answered by the case, waiting takes no time. A
 * case names its workflow by `workflow: ./order/workflow.json`, relative to the file, or holds a definition.
 * @param folder of the file
 */
export async function runWorkflowCases(cases: unknown, folder: string): Promise<CaseResult[]> {
  const parsed = valueOf(cases);
  const results: CaseResult[] = [];
  for (const test of isArray(parsed) ? parsed : []) {
    if (!isObject(test) || !isWorkflowCase(test)) continue;
    const name = memberOf(test, 'name');
    results.push({
      name: typeof name === 'string' ? name : '',
      failures: await runOne(test, folder),
    });
  }
  return results;
}

async function runOne(test: WorkflowObject, folder: string): Promise<readonly string[]> {
  const file = memberOf(test, 'workflow');
  if (typeof file !== 'string') return runWorkflowCase(test);
  const base = await loadBase(join(folder, file));
  return typeof base === 'string' ? [base] : runWorkflowCase(test, base);
}

/** @returns a text that says why the workflow cannot be run */
async function loadBase(path: string): Promise<CaseBase | string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const siblings = await projectAround(path);
  const document = loadWorkflowDocument(text, path, { siblings });
  const [workflow] = document.workflows;
  if (!workflow || !document.ok) {
    const [first] = document.problems.filter((problem) => problem.severity === 'error');
    return first
      ? `${path}:${first.line}:${first.column}: ${first.message}`
      : `${path}: there is no workflow definition in it.`;
  }
  const { definition, parameters, appSettings, kind } = workflow;
  return {
    definition,
    parameters,
    appSettings,
    kind: kind === 'Stateless' ? kind : 'Stateful',
    artifacts: artifactsOf(siblings),
  };
}
