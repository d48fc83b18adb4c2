import type { PolicySource } from '../document/policy-document.js';
import type { PolicyElement } from '../document/policy-element.js';
import { scopes, sections, type Scope, type Section } from '../pipeline/scope.js';
import type { ScopeDocuments } from './compile-policies.js';
import { loadDocument, type LoadedDocument } from './load-document.js';

/**
 * The merged document of an operation as text: every `<base />` and fragment is replaced by what it stands for,
 * marked by comments as the service does (`<!--base: Begin Api scope-->`, apim-observed 5.10).
 */
export function printEffectivePolicy(
  documents: ScopeDocuments,
  fragments: ReadonlyMap<string, PolicySource> = new Map(),
): string {
  const loaded = scopes.flatMap((scope) => {
    const source = documents[scope];
    return source ? [loadDocument(source, scope)] : [];
  });
  const printer = new Printer(loaded, fragments);
  const parts = sections.map(
    (section) =>
      `\t<${section}>\n${printer.section(section, loaded.length - 1, '\t\t')}\t</${section}>\n`,
  );
  return `<policies>\n${parts.join('')}</policies>\n`;
}

const scopeNames: Readonly<Record<Scope, string>> = {
  global: 'Global',
  workspace: 'Workspace',
  product: 'Product',
  api: 'Api',
  operation: 'Operation',
};

class Printer {
  readonly #including: string[] = [];

  constructor(
    private readonly loaded: readonly LoadedDocument[],
    private readonly fragments: ReadonlyMap<string, PolicySource>,
  ) {}

  /** The content of a section at one level of the chain; -1 is above global: nothing. */
  section(section: Section, level: number, indent: string): string {
    const document = this.loaded[level];
    const element = document?.sections.get(section);
    return element ? this.#children(element, { section, level, indent }) : '';
  }

  #children(
    parent: PolicyElement,
    at: { section: Section; level: number; indent: string },
  ): string {
    return parent.children.map((child) => this.#child(child, at)).join('');
  }

  #child(child: PolicyElement, at: { section: Section; level: number; indent: string }): string {
    const { indent, level } = at;
    if (child.name === 'base') {
      const above = this.loaded[level - 1];
      if (!above?.scope) return '';
      const name = scopeNames[above.scope];
      return `${indent}<!--base: Begin ${name} scope-->\n${this.section(at.section, level - 1, indent)}${indent}<!--base: End ${name} scope-->\n`;
    }
    if (child.name === 'include-fragment') return this.#fragment(child, at);
    if (!holdsComposition(child)) return `${indent}${child.outerSource}\n`;
    const open = child.outerSource.slice(0, child.openEnd - child.start);
    const close = child.outerSource.slice(child.closeStart - child.start);
    return `${indent}${open}\n${this.#children(child, { ...at, indent: `${indent}\t` })}${indent}${close}\n`;
  }

  #fragment(child: PolicyElement, at: { section: Section; level: number; indent: string }): string {
    const id = child.attribute('fragment-id')?.text ?? '';
    const source = this.fragments.get(id);
    const fragment =
      source && !this.#including.includes(id)
        ? loadDocument(source, undefined).fragment
        : undefined;
    if (!fragment) return `${at.indent}${child.outerSource}\n`;
    this.#including.push(id);
    const content = this.#children(fragment, at);
    this.#including.pop();
    return `${at.indent}<!--include-fragment: Begin ${id} policy fragment scope-->\n${content}${at.indent}<!--include-fragment: End ${id} policy fragment scope-->\n`;
  }
}

function holdsComposition(element: PolicyElement): boolean {
  return element.children.some(
    (child) =>
      child.name === 'base' || child.name === 'include-fragment' || holdsComposition(child),
  );
}
