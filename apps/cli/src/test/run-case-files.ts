import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { runPolicyCase, type PolicyCase } from '@isthmus/policy-engine';
import { parse } from 'yaml';
import { filesBelow } from '../validate/find-files.js';
import { fromArtifacts, type ArtifactReference } from './artifact-case.js';

/** What came of one case. */
export interface CaseOutcome {
  readonly file: string;
  readonly name: string;
  /** Empty: passed. */
  readonly differences: readonly string[];
}

/** A case of a user: documents may be names of files beside the case file, or come from an APIOps folder. */
type UserCase = PolicyCase & { readonly artifacts?: ArtifactReference };

/** Runs all `*.cases.yaml` below the paths. */
export async function runCaseFiles(
  paths: readonly string[],
  only: string | undefined,
): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  for (const path of paths) {
    let files: string[];
    try {
      files = (await filesBelow(path)).filter(
        (file) => file === path || file.endsWith('.cases.yaml'),
      );
    } catch (error) {
      outcomes.push({
        file: path,
        name: '',
        differences: [error instanceof Error ? error.message : String(error)],
      });
      continue;
    }
    for (const file of files) outcomes.push(...(await runFile(file, only)));
  }
  return outcomes;
}

async function runFile(file: string, only: string | undefined): Promise<CaseOutcome[]> {
  let cases: UserCase[];
  try {
    const content = parse(await readFile(file, 'utf8')) as
      | UserCase[]
      | { cases?: UserCase[] }
      | null;
    cases = Array.isArray(content) ? content : (content?.cases ?? []);
    if (!Array.isArray(cases) || cases.length === 0)
      throw new Error('The file holds no list of cases.');
    const odd = cases.findIndex((one) => typeof one !== 'object' || one === null);
    if (odd >= 0) throw new Error(`Case ${odd + 1} is no object.`);
  } catch (error) {
    return [{ file, name: '', differences: [textOf(error)] }];
  }
  const named = cases.map((one, i) => ({ ...one, name: one.name ?? `case ${i + 1}` }));
  const chosen = named.filter((one) => only === undefined || String(one.name).includes(only));
  const policies = chosen.filter((one) => !isWorkflow(one));
  const workflows = chosen.filter(isWorkflow);
  const outcomes: CaseOutcome[] = [];
  for (const one of policies) outcomes.push(await runPolicy(one, file));
  if (workflows.length > 0) {
    // Workflows need their own engine, which policy cases do not have to wait for.
    const { runWorkflowCases } = await import('@isthmus/workflow-effects');
    for (const { name, failures } of await runWorkflowCases(workflows, dirname(file)))
      outcomes.push({ file, name, differences: failures });
  }
  return outcomes;
}

/** As `isWorkflowCase` of workflow-effects, which is loaded only when one is there. */
function isWorkflow(one: object): boolean {
  return ['workflow', 'definition', 'actions'].some((name) => name in one);
}

async function runPolicy(one: UserCase, file: string): Promise<CaseOutcome> {
  try {
    const { differences } = await runPolicyCase(await loaded(one, dirname(file)));
    return { file, name: one.name, differences };
  } catch (error) {
    return { file, name: one.name, differences: [textOf(error)] };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reads what the case names by file. */
async function loaded(one: UserCase, folder: string): Promise<PolicyCase> {
  const text = async (value: string): Promise<string> =>
    value.includes('<') ? value : await readFile(resolve(folder, value), 'utf8');
  const all = async (
    values: Readonly<Record<string, string>> | undefined,
  ): Promise<Record<string, string> | undefined> => {
    if (!values) return undefined;
    return Object.fromEntries(
      await Promise.all(
        Object.entries(values).map(async ([name, value]) => [name, await text(value)] as const),
      ),
    );
  };
  const { artifacts, ...rest } = one;
  const base = artifacts ? await fromArtifacts(artifacts, folder) : {};
  const documents = await all(rest.documents);
  const fragments = await all(rest.fragments);
  return {
    ...base,
    ...rest,
    ...(documents ? { documents: { ...base.documents, ...documents } } : {}),
    ...(fragments ? { fragments: { ...base.fragments, ...fragments } } : {}),
    namedValues: { ...base.namedValues, ...rest.namedValues },
    schemas: { ...base.schemas, ...rest.schemas },
    given: {
      ...base.given,
      ...rest.given,
      // The first one found by its id without case counts: those of the case.
      backends: {
        ...rest.given?.backends,
        ...base.given?.backends,
        ...rest.given?.backends,
      },
    },
  };
}

/** The report, for people or as one JSON object. */
export function printCases(outcomes: readonly CaseOutcome[], json: boolean): string {
  const failed = outcomes.filter((outcome) => outcome.differences.length > 0);
  const passed = outcomes.length - failed.length;
  if (json) {
    const cases = outcomes.map(({ file, name, differences }) => ({
      file,
      name,
      ok: differences.length === 0,
      differences,
    }));
    return `${JSON.stringify({ passed, failed: failed.length, cases }, null, 2)}\n`;
  }
  if (outcomes.length === 0) return 'no *.cases.yaml found\n';
  let file = '';
  const lines: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.file !== file) lines.push(outcome.file);
    file = outcome.file;
    lines.push(`  ${outcome.differences.length === 0 ? 'ok  ' : 'FAIL'} ${outcome.name}`);
    for (const difference of outcome.differences) lines.push(`         ${difference}`);
  }
  return `${lines.join('\n')}\n\n${passed} passed, ${failed.length} failed\n`;
}
