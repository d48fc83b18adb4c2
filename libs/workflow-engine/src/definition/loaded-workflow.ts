import type { WorkflowObject } from '@isthmus/workflow-expressions';
import type { AppSettings } from './project-files.js';
import type { Problem } from './problem.js';

/** What a document turned out to be. */
export type DocumentKind =
  | 'definition'
  | 'standard'
  | 'resource'
  | 'arm-template'
  | 'unknown'
  | 'invalid';

/** A workflow as an artifact holds it, ready for a plan. */
export interface LoadedWorkflow {
  /** The folder of a Standard workflow, the resource of a template, the file of a bare definition. */
  readonly name: string;
  readonly kind: 'Stateful' | 'Stateless' | 'Agent';
  readonly state: 'Enabled' | 'Disabled';
  /** The document, verbatim. */
  readonly text: string;
  /** JSON pointer of the definition in the document. */
  readonly pointer: string;
  /** The definition itself; of a template, with the template's own expressions evaluated. */
  readonly definition: WorkflowObject;
  /** Values by parameter name; defaults stay in the definition. */
  readonly parameters: WorkflowObject;
  /** connections.json with its settings resolved; empty for Consumption, where `$connections` is a parameter. */
  readonly connections: WorkflowObject;
  /** host.json `extensions.workflow.settings`. */
  readonly settings: AppSettings;
  readonly appSettings: AppSettings;
  readonly accessControl: WorkflowObject | undefined;
  readonly problems: readonly Problem[];
}

/** A document with all workflows in it. */
export interface LoadedDocument {
  readonly kind: DocumentKind;
  readonly workflows: readonly LoadedWorkflow[];
  /** Connections and custom connectors that a template declares, their expressions evaluated. */
  readonly resources: readonly WorkflowObject[];
  /** Of the document and of every workflow in it. */
  readonly problems: readonly Problem[];
  /** Whether no problem is an error. */
  readonly ok: boolean;
}
