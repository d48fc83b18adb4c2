import type { ParsedAttribute, QName, XmlHandler } from '../xml/xml-handler.js';
import { parseXml } from '../xml/xml-parser.js';

const schemaNamespace = 'http://www.w3.org/2001/XMLSchema';

/** What must be known of a document before libxml2 sees it. */
export class DocumentFacts implements XmlHandler {
  root: QName | null = null;
  rootAttributes: readonly ParsedAttribute[] = [];
  /** `schemaLocation` of every include and redefine. */
  readonly includes: string[] = [];

  /** Parses with the limits of this library; throws XmlException, also for any document type. */
  static of(text: string): DocumentFacts {
    const facts = new DocumentFacts();
    parseXml(text, facts);
    return facts;
  }

  get isSchema(): boolean {
    return this.root?.uri === schemaNamespace && this.root.local === 'schema';
  }

  get targetNamespace(): string {
    return (
      this.rootAttributes.find(({ uri, local }) => uri === '' && local === 'targetNamespace')
        ?.value ?? ''
    );
  }

  /** Whether `targetNamespace` is there and empty. */
  get hasEmptyTarget(): boolean {
    return this.rootAttributes.some(
      ({ uri, local, value }) => uri === '' && local === 'targetNamespace' && value === '',
    );
  }

  startElement(name: QName, attributes: readonly ParsedAttribute[]): void {
    const location = attributes.find(({ local }) => local === 'schemaLocation');
    const includes = name.local === 'include' || name.local === 'redefine';
    if (location && includes && name.uri === schemaNamespace) this.includes.push(location.value);
    if (this.root) return;
    this.root = name;
    this.rootAttributes = attributes;
  }

  declaration(): void {}
  doctype(): void {}
  endElement(): void {}
  text(): void {}
  cdata(): void {}
  comment(): void {}
  instruction(): void {}
}
