import { loadWorkflowDocument, type LoadOptions } from './load-document.js';
import type { DocumentKind } from './loaded-workflow.js';
import type { Problem } from './problem.js';

/** What `isthmus validate` says about one document. */
export interface DocumentValidation {
  /** `unknown`: the document is JSON, but no workflow. */
  readonly kind: DocumentKind;
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

/**
 * Validates a workflow document.
 * @param options what stands around it; nothing when left out
 */
export function validateWorkflowDocument(
  text: string,
  fileName: string,
  options: LoadOptions = {},
): DocumentValidation {
  const { kind, ok, problems } = loadWorkflowDocument(text, fileName, options);
  return { kind, ok, problems };
}
