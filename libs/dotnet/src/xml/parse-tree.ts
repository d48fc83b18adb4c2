import { XAttribute } from './x-attribute.js';
import type { XContainer } from './x-container.js';
import { XDocument } from './x-document.js';
import { XElement } from './x-element.js';
import {
  XCData,
  XComment,
  XDeclaration,
  XDocumentType,
  XProcessingInstruction,
  XText,
} from './x-leaves.js';
import { XName, XNamespace } from './x-name.js';
import type {
  Doctype,
  ParsedAttribute,
  QName,
  XmlHandler,
  XmlParseOptions,
} from './xml-handler.js';
import { parseXml } from './xml-parser.js';

/** LoadOptions of XLinq and the parser's limits. */
export interface ParseTreeOptions extends XmlParseOptions {
  readonly preserveWhitespace?: boolean;
}

/** `XDocument.Parse`. */
export function parseDocument(text: string | null, options: ParseTreeOptions = {}): XDocument {
  const builder = new TreeBuilder(options);
  parseXml(text, builder, { dtd: 'internal', ...options });
  return builder.document;
}

/** `XElement.Parse`: the root element alone. */
export function parseElement(text: string | null, options: ParseTreeOptions = {}): XElement {
  // A well-formed document has a root.
  const root = parseDocument(text, options).root!;
  root.remove();
  return root;
}

class TreeBuilder implements XmlHandler {
  readonly document = new XDocument();
  private readonly open: XContainer[] = [this.document];
  // Names repeat: one object for each.
  private readonly names = new Map<string, XName>();

  constructor(private readonly options: ParseTreeOptions) {}

  declaration(version: string, encoding: string | null, standalone: string | null): void {
    this.document.declaration = new XDeclaration(version, encoding, standalone);
  }

  doctype({ name, publicId, systemId, internalSubset }: Doctype): void {
    this.top.append(new XDocumentType(name, publicId, systemId, internalSubset));
  }

  startElement(name: QName, attributes: readonly ParsedAttribute[], _empty: boolean): void {
    const element = new XElement(this.name(name));
    for (const attribute of attributes) {
      // The default declaration has no namespace in XLinq.
      const plain = attribute.prefix === '' && attribute.local === 'xmlns';
      const attributeName = this.name(plain ? { ...attribute, uri: '' } : attribute);
      element.appendAttribute(new XAttribute(attributeName, attribute.value));
    }
    this.top.append(element);
    this.open.push(element);
    if (!_empty) element.appendEmptyText();
  }

  endElement(): void {
    this.open.pop();
  }

  text(value: string, blank: boolean): void {
    if (value !== '' && (!blank || this.options.preserveWhitespace))
      this.top.append(new XText(value));
  }

  cdata(value: string): void {
    this.top.append(new XCData(value));
  }

  comment(value: string): void {
    this.top.append(new XComment(value));
  }

  instruction(target: string, data: string): void {
    this.top.append(new XProcessingInstruction(target, data));
  }

  private get top(): XContainer {
    return this.open.at(-1)!;
  }

  private name({ local, uri }: QName): XName {
    const key = `{${uri}}${local}`;
    let name = this.names.get(key);
    if (!name) {
      name = new XName(local, XNamespace.get(uri));
      this.names.set(key, name);
    }
    return name;
  }
}
