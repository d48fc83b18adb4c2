import { argumentException, argumentNull } from '../dotnet-error.js';
import { attributeText } from './escape.js';
import { valueToText } from './value-to-text.js';
import { XNamespace, type XName } from './x-name.js';
import { missingParent, XObject, type XmlNodeType } from './x-object.js';
import type { XElement } from './x-element.js';

/** System.Xml.Linq.XAttribute. */
export class XAttribute extends XObject {
  override readonly nodeType: XmlNodeType = 'Attribute';
  private text: string;

  constructor(
    readonly name: XName,
    value: unknown,
  ) {
    super();
    if (value === null || value === undefined) throw argumentNull('value');
    this.text = this.checked(valueToText(value));
  }

  get value(): string {
    return this.text;
  }

  set value(value: string | null) {
    if (value === null) throw argumentNull('value');
    this.text = this.checked(value);
  }

  get isNamespaceDeclaration(): boolean {
    const { namespaceName, localName } = this.name;
    return namespaceName === ''
      ? localName === 'xmlns'
      : namespaceName === XNamespace.xmlns.namespaceName;
  }

  get next(): XAttribute | null {
    return this.sibling(1);
  }

  get previous(): XAttribute | null {
    return this.sibling(-1);
  }

  /** `SetValue(object)`. */
  setValue(value: unknown): void {
    if (value === null || value === undefined) throw argumentNull('value');
    this.value = valueToText(value);
  }

  remove(): void {
    if (!this.container) throw missingParent();
    (this.container as XElement).removeAttribute(this);
  }

  clone(): XAttribute {
    return new XAttribute(this.name, this.text);
  }

  /** `name="value"`, with the prefix that is in scope where the attribute stands. */
  override toXml(): string {
    const { localName, namespaceName } = this.name;
    const prefix = this.prefix(namespaceName, localName);
    const name = prefix ? `${prefix}:${localName}` : localName;
    return `${name}="${attributeText(this.text)}"`;
  }

  private prefix(namespaceName: string, localName: string): string {
    if (namespaceName === '') return '';
    if (namespaceName === XNamespace.xmlns.namespaceName)
      return localName === 'xmlns' ? '' : 'xmlns';
    const found = (this.container as XElement | null)?.getPrefixOfNamespace(this.name.namespace);
    if (found) return found;
    return namespaceName === XNamespace.xml.namespaceName ? 'xml' : 'p1';
  }

  private sibling(distance: 1 | -1): XAttribute | null {
    const all = (this.container as XElement | null)?.attributes() ?? [];
    return all[all.indexOf(this) + distance] ?? null;
  }

  private checked(value: string): string {
    const { namespaceName, localName } = this.name;
    if (namespaceName === XNamespace.xmlns.namespaceName) {
      if (value === '')
        throw argumentException(
          `The prefix '${localName}' cannot be bound to the empty namespace name.`,
        );
      checkBinding(localName, value);
    } else if (namespaceName === '' && localName === 'xmlns') checkDefault(value);
    return value;
  }
}

function checkBinding(prefix: string, value: string): void {
  const { xml, xmlns } = XNamespace;
  const reserved = value === xmlns.namespaceName || prefix === 'xmlns';
  if (reserved || (value === xml.namespaceName) !== (prefix === 'xml'))
    throw argumentException(
      `The prefix '${prefix}' cannot be bound to the namespace name '${value}'.`,
    );
}

function checkDefault(value: string): void {
  const { xml, xmlns } = XNamespace;
  if (value === xml.namespaceName || value === xmlns.namespaceName)
    throw argumentException(`The prefix '' cannot be bound to the namespace name '${value}'.`);
}
