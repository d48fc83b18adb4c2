import type { ArtifactProblem } from '../resource.js';

/** An operation as an import makes it: its resource name and its ARM properties. */
export interface ImportedOperation {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Policy document that belongs to it, in rawxml. */
  readonly policy?: string;
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

/** Chooses a service and a port of a WSDL by name. */
export interface WsdlSelector {
  readonly wsdlServiceName?: string;
  readonly wsdlEndpointName?: string;
}

/** What a format's reader is given. */
export interface ImportInput {
  readonly text: string;
  readonly file: string;
  readonly operationNames: OperationNaming;
  /** `translateRequiredQueryParameters` of the import; Azure's default is "template". */
  readonly requiredQueryParameters: 'template' | 'query';
  /** What a WSDL becomes: a pass-through API (default), or operations with JSON bodies. */
  readonly soapAs?: 'pass-through' | 'rest';
  /** `wsdlSelector` of the import: which service and port (endpoint) of a WSDL; absent: all that fit together. */
  readonly wsdlSelector?: WsdlSelector;
  /** Documents that this one may import (WSDL, XSD), by their paths relative to it. */
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
