import { formatProblem, type PolicyProblem } from '@isthmus/policy-engine';
import type { DocumentProblem } from './validated-document.js';

/** Mistakes, and as warnings what runs here but not in API Management. */
export function policyProblems(
  found: { readonly problems: readonly PolicyProblem[]; readonly advice: readonly PolicyProblem[] },
  text: string,
): DocumentProblem[] {
  return [
    ...found.problems.map((problem) => told(problem, formatProblem(problem, text))),
    ...found.advice.map((problem) => ({
      ...told(problem, `warning: ${formatProblem(problem, text)}`),
      warning: true,
    })),
  ];
}

function told(problem: PolicyProblem, text: string): DocumentProblem {
  const { line, column, code, message, hint } = problem;
  return { line, column, code, message, ...(hint ? { hint } : {}), text };
}
