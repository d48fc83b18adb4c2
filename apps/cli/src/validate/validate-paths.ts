import { readFile } from 'node:fs/promises';
import { basename, extname, sep } from 'node:path';
import { validatePolicyDocument } from '@isthmus/policy-engine';
import { documentText, validateWorkflowDocument } from '@isthmus/workflow-engine';
import { filesBeside, workflowsAround } from '@isthmus/workflow-effects';
import type { FillTokens } from './fill-tokens.js';
import { artifactRoots, filesBelow } from './find-files.js';
import { validateArtifacts } from './validate-artifacts.js';
import { policyProblems } from './policy-problems.js';
import type { ValidatedDocument } from './validated-document.js';

/** Validates files and everything in folders that is a policy, a fragment, an APIOps resource or a workflow. */
export async function validatePaths(
  paths: readonly string[],
  fill: FillTokens = (text) => text,
): Promise<ValidatedDocument[]> {
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
    for (const root of roots) documents.push(...(await validateArtifacts(root, fill)));
    const named = files.length === 1 && files[0] === path;
    for (const file of files) {
      if (roots.some((root) => file.startsWith(`${root}${sep}`))) continue;
      const document = await validateFile(file, named, fill);
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
async function validateFile(
  file: string,
  named: boolean,
  fill: FillTokens,
): Promise<ValidatedDocument | undefined> {
  try {
    if (extname(file) === '.json') return await validateWorkflow(file, named, fill);
    if (extname(file) !== '.xml' && !named) return undefined;
    return validatePolicy(file, fill(documentText(await readFile(file))), named);
  } catch (error) {
    return unreadable(file, error);
  }
}

const documentRoots: ReadonlySet<string> = new Set([
  'policies',
  'fragment',
  'http-data-source',
  'sql-data-source',
  'cosmosdb-data-source',
]);

/** A file found in a folder is judged by its root element, whatever its case, or by a policy's file name. */
function isPolicyFile(path: string, root: string | undefined): boolean {
  return (
    documentRoots.has(root?.toLowerCase() ?? '') || /(?:^|\.)policy\.xml$/i.test(basename(path))
  );
}

function validatePolicy(path: string, text: string, named: boolean): ValidatedDocument | undefined {
  const root = /^\uFEFF?(?:\s|<!--[^]*?-->|<\?[^]*?\?>)*<([\w:.-]+)/.exec(text)?.[1];
  if (!named && !isPolicyFile(path, root)) return undefined;
  const validation = validatePolicyDocument({ text });
  return {
    path,
    kind: validation.kind,
    ok: validation.problems.length === 0,
    problems: policyProblems(validation, text),
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
  fill: FillTokens,
): Promise<ValidatedDocument | undefined> {
  if (!named && (unrelated.has(basename(file)) || file.endsWith('.parameters.json')))
    return undefined;
  const text = fill(documentText(await readFile(file)));
  const neighbours = await workflowsAround(file);
  const { kind, ok, problems } = validateWorkflowDocument(text, file, {
    siblings: await filesBeside(file),
    ...(neighbours && { neighbours }),
    now: Date.now(),
  });
  if (kind === 'unknown' && !named) return undefined;
  return {
    path: file,
    kind,
    ok,
    problems: problems.map(({ line, column, code, message, severity, action, pointer }) => {
      const where = action === undefined ? '' : `${action}: `;
      return {
        line,
        column,
        code,
        message: where + message,
        pointer,
        ...(action === undefined ? {} : { action }),
        text: `${line}:${column}: ${severity}: ${where}${message}${pointer === '' ? '' : ` (${pointer})`}`,
        ...(severity === 'warning' ? { warning: true } : {}),
      };
    }),
  };
}
