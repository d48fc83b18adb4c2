import type { PolicySource } from '../document/policy-document.js';
import type { PolicyProblem } from '../document/problem.js';
import type { CompiledOperation } from '../pipeline/compiled-operation.js';
import { scopes, sections, type Scope, type Section } from '../pipeline/scope.js';
import { policiesByElement } from '../policies/index.js';
import { namedValueIndex } from '../values/named-values.js';
import { readsRequestBody, readsResponseBody } from '../values/value.js';
import { compileSection, emptySection, type SectionBlock } from './compile-section.js';
import { CompilationCache, type CompileOptions, type Environment } from './environment.js';
import { loadDocument, type LoadedDocument } from './load-document.js';

/** The documents that apply to an operation. A scope without a document passes its parent through. */
export type ScopeDocuments = Partial<Record<Scope, PolicySource>>;

/** `operation` is there when there are no problems. */
export interface PolicyCompilation {
  readonly problems: readonly PolicyProblem[];
  readonly operation?: CompiledOperation;
}

/** The document that a service is created with: it only forwards. */
export const defaultGlobalPolicy: PolicySource = {
  text: '<policies>\n\t<inbound />\n\t<backend>\n\t\t<forward-request />\n\t</backend>\n\t<outbound />\n\t<on-error />\n</policies>',
  format: 'rawxml',
  path: 'default global policy',
};

/** Makes the environment of a compilation. */
export function environmentOf(options: CompileOptions): Environment {
  return {
    policies: policiesByElement,
    namedValues: namedValueIndex(options.namedValues),
    options,
    cache: options.cache ?? new CompilationCache(),
  };
}

/**
 * Composes the documents of all scopes into four flat arrays of steps. Never throws: everything that is wrong
 * comes back as problems.
 */
export function compilePolicies(
  documents: ScopeDocuments,
  options: CompileOptions = {},
): PolicyCompilation {
  const usual = environmentOf(options);
  const problems: PolicyProblem[] = [];
  const current = new Map<Section, SectionBlock>();
  for (const scope of scopes) {
    const source = documents[scope];
    if (!source) continue;
    const other = options.scopes?.[scope];
    const environment = other ? environmentOf(other) : usual;
    const loaded = cachedDocument(source, scope, environment);
    problems.push(...loaded.problems);
    if (loaded.kind !== 'policies') {
      const { name: element = '', offset = 0 } = loaded.document.root ?? {};
      const message = "A policy document must have 'policies' as its root element.";
      problems.push(
        loaded.document.problem('unknown-element', message, { offset, element }, { scope }),
      );
      continue;
    }
    for (const section of sections) {
      const block = cachedSection(
        loaded,
        section,
        current.get(section) ?? emptySection,
        environment,
      );
      problems.push(...block.problems);
      current.set(section, block);
    }
  }
  if (problems.length > 0) return { problems };
  return { problems, operation: operationOf(current) };
}

function operationOf(current: ReadonlyMap<Section, SectionBlock>): CompiledOperation {
  const block = (section: Section): SectionBlock => current.get(section) ?? emptySection;
  const reads = sections.reduce((bits, section) => bits | block(section).reads, 0);
  return {
    inbound: block('inbound'),
    backend: block('backend'),
    outbound: block('outbound'),
    onError: block('on-error'),
    preflight: block('inbound').preflight,
    reads: {
      requestBody: (reads & readsRequestBody) !== 0,
      responseBody: (reads & readsResponseBody) !== 0,
    },
  };
}

function cachedDocument(
  source: PolicySource,
  scope: Scope,
  environment: Environment,
): LoadedDocument {
  const key = `${scope}\0${source.format ?? 'rawxml'}\0${source.path ?? ''}\0${source.text}`;
  const { documents } = environment.cache;
  let loaded = documents.get(key);
  if (!loaded) {
    loaded = loadDocument(source, scope);
    documents.set(key, loaded);
  }
  return loaded;
}

function cachedSection(
  loaded: LoadedDocument,
  section: Section,
  parent: SectionBlock,
  environment: Environment,
): SectionBlock {
  const element = loaded.sections.get(section);
  // A missing section behaves as an empty one without base (apim-semantics 3.1).
  if (!element) return emptySection;
  let bySection = environment.cache.sections.get(loaded);
  if (!bySection) environment.cache.sections.set(loaded, (bySection = new Map()));
  let compiled = bySection.get(section);
  if (!compiled) bySection.set(section, (compiled = []));
  const known = compiled.find((entry) => entry.parent === parent);
  if (known) return known.result as SectionBlock;
  const result = compileSection({ loaded, element, section, parent }, environment);
  compiled.push({ parent, result });
  return result;
}
