import {
  compilePolicies,
  createCompilationCache,
  type CompileOptions,
  type GraphqlProblem,
  type PolicyProblem,
} from '@isthmus/policy-engine';
import { resourceKind, resourceName } from '@isthmus/artifacts';
import type { Mistake } from '../resources/resource-type.js';
import type { ResourceWriter } from '../resources/resource-writer.js';
import type { Vault } from '../resources/secrets.js';
import type { StoredResource } from '../resources/store/resource.store.js';
import { sourceOf } from './policy-source.js';
import { policyScopes, policyTypes } from './policies.js';
import { resolverProblems } from './resolver-problems.js';
import { restrictionMistakes } from './restrictions.js';

/**
 * Compiles what a change touches, with the engine that the gateways run: documents that it wrote, and documents that
 * use a named value or a fragment that it wrote. What does not compile is a mistake of the change.
 */
export async function verifyPolicies(writer: ResourceWriter, vault: Vault): Promise<void> {
  const kinds = new Set([...writer.touched].map((id) => resourceKind(id)));
  const concerned = [...policyTypes, 'policyFragments', 'namedValues'] as const;
  if (!concerned.some((kind) => kinds.has(kind))) return;
  const options = await compileOptions(writer, vault);
  const documents = await writer.store.ofType(...policyTypes);
  const fragments = await writer.store.ofType('policyFragments');
  const restrictions = await writer.store.ofType('policyRestrictions');
  const isConcerned = concernedBy(writer, await writer.store.ofType('namedValues'), fragments);
  for (const document of documents) {
    if (!isConcerned(document)) continue;
    const scope = policyScopes[document.type as keyof typeof policyScopes];
    const problems =
      scope === 'resolver'
        ? await resolverProblems(document, writer.store, options)
        : compilePolicies({ [scope]: sourceOf(document) }, options).problems;
    report(writer, document, problems);
    if (writer.touched.has(document.id))
      for (const mistake of restrictionMistakes(document, restrictions))
        writer.mistakes.push({ id: document.id, ...mistake });
  }
  for (const fragment of fragments)
    if (writer.touched.has(fragment.id))
      report(writer, fragment, fragmentProblems(fragment, options));
}

async function compileOptions(writer: ResourceWriter, vault: Vault): Promise<CompileOptions> {
  const { store } = writer;
  const of = async (type: string): Promise<StoredResource[]> => store.ofType(type);
  const namedValues = new Map<string, string>();
  for (const { id, properties, secrets } of await of('namedValues'))
    namedValues.set(
      String(properties['displayName']),
      vault.open(id, secrets)['value'] ?? String(properties['value']),
    );
  const names = (found: readonly StoredResource[]): string[] =>
    found.map(({ id }) => resourceName(id));
  return {
    namedValues,
    fragments: new Map(
      (await of('policyFragments')).map((one) => [resourceName(one.id), sourceOf(one)]),
    ),
    backends: new Set(names(await of('backends'))),
    schemas: new Map((await of('schemas')).map((one) => [resourceName(one.id), schemaOf(one)])),
    cache: createCompilationCache(),
  };
}

function schemaOf({ properties }: StoredResource): { type: 'json' | 'xml'; text: string } {
  const { schemaType, value, document } = properties;
  const text = typeof value === 'string' ? value : JSON.stringify(document ?? {});
  return { type: schemaType === 'xml' ? 'xml' : 'json', text };
}

/** Which documents a change can break: its own, and those that name a named value or a fragment of it. */
function concernedBy(
  writer: ResourceWriter,
  namedValues: readonly StoredResource[],
  fragments: readonly StoredResource[],
): (document: StoredResource) => boolean {
  const written = namedValues
    .filter(({ id }) => writer.touched.has(id))
    .map(({ properties }) => String(properties['displayName']));
  const usesValue = ({ properties }: StoredResource): boolean => {
    const text = String(properties['value']);
    return text.includes('{{') && written.some((name) => text.includes(name));
  };
  const names = new Set<string>();
  const usesFragment = ({ properties }: StoredResource): boolean =>
    [...String(properties['value']).matchAll(/fragment-id\s*=\s*["']([^"']*)["']/gi)].some(
      ([, name]) => names.has(name!.toLowerCase()),
    );
  // Fragments include fragments: until no more are found.
  for (let before = -1; before < names.size;) {
    before = names.size;
    for (const one of fragments)
      if (writer.touched.has(one.id) || usesValue(one) || usesFragment(one))
        names.add(resourceName(one.id).toLowerCase());
  }
  return (document) =>
    writer.touched.has(document.id) || usesValue(document) || usesFragment(document);
}

/** A fragment is right when at least one section can include it. */
function fragmentProblems(
  fragment: StoredResource,
  options: CompileOptions,
): readonly PolicyProblem[] {
  const name = resourceName(fragment.id);
  const attempts = ['inbound', 'backend', 'outbound', 'on-error'].map((section) => {
    const text = `<policies><${section}><include-fragment fragment-id="${name}" /></${section}></policies>`;
    return compilePolicies({ operation: { text, format: 'rawxml' } }, options).problems;
  });
  return attempts.reduce((fewest, problems) =>
    problems.length < fewest.length ? problems : fewest,
  );
}

type Problem = GraphqlProblem & Partial<Pick<PolicyProblem, 'element' | 'hint'>>;

function report(
  writer: ResourceWriter,
  resource: StoredResource,
  problems: readonly Problem[],
): void {
  for (const problem of problems) writer.mistakes.push({ id: resource.id, ...toMistake(problem) });
}

/** In Azure's words: `Error in element 'set-header' on line 4, column 10: …`. */
function toMistake({ element, line, column, message, hint }: Problem): Mistake {
  if (line === undefined) return { code: 'ValidationError', target: 'value', message };
  const place = element ? `Error in element '${element}'` : 'Error';
  return {
    code: 'ValidationError',
    target: element || 'value',
    message: `${place} on line ${line}, column ${column}: ${message}${hint ? ` (${hint})` : ''}`,
  };
}
