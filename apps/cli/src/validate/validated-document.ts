/** One mistake; positions count from 1. */
export interface DocumentProblem {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  /** JSON pointer of the place, of workflow documents. */
  readonly pointer?: string;
  /** The action or trigger that it concerns, of workflow documents. */
  readonly action?: string;
  readonly hint?: string;
  /** As text for people: position, message, source line and caret. */
  readonly text: string;
  /** True for what does not make the document wrong. */
  readonly warning?: boolean;
}

/** What was found out about one document. */
export interface ValidatedDocument {
  readonly path: string;
  /** `policy`, `fragment`, `artifact`, or the kind of a workflow document. */
  readonly kind: string;
  readonly ok: boolean;
  readonly problems: readonly DocumentProblem[];
}
