import { join } from 'node:path';
import { readArtifacts, readFiles, type ArtifactResource } from '@isthmus/artifacts';
import {
  validatePolicyDocument,
  type CompileOptions,
  type PolicyProblem,
  type PolicySource,
} from '@isthmus/policy-engine';
import type { FillTokens } from './fill-tokens.js';
import { graphqlMistakes } from './validate-graphql.js';
import { policyProblems } from './policy-problems.js';
import type { ValidatedDocument, DocumentProblem } from './validated-document.js';

type PolicyScope = 'global' | 'workspace' | 'product' | 'api' | 'operation';

/**
 * Validates an APIOps folder: every policy with the named values, fragments and backends that stand beside it, in a
 * workspace those of the workspace alone.
 */
export async function validateArtifacts(
  root: string,
  fill: FillTokens,
): Promise<ValidatedDocument[]> {
  const files = new Map(
    [...(await readFiles(root))].map(([name, text]): [string, string] => [name, fill(text)]),
  );
  const folder = readArtifacts(files);
  const documents = new Map<string, { kind: string; problems: DocumentProblem[] }>();
  const entry = (file: string, kind: string): { kind: string; problems: DocumentProblem[] } => {
    let document = documents.get(file);
    if (!document) documents.set(file, (document = { kind, problems: [] }));
    return document;
  };
  const byOwner = new Map<string, CompileOptions>();
  const optionsFor = (id: string): CompileOptions => {
    const owner = ownerOf(id);
    let options = byOwner.get(owner);
    if (!options) byOwner.set(owner, (options = optionsOf(folder.resources, owner)));
    return options;
  };
  for (const resource of folder.resources) {
    const document = entry(resource.file, kindOf(resource.id));
    if (document.kind !== 'artifact')
      document.problems.push(...problemsOf(resource, optionsFor(resource.id)));
  }
  for (const { file, problem } of graphqlMistakes(folder.resources))
    entry(file, 'artifact').problems.push(problem);
  for (const problem of folder.problems) {
    const { line = 1, column = 1, message, severity } = problem;
    const text = `${line}:${column}: ${severity}: ${message}`;
    entry(problem.file, 'artifact').problems.push({
      line,
      column,
      code: 'artifact',
      message,
      text,
      ...(severity === 'warning' ? { warning: true } : {}),
    });
  }
  return [...documents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, { kind, problems }]) => ({
      path: join(root, file),
      kind,
      ok: problems.every((problem) => problem.warning),
      problems,
    }));
}

function kindOf(id: string): string {
  if (/\/policies\/policy$/i.test(id)) return 'policy';
  return /^(?:\/workspaces\/[^/]+)?\/policyFragments\/[^/]+$/i.test(id) ? 'fragment' : 'artifact';
}

function scopeOf(id: string): PolicyScope {
  if (/\/operations\/[^/]+\/policies\/policy$/i.test(id)) return 'operation';
  if (/\/apis\/[^/]+\/policies\/policy$/i.test(id)) return 'api';
  if (/\/products\/[^/]+\/policies\/policy$/i.test(id)) return 'product';
  return /^\/workspaces\/[^/]+\/policies\/policy$/i.test(id) ? 'workspace' : 'global';
}

function named(id: string, collection: string): string | undefined {
  return new RegExp(`(?:^|/)${collection}/([^/]+)$`, 'i').exec(id)?.[1];
}

function textOf(value: unknown, absent: string): string {
  return typeof value === 'string' ? value : absent;
}

/** "" for what is the service's, "/workspaces/w" for what is in a workspace. */
function ownerOf(id: string): string {
  return /^\/workspaces\/[^/]+(?=\/)/i.exec(id)?.[0].toLowerCase() ?? '';
}

function optionsOf(resources: readonly ArtifactResource[], owner: string): CompileOptions {
  const namedValues = new Map<string, string>();
  const fragments = new Map<string, PolicySource>();
  const backends = new Set<string>();
  const loggers = new Set<string>();
  const schemas = new Map<string, { type: 'json' | 'xml'; text: string }>();
  for (const { id, properties } of resources.filter((one) => ownerOf(one.id) === owner)) {
    const namedValue = named(id, 'namedValues');
    // A secret's value is not in the folder; any text stands for it.
    if (namedValue !== undefined)
      namedValues.set(
        textOf(properties['displayName'], namedValue),
        typeof properties['value'] === 'string' ? properties['value'] : '0',
      );
    const fragment = named(id, 'policyFragments');
    if (fragment !== undefined)
      fragments.set(fragment, {
        text: textOf(properties['value'], ''),
        format: properties['format'] === 'xml' ? 'xml' : 'rawxml',
      });
    const backend = named(id, 'backends');
    if (backend !== undefined) backends.add(backend);
    const logger = named(id, 'loggers');
    if (logger !== undefined) loggers.add(logger);
    const schema = /^(?:\/workspaces\/[^/]+)?\/schemas\/([^/]+)$/i.exec(id)?.[1];
    if (schema !== undefined)
      schemas.set(schema, {
        type: properties['schemaType'] === 'xml' ? 'xml' : 'json',
        text: textOf(properties['value'], ''),
      });
  }
  return { namedValues, fragments, backends, loggers, schemas };
}

function isCycle({ code, message }: { readonly code: string; readonly message: string }): boolean {
  return code === 'fragment' && message.includes(' includes itself: ');
}

function problemsOf(
  { id, properties }: ArtifactResource,
  options: CompileOptions,
): DocumentProblem[] {
  const text = textOf(properties['value'], '');
  const fragment = kindOf(id) === 'fragment';
  const source: PolicySource = { text, format: properties['format'] === 'xml' ? 'xml' : 'rawxml' };
  const { problems, advice } = validatePolicyDocument(source, {
    ...options,
    ...(fragment ? {} : { scope: scopeOf(id) }),
  });
  // Mistakes inside an included fragment are told with the fragment; that it leads back to itself shows only here.
  const own = (problem: PolicyProblem): boolean => problem.document === undefined;
  return policyProblems(
    {
      problems: problems.filter((problem) => own(problem) || isCycle(problem)),
      advice: advice.filter(own),
    },
    text,
  );
}
