import type { PolicyDocument } from '../document/policy-document.js';
import type { PolicyElement } from '../document/policy-element.js';
import type { AnyPolicy } from '../pipeline/policy.js';
import type { LoadedDocument } from './load-document.js';
import type { Report } from './report.js';

/** Reports a policy in a section or scope where it may not stand. */
export function checkPlace(
  policy: AnyPolicy,
  xml: PolicyElement,
  report: Report,
  kind: LoadedDocument['kind'],
): void {
  const { section, scope } = report.at;
  if (policy.only === 'resolver' && kind === 'policies') {
    report.problem('misplaced', `The policy '${xml.name}' stands in GraphQL resolvers only.`, xml);
    return;
  }
  if (section && !policy.sections.includes(section)) {
    const allowed = policy.sections.join(', ');
    report.problem(
      'misplaced',
      `Policy is not allowed in the specified section: '${xml.name}' may stand in ${allowed}, not in ${section}.`,
      xml,
    );
  }
  if (scope && policy.scopes && !policy.scopes.includes(scope)) {
    report.problem(
      'misplaced',
      `Policy is not allowed in the specified scope: '${xml.name}' may stand at ${policy.scopes.join(', ')} scope, not at ${scope} scope.`,
      xml,
    );
  }
}

/** Reports the second and further ones of policies that may stand once in a document. */
export class OnceInDocument {
  readonly #first = new Map<PolicyDocument, Map<string, PolicyElement>>();

  check(xml: PolicyElement, report: Report): void {
    const { document } = report.at;
    let names = this.#first.get(document);
    if (!names) this.#first.set(document, (names = new Map()));
    const first = names.get(xml.name);
    if (first === undefined) names.set(xml.name, xml);
    else if (first !== xml)
      report.problem(
        'duplicate',
        `The policy '${xml.name}' may stand only once in a policy definition.`,
        xml,
      );
  }
}
