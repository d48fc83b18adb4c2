import { withinResources } from '../within-resources.js';
import { attributeText } from './escape.js';
import { DeclaredNamespaces, WriterNamespaces } from './namespace-scope.js';
import type { XAttribute } from './x-attribute.js';
import type { XContainer } from './x-container.js';
import type { XElement } from './x-element.js';
import type { XNode } from './x-node.js';
import type { SaveOptions } from './x-object.js';
import { xmlException } from './xml-error.js';
import { countWork } from '../work-meter.js';

const xmlUri = 'http://www.w3.org/XML/1998/namespace';
const xmlnsUri = 'http://www.w3.org/2000/xmlns/';

/** XML text of an element or document as XNode.ToString writes it; line ends are LF. */
export function serialize(node: XContainer, options: SaveOptions): string {
  const writer = new TreeWriter(options);
  return withinResources(() => {
    if (node.nodeType === 'Element') writer.outerDeclarations(node as XElement);
    writer.node(node);
    return writer.text();
  });
}

class TreeWriter {
  private readonly out: string[] = [];
  private readonly declared = new DeclaredNamespaces();
  private readonly bound = new WriterNamespaces();
  private readonly indent: boolean;
  private level = 0;
  // Once text was written, an element's further children are not indented.
  private mixed = false;

  constructor(private readonly options: SaveOptions) {
    this.indent = !options.disableFormatting;
  }

  text(): string {
    return this.out.join('');
  }

  outerDeclarations(element: XElement): void {
    for (const ancestor of element.ancestors())
      for (const attribute of ancestor.attributes())
        if (attribute.isNamespaceDeclaration)
          this.declared.addOuter(declaredPrefix(attribute), attribute.value);
  }

  node(node: XNode): void {
    countWork(1);
    switch (node.nodeType) {
      case 'Document':
        for (const child of (node as XContainer).nodes()) this.node(child);
        break;
      case 'Element':
        this.element(node as XElement);
        break;
      case 'Text':
      case 'CDATA':
        this.mixed = true;
        this.out.push(node.toXml());
        break;
      case 'Comment':
      case 'ProcessingInstruction':
      case 'DocumentType':
        this.newLine();
        this.out.push(node.toXml());
        break;
      case 'Attribute':
        break;
    }
  }

  private element(element: XElement): void {
    this.newLine();
    const mixedAround = this.mixed;
    const name = this.startTag(element);
    this.level++;
    if (element.isEmpty) this.out.push(' />');
    else {
      this.out.push('>');
      for (const child of element.nodes()) this.node(child);
    }
    this.level--;
    if (!element.isEmpty) {
      if (element.nodes().length > 0) this.newLine();
      this.out.push(`</${name}>`);
    }
    this.mixed = mixedAround;
    this.declared.leave();
    this.bound.leave();
  }

  private startTag(element: XElement): string {
    this.declared.enter();
    this.bound.enter();
    for (const attribute of element.attributes())
      if (attribute.isNamespaceDeclaration)
        this.declared.add(declaredPrefix(attribute), attribute.value);
    const { localName, namespaceName } = element.name;
    const prefix = this.prefixOf(namespaceName, true) ?? this.bound.prefixOf(namespaceName) ?? '';
    this.bound.use(prefix, namespaceName);
    const name = prefix === '' ? localName : `${prefix}:${localName}`;
    this.out.push(`<${name}`);
    for (const attribute of element.attributes()) this.attribute(attribute);
    for (const { prefix: needed, uri } of this.bound.pending())
      this.out.push(needed === '' ? ' xmlns' : ` xmlns:${needed}`, `="${attributeText(uri)}"`);
    return name;
  }

  private attribute(attribute: XAttribute): void {
    const { localName, namespaceName } = attribute.name;
    const value = attributeText(attribute.value);
    if (attribute.isNamespaceDeclaration) {
      const prefix = declaredPrefix(attribute);
      if (this.bound.clashes(prefix, attribute.value)) throw redefined(prefix, this.bound);
      if (
        this.bound.declare(prefix, attribute.value, this.options.omitDuplicateNamespaces === true)
      )
        this.out.push(prefix === '' ? ' xmlns' : ` xmlns:${prefix}`, `="${value}"`);
      return;
    }
    if (namespaceName === '') {
      this.out.push(` ${localName}="${value}"`);
      return;
    }
    const prefix = this.attributePrefix(namespaceName);
    this.bound.use(prefix, namespaceName);
    this.out.push(` ${prefix}:${localName}="${value}"`);
  }

  private attributePrefix(namespaceName: string): string {
    const known = this.prefixOf(namespaceName, false) ?? this.bound.prefixOf(namespaceName);
    if (known === undefined || known === '' || this.bound.clashes(known, namespaceName))
      return this.bound.invent();
    return known;
  }

  private prefixOf(uri: string, allowDefault: boolean): string | null {
    if (uri === '') return '';
    const prefix = this.declared.prefixOf(uri, allowDefault);
    if (prefix !== null) return prefix;
    if (uri === xmlUri) return 'xml';
    return uri === xmlnsUri ? 'xmlns' : null;
  }

  private newLine(): void {
    if (!this.indent || this.mixed || this.out.length === 0) return;
    this.out.push('\n', '  '.repeat(this.level));
  }
}

function declaredPrefix(attribute: XAttribute): string {
  return attribute.name.namespaceName === '' ? '' : attribute.name.localName;
}

function redefined(prefix: string, bound: WriterNamespaces): Error {
  return xmlException(
    `The prefix '${prefix}' cannot be redefined from '${bound.uriOf(prefix) ?? ''}' to '' within the same start element tag.`,
  );
}
