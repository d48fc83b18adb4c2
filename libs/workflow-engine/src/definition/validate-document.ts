import { loadWorkflowDocument } from './load-document.js';
import type { DocumentKind } from './loaded-workflow.js';
import type { Problem } from './problem.js';
import type { ProjectFiles } from './project-files.js';

/** What `isthmus validate` says about one document. */
export interface DocumentValidation {
  /** `unknown`: the document is JSON, but no workflow. */
  readonly kind: DocumentKind;
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

/**
 * Validates a workflow document.
 * @param siblings files beside it, relative to the root of its project
 */
export function validateWorkflowDocument(
  text: string,
  fileName: string,
  siblings?: ProjectFiles,
): DocumentValidation {
  const { kind, ok, problems } = loadWorkflowDocument(
    text,
    fileName,
    siblings === undefined ? {} : { siblings },
  );
  return { kind, ok, problems };
}
