import { locateJson, type TextPlace } from '@isthmus/workflow-expressions';

/** What is wrong with a definition, and where. */
export interface Problem {
  /** An error keeps the definition from being saved; a warning does not. */
  readonly severity: 'error' | 'warning';
  /** The code that the service answers with, such as `InvalidTemplate`. */
  readonly code: string;
  readonly message: string;
  /** JSON pointer (RFC 6901) of the value. */
  readonly pointer: string;
  /** From 1; 0 when the text is not known. */
  readonly line: number;
  readonly column: number;
  /** The action or trigger that it concerns. */
  readonly action?: string;
}

/** A problem before its place in the text is known. */
export type Finding = Omit<Problem, 'line' | 'column'>;

/** Collects findings: checks report everything that they find instead of stopping at the first. */
export class Report {
  readonly findings: Finding[] = [];

  error(code: string, pointer: string, message: string, action?: string): void {
    this.findings.push({
      severity: 'error',
      code,
      message,
      pointer,
      ...(action === undefined ? {} : { action }),
    });
  }

  warning(code: string, pointer: string, message: string, action?: string): void {
    this.findings.push({
      severity: 'warning',
      code,
      message,
      pointer,
      ...(action === undefined ? {} : { action }),
    });
  }
}

/**
 * Gives findings their places.
 * @param prefix pointer of the checked value within the text
 */
export function placed(
  findings: readonly Finding[],
  text: string | undefined,
  prefix = '',
): Problem[] {
  const whole = findings.map((finding) => ({ ...finding, pointer: prefix + finding.pointer }));
  const places: ReadonlyMap<string, TextPlace> =
    text === undefined
      ? new Map()
      : locateJson(
          text,
          whole.map(({ pointer }) => pointer),
        );
  return whole.map((finding) => ({
    ...finding,
    ...(places.get(finding.pointer) ?? { line: 0, column: 0 }),
  }));
}

/** Whether nothing keeps the definition from being saved. */
export function isOk(problems: readonly { readonly severity: Problem['severity'] }[]): boolean {
  return problems.every(({ severity }) => severity !== 'error');
}
