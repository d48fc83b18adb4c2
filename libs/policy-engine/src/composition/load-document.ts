import { PolicyDocument, type PolicySource } from '../document/policy-document.js';
import type { PolicyElement } from '../document/policy-element.js';
import { closest, type PolicyProblem } from '../document/problem.js';
import { sections, type Scope, type Section } from '../pipeline/scope.js';

/** A document whose frame was checked: the sections, or the content of a fragment. */
export interface LoadedDocument {
  readonly document: PolicyDocument;
  readonly scope: Scope | undefined;
  readonly kind: 'policies' | 'fragment' | 'resolver';
  readonly sections: ReadonlyMap<Section, PolicyElement>;
  /** Only for fragments. */
  readonly fragment?: PolicyElement;
  /** Only for documents of GraphQL resolvers. */
  readonly resolver?: PolicyElement;
  readonly problems: readonly PolicyProblem[];
}

/** Scans a policy document and checks its frame. */
export function loadDocument(source: PolicySource, scope: Scope | undefined): LoadedDocument {
  const document = PolicyDocument.of(source);
  const problems: PolicyProblem[] = [...document.problems];
  const found = new Map<Section, PolicyElement>();
  const [root, ...more] = document.roots;
  if (!root) {
    problems.push(document.problem('xml', 'Root element is missing.', { offset: 0 }));
    return { document, scope, kind: 'policies', sections: found, problems };
  }
  for (const extra of more) {
    problems.push(
      document.problem(
        'xml',
        'There are multiple root elements.',
        { offset: extra.offset, element: extra.name },
        { scope },
      ),
    );
  }
  if (root.name === 'fragment')
    return { document, scope, kind: 'fragment', sections: found, fragment: root, problems };
  if (root.name === 'http-data-source')
    return { document, scope, kind: 'resolver', sections: found, resolver: root, problems };
  if (root.name !== 'policies') {
    const message = `The root element must be 'policies' (or 'fragment' for a policy fragment), found '${root.name}'.`;
    const near = closest(root.name, ['policies', 'fragment']);
    problems.push(
      document.problem(
        'unknown-element',
        message,
        { offset: root.offset, element: root.name },
        {
          scope,
          hint: near && `did you mean '${near}'?`,
        },
      ),
    );
    return { document, scope, kind: 'policies', sections: found, problems };
  }
  readSections(root, found, (code, message, element, hint) =>
    problems.push(
      document.problem(
        code,
        message,
        { offset: element.offset, element: element.name },
        { scope, hint },
      ),
    ),
  );
  return { document, scope, kind: 'policies', sections: found, problems };
}

type Complain = (
  code: 'unknown-element' | 'duplicate' | 'text-not-allowed',
  message: string,
  element: PolicyElement,
  hint?: string,
) => void;

function readSections(
  root: PolicyElement,
  found: Map<Section, PolicyElement>,
  complain: Complain,
): void {
  if (root.strayText)
    complain('text-not-allowed', "The element 'policies' cannot contain text.", root);
  for (const child of root.children) {
    const section = sections.find((one) => one === child.name);
    if (!section) {
      const near = closest(child.name, sections);
      const message = `The element 'policies' has invalid child element '${child.name}'. List of possible elements expected: 'inbound', 'backend', 'outbound', 'on-error'.`;
      complain('unknown-element', message, child, near && `did you mean '${near}'?`);
    } else if (found.has(section))
      complain('duplicate', `The section '${section}' may stand only once.`, child);
    else found.set(section, child);
  }
}
