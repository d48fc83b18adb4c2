import type { PolicySource } from '../document/policy-document.js';
import type { PolicyProblem } from '../document/problem.js';
import type { AnyPolicy } from '../pipeline/policy.js';
import type { Scope } from '../pipeline/scope.js';
import type { LoadedDocument } from './load-document.js';

/** A schema resource that validate-content names by id. */
export interface SchemaSource {
  readonly type: 'json' | 'xml';
  readonly text: string;
}

/** What documents refer to by name. */
export interface CompileOptions {
  /** By display name. Undefined: not known, references are left alone (validation of single files). */
  readonly namedValues?: ReadonlyMap<string, string> | undefined;
  /** By id. Undefined: not known, includes are taken on trust. */
  readonly fragments?: ReadonlyMap<string, PolicySource> | undefined;
  /** By id. */
  readonly schemas?: ReadonlyMap<string, SchemaSource> | undefined;
  /** Ids of backend entities. Undefined: not known. */
  readonly backends?: ReadonlySet<string> | undefined;
  /** Ids of loggers. Undefined: not known. */
  readonly loggers?: ReadonlySet<string> | undefined;
  /** Collects what runs here and API Management refuses. */
  readonly advice?: PolicyProblem[] | undefined;
  /** What the documents of some scopes refer to, where it is not what the others do (those around a workspace). */
  readonly scopes?: Partial<Record<Scope, CompileOptions>> | undefined;
  /** Shared by the operations of one configuration revision. */
  readonly cache?: CompilationCache | undefined;
}

/** Everything a compilation uses; made once for each call. */
export interface Environment {
  readonly policies: ReadonlyMap<string, AnyPolicy>;
  /** Keys in lower case. */
  readonly namedValues: ReadonlyMap<string, string> | undefined;
  readonly options: CompileOptions;
  readonly cache: CompilationCache;
}

/** Documents that were loaded and sections that were compiled, by what they depend on. Opaque. */
export class CompilationCache {
  readonly documents = new Map<string, LoadedDocument>();
  readonly fragments = new Map<string, LoadedDocument>();
  readonly sections = new WeakMap<
    LoadedDocument,
    Map<string, { readonly parent: object | undefined; readonly result: object }[]>
  >();
}

/** One for each configuration revision. */
export function createCompilationCache(): CompilationCache {
  return new CompilationCache();
}
