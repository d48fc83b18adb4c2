import type { ArtifactProblem } from '../resource.js';

/** An operation as an import makes it: its resource name and its ARM properties. */
export interface ImportedOperation {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A schema document as an import makes it: its resource name and its ARM properties. */
export interface ImportedSchema {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The neutral form between a described API, in whatever format, and the resources made from it. */
export interface ImportedApi {
  readonly displayName?: string;
  readonly description?: string;
  readonly type: 'http' | 'soap' | 'graphql';
  /** The address that the document gives for the API itself, absolute; absent when it gives none. */
  readonly serviceUrl?: string;
  readonly operations: readonly ImportedOperation[];
  readonly schemas: readonly ImportedSchema[];
}

/** How operation names are made from `operationId`. */
export type OperationNaming =
  /** As a fresh import does: lower case, dashes (see `normaliseOperationName`). */
  | 'normalised'
  /** As an exported document means it: the id is the name, where it may be one. */
  | 'verbatim';

/** What a format's reader is given. */
export interface ImportInput {
  readonly text: string;
  readonly file: string;
  readonly operationNames: OperationNaming;
  /** `translateRequiredQueryParameters` of the import; Azure's default is "template". */
  readonly requiredQueryParameters: 'template' | 'query';
  /** Documents that this one may include (WSDL and XSD imports), by the location as written. */
  readonly related?: ReadonlyMap<string, string>;
  readonly report: (problem: ArtifactProblem) => void;
}

/** One import format; `read` reports every mistake and gives undefined when nothing can be made. */
export interface ImportFormat {
  readonly name: string;
  /** Whether a document with this file name and text is of the format. */
  recognises(file: string, text: string): boolean;
  read(input: ImportInput): ImportedApi | undefined;
}
