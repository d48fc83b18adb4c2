import { argumentNull, invalidOperation } from '../dotnet-error.js';
import { valueToText } from './value-to-text.js';
import { XAttribute } from './x-attribute.js';
import { contentParts, XContainer } from './x-container.js';
import { XNamespace, type XName } from './x-name.js';
import { XText } from './x-leaves.js';
import type { XNode } from './x-node.js';
import type { SaveOptions, XmlNodeType } from './x-object.js';
import { serialize } from './serialize.js';
import { argumentException } from '../dotnet-error.js';
import { COPIED_NODE, countWork } from '../work-meter.js';

/** System.Xml.Linq.XElement. */
export class XElement extends XContainer {
  override readonly nodeType: XmlNodeType = 'Element';
  private readonly attributeItems: XAttribute[] = [];

  constructor(
    public name: XName,
    content?: unknown,
  ) {
    super();
    this.add(content);
  }

  /** The text of all descendants. */
  get value(): string {
    let text = '';
    for (const node of this.descendantNodes()) {
      countWork(1);
      if (node instanceof XText) text += node.value;
    }
    return text;
  }

  set value(value: string | null) {
    if (value === null) throw argumentNull('value');
    this.removeNodes();
    this.add(value);
  }

  /** Without content at all, not even empty text: written `<a />`. */
  get isEmpty(): boolean {
    return this.items.length === 0 && !this.emptyText;
  }

  get hasElements(): boolean {
    return this.items.some((node) => node.nodeType === 'Element');
  }

  get hasAttributes(): boolean {
    return this.attributeItems.length > 0;
  }

  get firstAttribute(): XAttribute | null {
    return this.attributeItems[0] ?? null;
  }

  get lastAttribute(): XAttribute | null {
    return this.attributeItems.at(-1) ?? null;
  }

  attributes(name?: XName | null): readonly XAttribute[] {
    if (name === null) return [];
    if (name === undefined) return this.attributeItems;
    return this.attributeItems.filter((attribute) => attribute.name.equals(name));
  }

  attribute(name: XName | null): XAttribute | null {
    return this.attributes(name)[0] ?? null;
  }

  *descendantsAndSelf(name?: XName | null): Generator<XElement> {
    if (name === undefined || (name !== null && this.name.equals(name))) yield this;
    yield* this.descendants(name);
  }

  *descendantNodesAndSelf(): Generator<XNode> {
    yield this;
    yield* this.descendantNodes();
  }

  *ancestorsAndSelf(): Generator<XElement> {
    yield this;
    yield* this.ancestors();
  }

  /** `SetValue(object)`. */
  setValue(value: unknown): void {
    if (value === null || value === undefined) throw argumentNull('value');
    this.value = valueToText(value);
  }

  /** Adds, changes or, with null, removes an attribute. */
  setAttributeValue(name: XName, value: unknown): void {
    const existing = this.attribute(name);
    if (value === null || value === undefined) existing?.remove();
    else if (existing) existing.setValue(value);
    else this.addAttributePart(new XAttribute(name, value));
  }

  /** Adds, changes or, with null, removes the first child element of that name. */
  setElementValue(name: XName, value: unknown): void {
    const existing = this.element(name);
    if (value === null || value === undefined) existing?.remove();
    else if (existing) existing.setValue(value);
    else this.add(new XElement(name, valueToText(value)));
  }

  removeAttribute(attribute: XAttribute): void {
    this.attributeItems.splice(this.attributeItems.indexOf(attribute), 1);
    attribute.container = null;
  }

  removeAttributes(): void {
    for (const attribute of this.attributeItems) attribute.container = null;
    this.attributeItems.length = 0;
  }

  removeAll(): void {
    this.removeAttributes();
    this.removeNodes();
  }

  replaceAll(content: unknown): void {
    const parts = contentParts(content);
    this.removeAll();
    this.add(parts);
  }

  replaceAttributes(content: unknown): void {
    const parts = contentParts(content);
    this.removeAttributes();
    this.add(parts);
  }

  /** Appends an attribute just made by a parser. */
  appendAttribute(attribute: XAttribute): void {
    attribute.container = this;
    this.attributeItems.push(attribute);
  }

  getDefaultNamespace(): XNamespace {
    const value = this.declaration((attribute) => attribute.name.namespaceName === '');
    return value === undefined ? XNamespace.none : XNamespace.get(value);
  }

  getNamespaceOfPrefix(prefix: string | null): XNamespace | null {
    if (prefix === null) throw argumentNull('prefix');
    if (prefix === '') throw argumentException(`'${prefix}' is an invalid prefix.`);
    if (prefix === 'xmlns') return XNamespace.xmlns;
    const value = this.declaration(
      ({ name }) => name.namespaceName !== '' && name.localName === prefix,
    );
    if (value !== undefined) return XNamespace.get(value);
    return prefix === 'xml' ? XNamespace.xml : null;
  }

  /** The nearest prefix declared for a namespace that no nearer declaration hides. */
  getPrefixOfNamespace(namespace: XNamespace): string | null {
    const wanted = namespace.namespaceName;
    for (const element of this.ancestorsAndSelf()) {
      countWork(1 + (element.attributeItems.length >> 1));
      for (const { name, value, isNamespaceDeclaration } of element.attributeItems)
        if (isNamespaceDeclaration && name.namespaceName !== '' && value === wanted)
          if (this.getNamespaceOfPrefix(name.localName)?.namespaceName === wanted)
            return name.localName;
    }
    if (wanted === XNamespace.xml.namespaceName) return 'xml';
    return wanted === XNamespace.xmlns.namespaceName ? 'xmlns' : null;
  }

  override clone(): XElement {
    countWork(COPIED_NODE * (1 + this.items.length + this.attributeItems.length));
    const copy = new XElement(this.name);
    for (const attribute of this.attributeItems) copy.appendAttribute(attribute.clone());
    for (const node of this.items) copy.append(node.clone());
    copy.emptyText = this.emptyText;
    return copy;
  }

  override toXml(options: SaveOptions = {}): string {
    return serialize(this, options);
  }

  protected override addAttributePart(attribute: XAttribute): void {
    if (this.attribute(attribute.name)) throw invalidOperation('Duplicate attribute.');
    this.appendAttribute(attribute.container ? attribute.clone() : attribute);
  }

  protected override validateNode(node: XNode): void {
    if (node.nodeType === 'Document' || node.nodeType === 'DocumentType')
      throw argumentException(`A node of type ${node.nodeType} cannot be added to content.`);
  }

  protected override validateText(): void {}

  private declaration(matches: (attribute: XAttribute) => boolean): string | undefined {
    for (const element of this.ancestorsAndSelf())
      for (const attribute of element.attributeItems)
        if (attribute.isNamespaceDeclaration && matches(attribute)) return attribute.value;
    return undefined;
  }
}
