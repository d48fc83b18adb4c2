import {
  argumentNull,
  invalidOperation,
  parseDocument,
  XElement,
  XComment,
  XCData,
  XProcessingInstruction,
  XText,
  type XNode,
} from '@isthmus/dotnet';
import { NetStringReader } from '../language/text-io.js';
import { typeTable, type MemberRecord } from '../table.js';

interface Position {
  readonly node: XNode;
  readonly isEnd: boolean;
  readonly depth: number;
}

/** XmlReader over text: goes forward through the nodes of a parsed document. */
class NetXmlReader {
  private readonly positions: Position[] = [];
  private at = -1;

  constructor(text: string) {
    const visit = (node: XNode, depth: number): void => {
      this.positions.push({ node, isEnd: false, depth });
      if (!(node instanceof XElement) || node.isEmpty) return;
      for (const child of node.nodes()) visit(child, depth + 1);
      this.positions.push({ node, isEnd: true, depth });
    };
    for (const node of parseDocument(text, { preserveWhitespace: true }).nodes()) visit(node, 0);
  }

  get current(): Position | undefined {
    return this.positions[this.at];
  }

  get isAtEnd(): boolean {
    return this.at >= this.positions.length;
  }

  read(): boolean {
    if (!this.isAtEnd) this.at += 1;
    return !this.isAtEnd;
  }

  /** Leaves the node that begins here, whole; the reader stands behind it. */
  takeNode(): XNode {
    const { current } = this;
    if (current === undefined) throw invalidOperation('The XmlReader state should be Interactive.');
    const { node } = current;
    const end = this.positions.findIndex((p, i) => i > this.at && p.node === node && p.isEnd);
    this.at = Math.max(this.at, end) + 1;
    return node.clone();
  }
}

function typeOf(reader: NetXmlReader): number {
  const { current } = reader;
  if (current === undefined) return 0;
  const { node, isEnd } = current;
  if (node instanceof XElement) return isEnd ? 15 : 1;
  if (node instanceof XCData) return 4;
  if (node instanceof XText) return node.value.trim() === '' ? 13 : 3;
  if (node instanceof XComment) return 8;
  return node instanceof XProcessingInstruction ? 7 : 10;
}

const contentTypes = new Set([1, 3, 4, 15]);

function elementOf(reader: NetXmlReader): XElement | null {
  const node = reader.current?.node;
  return node instanceof XElement ? node : null;
}

function qualifiedName(reader: NetXmlReader): string {
  const element = elementOf(reader);
  if (element === null) return '';
  const { name } = element;
  const prefix = name.namespaceName === '' ? null : element.getPrefixOfNamespace(name.namespace);
  return prefix === null || prefix === '' ? name.localName : `${prefix}:${name.localName}`;
}

export const xmlReaderTable = typeTable(
  'abstract class System.Xml.XmlReader : IDisposable',
  { instance: NetXmlReader },
  {
    'static XmlReader Create(TextReader input)': (input: NetStringReader | null) => {
      if (input === null) throw argumentNull('input');
      return new NetXmlReader(input.text.slice(input.position));
    },
    'bool EOF { get; }': (self: NetXmlReader) => self.isAtEnd,
    'string Name { get; }': qualifiedName,
    'string LocalName { get; }': (self: NetXmlReader) => elementOf(self)?.name.localName ?? '',
    'string NamespaceURI { get; }': (self: NetXmlReader) =>
      elementOf(self)?.name.namespaceName ?? '',
    'XmlNodeType NodeType { get; }': typeOf,
    'int Depth { get; }': (self: NetXmlReader) => self.current?.depth ?? 0,
    'bool IsEmptyElement { get; }': (self: NetXmlReader) => elementOf(self)?.isEmpty ?? false,
    'string Value { get; }': (self: NetXmlReader) => {
      const node = self.current?.node;
      return node instanceof XText ? node.value : '';
    },
    'string GetAttribute(string name)': (self: NetXmlReader, name: string) =>
      elementOf(self)
        ?.attributes()
        .find((a) => a.name.localName === name)?.value ?? null,
    'bool Read()': (self: NetXmlReader) => self.read(),
    'XmlNodeType MoveToContent()': (self: NetXmlReader) => {
      if (self.current === undefined) self.read();
      while (!self.isAtEnd && !contentTypes.has(typeOf(self))) self.read();
      return typeOf(self);
    },
    'string ReadOuterXml()': (self: NetXmlReader) =>
      self.takeNode().toXml({ disableFormatting: true }),
    'void Dispose()': () => undefined,
    'void Close()': () => undefined,
  },
);

/** The member of XNode that reads from an XmlReader. */
export const readFromMembers: MemberRecord = {
  'static XNode ReadFrom(XmlReader reader)': (reader: NetXmlReader | null) => {
    if (reader === null) throw argumentNull('reader');
    return reader.takeNode();
  },
};
