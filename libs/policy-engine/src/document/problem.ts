import type { Scope, Section } from '../pipeline/scope.js';

/** What kind of mistake it is. */
export type ProblemCode =
  | 'xml'
  | 'unknown-element'
  | 'unknown-attribute'
  | 'missing-attribute'
  | 'missing-element'
  | 'invalid-value'
  | 'misplaced'
  | 'duplicate'
  | 'text-not-allowed'
  | 'expression'
  | 'expression-not-allowed'
  | 'named-value'
  | 'fragment'
  | 'reference'
  | 'refused';

/** One mistake in a policy document. Line and column count from 1, a tab counts one. */
export interface PolicyProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** Name of the element, or the empty string for the document. */
  readonly element: string;
  readonly section?: Section;
  readonly scope?: Scope;
  /** Name of the document (file, fragment id), when it has one. */
  readonly document?: string;
  /** What would be right: `did you mean 'set-header'?`. */
  readonly hint?: string;
}

/** The problem as text with its source line and a caret under the place. */
export function formatProblem(problem: PolicyProblem, source: string): string {
  const where = problem.document === undefined ? '' : `${problem.document}:`;
  const head = `${where}${problem.line}:${problem.column}: ${problem.element ? `<${problem.element}> ` : ''}${problem.message}`;
  const hint = problem.hint ? ` (${problem.hint})` : '';
  const line = source.split(/\r\n|\n|\r/)[problem.line - 1];
  if (line === undefined || line.trim() === '') return head + hint;
  const from = Math.max(0, problem.column - 1 - 100);
  const shown = line.slice(from, from + 160);
  const indent = shown.slice(0, problem.column - 1 - from).replace(/[^\t]/g, ' ');
  return `${head}${hint}\n    ${shown}\n    ${indent}^`;
}

/** The candidate that is closest to a misspelt name, when one is close enough. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, before[j - 2]! + 1);
      row.push(value);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
