import type { LoadedWorkflow, Plan } from '@isthmus/workflow-engine';

/** A version of a workflow, ready to run. Shared by all its runs in this process. */
export interface DeployedWorkflow {
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly loaded: LoadedWorkflow;
  readonly plan: Plan;
  /** The integration account that it reads maps and schemas from. */
  readonly account?: string;
}

/** What a version is kept as: the files of its project, verbatim. */
export interface StoredVersion {
  /** Path of the workflow's document. */
  readonly document: string;
  readonly files: Readonly<Record<string, string>>;
}
