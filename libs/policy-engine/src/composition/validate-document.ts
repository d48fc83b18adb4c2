import type { PolicySource } from '../document/policy-document.js';
import type { PolicyProblem } from '../document/problem.js';
import { compileResolver } from '../graphql/resolver.js';
import { sections, type Scope } from '../pipeline/scope.js';
import { environmentOf } from './compile-policies.js';
import { compileSection, emptySection } from './compile-section.js';
import type { CompileOptions } from './environment.js';
import { loadDocument } from './load-document.js';

/** What was found out about one document. */
export interface PolicyValidation {
  readonly kind: 'policy' | 'fragment' | 'resolver';
  readonly problems: readonly PolicyProblem[];
  /** What runs here and API Management refuses. */
  readonly advice: readonly PolicyProblem[];
}

/**
 * Checks one policy document or fragment by itself. What the options do not tell (named values, fragments, scope)
 * is taken on trust. Never throws.
 */
export function validatePolicyDocument(
  source: PolicySource,
  options: CompileOptions & { readonly scope?: Scope | undefined } = {},
): PolicyValidation {
  const advice: PolicyProblem[] = [];
  const environment = environmentOf({ ...options, advice });
  const loaded = loadDocument(source, options.scope);
  const { root } = loaded.document;
  const refusal = root && environment.policies.get(root.name)?.support;
  if (root && refusal?.level === 'refused') {
    const message = `The policy '${root.name}' is not supported: ${refusal.why}`;
    const problem = loaded.document.problem('refused', message, {
      offset: root.offset,
      element: root.name,
    });
    return { kind: 'policy', problems: [problem], advice };
  }
  if (loaded.kind === 'resolver')
    return {
      kind: 'resolver',
      problems: sorted(compileResolver(source, '', options).problems),
      advice,
    };
  const problems: PolicyProblem[] = [...loaded.problems];
  if (loaded.fragment) {
    const block = compileSection(
      { loaded, element: loaded.fragment, section: undefined, parent: emptySection },
      environment,
    );
    return { kind: 'fragment', problems: sorted([...problems, ...block.problems]), advice };
  }
  for (const section of sections) {
    const element = loaded.sections.get(section);
    const second = section === 'backend' && element?.children[1];
    if (second)
      advice.push(
        loaded.document.problem(
          'misplaced',
          "API Management takes one policy in 'backend' only.",
          { offset: second.offset, element: second.name },
          { section, scope: options.scope },
        ),
      );
    if (element)
      problems.push(
        ...compileSection({ loaded, element, section, parent: emptySection }, environment).problems,
      );
  }
  return { kind: 'policy', problems: sorted(problems), advice: sorted(advice) };
}

function sorted(problems: readonly PolicyProblem[]): PolicyProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}
