import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { formatProblem, validatePolicyDocument } from '@isthmus/policy-engine';
import { documentText, validateWorkflowDocument } from '@isthmus/workflow-engine';
import { artifactRoots, filesBelow } from './find-files.js';
import { validateArtifacts } from './validate-artifacts.js';
import type { ValidatedDocument } from './validated-document.js';

/** Validates files and everything in folders that is a policy, a fragment, an APIOps resource or a workflow. */
export async function validatePaths(paths: readonly string[]): Promise<ValidatedDocument[]> {
  const documents: ValidatedDocument[] = [];
  for (const path of paths) {
    let files: string[];
    try {
      files = await filesBelow(path);
    } catch (error) {
      documents.push(unreadable(path, error));
      continue;
    }
    const roots = artifactRoots(files);
    for (const root of roots) documents.push(...(await validateArtifacts(root)));
    const named = files.length === 1 && files[0] === path;
    for (const file of files) {
      if (roots.some((root) => file.startsWith(`${root}${sep}`))) continue;
      const document = await validateFile(file, named);
      if (document) documents.push(document);
    }
  }
  return documents;
}

function unreadable(path: string, error: unknown): ValidatedDocument {
  const message = error instanceof Error ? error.message : String(error);
  return {
    path,
    kind: 'unknown',
    ok: false,
    problems: [{ line: 1, column: 1, code: 'file', message, text: message }],
  };
}

/** Undefined: nothing that this product runs. A file that the caller named is always judged. */
async function validateFile(file: string, named: boolean): Promise<ValidatedDocument | undefined> {
  try {
    if (extname(file) === '.json') return await validateWorkflow(file, named);
    if (extname(file) !== '.xml' && !named) return undefined;
    return validatePolicy(file, documentText(await readFile(file)), named);
  } catch (error) {
    return unreadable(file, error);
  }
}

function validatePolicy(path: string, text: string, named: boolean): ValidatedDocument | undefined {
  const root = /^\uFEFF?(?:\s|<!--[^]*?-->|<\?[^]*?\?>)*<([\w:.-]+)/.exec(text)?.[1];
  if (!named && root !== 'policies' && root !== 'fragment') return undefined;
  const { kind, problems } = validatePolicyDocument({ text });
  return {
    path,
    kind,
    ok: problems.length === 0,
    problems: problems.map((problem) => ({
      line: problem.line,
      column: problem.column,
      code: problem.code,
      message: problem.message,
      ...(problem.hint ? { hint: problem.hint } : {}),
      text: formatProblem(problem, text),
    })),
  };
}

const unrelated: ReadonlySet<string> = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'host.json',
  'connections.json',
  'parameters.json',
  'local.settings.json',
]);

async function validateWorkflow(
  file: string,
  named: boolean,
): Promise<ValidatedDocument | undefined> {
  if (!named && (unrelated.has(basename(file)) || file.endsWith('.parameters.json')))
    return undefined;
  const text = documentText(await readFile(file));
  const { kind, ok, problems } = validateWorkflowDocument(text, file, await siblingsOf(file));
  if (kind === 'unknown' && !named) return undefined;
  return {
    path: file,
    kind,
    ok,
    problems: problems.map(({ line, column, code, message, severity, action }) => {
      const where = action === undefined ? '' : `${action}: `;
      return {
        line,
        column,
        code,
        message: where + message,
        text: `${line}:${column}: ${severity}: ${where}${message}`,
        ...(severity === 'warning' ? { warning: true } : {}),
      };
    }),
  };
}

/** Files that a workflow document is read together with, by their paths from the root of its project. */
async function siblingsOf(file: string): Promise<Map<string, string>> {
  const folder = dirname(file);
  const root = basename(file) === 'workflow.json' ? dirname(folder) : folder;
  const names = [
    'host.json',
    'connections.json',
    'parameters.json',
    'local.settings.json',
    basename(file).replace(/\.json$/, '.parameters.json'),
  ];
  const siblings = new Map<string, string>();
  for (const name of names) {
    try {
      siblings.set(
        relative(root, join(root, name)),
        documentText(await readFile(join(root, name))),
      );
    } catch {
      // Not there: the document stands alone in this respect.
    }
  }
  return siblings;
}
