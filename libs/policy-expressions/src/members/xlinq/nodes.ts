import {
  compareDocumentOrder,
  deepEqualsNodes,
  XCData,
  XComment,
  XContainer,
  XDeclaration,
  XDocumentType,
  XNode,
  XObject,
  XProcessingInstruction,
  XText,
  type XName,
  invalidOperation,
} from '@isthmus/dotnet';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { isSubtype } from '../../binding/subtyping.js';
import { runtimeType } from '../../runtime/runtime-type.js';
import { sequence } from '../../runtime/sequence.js';
import { readFromMembers } from './xml-reader.js';
import { typeTable } from '../table.js';
import { contentOf, contentsOf, required, saveOptions } from './content.js';
import { nodeTypes } from './names.js';

/** Facets that all nodes have. */
export const nodeFacets = {
  text: (node: XObject) => node.toString(),
  typed: (node: XObject) => ({ xml: node.toXml({ disableFormatting: true }) }),
};

function sized(text: string, runtime: Runtime): string {
  runtime.size(text.length);
  return text;
}

export const xObjectTable = typeTable(
  'abstract class System.Xml.Linq.XObject',
  { ...nodeFacets, instance: XObject },
  {
    'XmlNodeType NodeType { get; }': (self: XObject) => nodeTypes[self.nodeType]!,
    'XElement Parent { get; }': (self: XObject) => self.parent,
    'XDocument Document { get; }': (self: XObject) => self.document,
    'string BaseUri { get; }': () => '',
    'void AddAnnotation(object annotation)': (self: XObject, annotation: unknown) => {
      self.annotations.push(required(annotation, 'annotation'));
    },
    'T Annotation<T>() where T : class': (self: XObject, _runtime: Runtime, site: Site) =>
      self.annotations.find((value) => {
        const type = runtimeType(value);
        return type !== null && isSubtype(type, site.typeArguments[0]!);
      }) ?? null,
  },
);

export const xNodeTable = typeTable(
  'abstract class System.Xml.Linq.XNode : XObject',
  { ...nodeFacets, instance: XNode },
  {
    'XNode NextNode { get; }': (self: XNode) => self.nextNode,
    'XNode PreviousNode { get; }': (self: XNode) => self.previousNode,
    'IEnumerable<XElement> Ancestors()': (self: XNode) => sequence(() => self.ancestors()),
    'IEnumerable<XElement> Ancestors(XName name)': (self: XNode, name: XName | null) =>
      sequence(function* () {
        for (const element of self.ancestors()) if (element.name.equals(name)) yield element;
      }),
    'IEnumerable<XNode> NodesAfterSelf()': (self: XNode) =>
      sequence(() => self.nodesAfterSelf()[Symbol.iterator]()),
    'IEnumerable<XNode> NodesBeforeSelf()': (self: XNode) =>
      sequence(() => self.nodesBeforeSelf()[Symbol.iterator]()),
    'IEnumerable<XElement> ElementsAfterSelf()': (self: XNode) =>
      elements(() => self.nodesAfterSelf()),
    'IEnumerable<XElement> ElementsBeforeSelf()': (self: XNode) =>
      elements(() => self.nodesBeforeSelf()),
    'IEnumerable<XElement> ElementsAfterSelf(XName name)': (self: XNode, name: XName | null) =>
      elements(() => self.nodesAfterSelf(), name),
    'IEnumerable<XElement> ElementsBeforeSelf(XName name)': (self: XNode, name: XName | null) =>
      elements(() => self.nodesBeforeSelf(), name),
    'bool IsAfter(XNode node)': (self: XNode, node: XNode | null) =>
      order(self, required(node, 'node')) > 0,
    'bool IsBefore(XNode node)': (self: XNode, node: XNode | null) =>
      order(self, required(node, 'node')) < 0,
    'void Remove()': (self: XNode) => self.remove(),
    'void AddAfterSelf(object content)': (self: XNode, content: unknown) =>
      self.addAfterSelf(contentOf(content)),
    'void AddAfterSelf(params object[] content)': (self: XNode, content: unknown[]) =>
      self.addAfterSelf(contentsOf(content)),
    'void AddBeforeSelf(object content)': (self: XNode, content: unknown) =>
      self.addBeforeSelf(contentOf(content)),
    'void AddBeforeSelf(params object[] content)': (self: XNode, content: unknown[]) =>
      self.addBeforeSelf(contentsOf(content)),
    'void ReplaceWith(object content)': (self: XNode, content: unknown) =>
      self.replaceWith(contentOf(content)),
    'void ReplaceWith(params object[] content)': (self: XNode, content: unknown[]) =>
      self.replaceWith(contentsOf(content)),
    'string ToString(SaveOptions options)': (self: XNode, options: number, runtime: Runtime) =>
      sized(self.toXml(saveOptions(options)), runtime),
    'static bool DeepEquals(XNode n1, XNode n2)': (a: XNode | null, b: XNode | null) =>
      deepEqualsNodes(a, b),
    'static int CompareDocumentOrder(XNode n1, XNode n2)': compareOrder,
  },
  readFromMembers,
);

/** XNode.CompareDocumentOrder: -1, 0 or 1; null comes first. */
export function compareOrder(a: XNode | null, b: XNode | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null ? 1 : Math.sign(order(a, b));
}

function order(a: XNode, b: XNode): number {
  const result = compareDocumentOrder(a, b);
  if (Number.isNaN(result)) throw invalidOperation('A common ancestor is missing.');
  return result;
}

function elements(nodes: () => readonly XNode[], name?: XName | null) {
  return sequence(function* () {
    for (const node of nodes())
      if (
        node.nodeType === 'Element' &&
        (name === undefined || (node as unknown as { name: XName }).name.equals(name))
      )
        yield node;
  });
}

function live(self: XContainer, name?: XName | null) {
  return sequence(function* () {
    for (const node of self.enumerate())
      if (
        node.nodeType === 'Element' &&
        (name === undefined || (node as unknown as { name: XName }).name.equals(name))
      )
        yield node;
  });
}

export const xContainerTable = typeTable(
  'abstract class System.Xml.Linq.XContainer : XNode',
  { ...nodeFacets, instance: XContainer },
  {
    'XNode FirstNode { get; }': (self: XContainer) => self.firstNode,
    'XNode LastNode { get; }': (self: XContainer) => self.lastNode,
    'IEnumerable<XNode> Nodes()': (self: XContainer) => sequence(() => self.enumerate()),
    'XElement Element(XName name)': (self: XContainer, name: XName | null) => self.element(name),
    'IEnumerable<XElement> Elements()': (self: XContainer) => live(self),
    'IEnumerable<XElement> Elements(XName name)': (self: XContainer, name: XName | null) =>
      live(self, name),
    'IEnumerable<XElement> Descendants()': (self: XContainer) => sequence(() => self.descendants()),
    'IEnumerable<XElement> Descendants(XName name)': (self: XContainer, name: XName | null) =>
      sequence(() => self.descendants(name)),
    'IEnumerable<XNode> DescendantNodes()': (self: XContainer) =>
      sequence(() => self.descendantNodes()),
    'void Add(object content)': (self: XContainer, content: unknown, runtime: Runtime) => {
      runtime.size(self.nodes().length + 1);
      self.add(contentOf(content));
    },
    'void Add(params object[] content)': (self: XContainer, content: unknown[]) =>
      self.add(contentsOf(content)),
    'void AddFirst(object content)': (self: XContainer, content: unknown) =>
      self.addFirst(contentOf(content)),
    'void AddFirst(params object[] content)': (self: XContainer, content: unknown[]) =>
      self.addFirst(contentsOf(content)),
    'void RemoveNodes()': (self: XContainer) => self.removeNodes(),
    'void ReplaceNodes(object content)': (self: XContainer, content: unknown) =>
      self.replaceNodes(contentOf(content)),
    'void ReplaceNodes(params object[] content)': (self: XContainer, content: unknown[]) =>
      self.replaceNodes(contentsOf(content)),
  },
);

const textMembers = {
  'string Value { get; set; }': {
    get: (self: XText | XComment) => self.value,
    set: (self: XText | XComment, value: string | null) => {
      self.value = value;
    },
  },
};

export const xTextTable = typeTable(
  'class System.Xml.Linq.XText : XNode',
  { ...nodeFacets, instance: XText },
  textMembers,
  {
    'new(string value)': (value: string | null) => new XText(value),
    'new(XText other)': (other: XText | null) => required(other, 'other').clone(),
  },
);

export const xCDataTable = typeTable(
  'class System.Xml.Linq.XCData : XText',
  { ...nodeFacets, instance: XCData },
  {
    'new(string value)': (value: string | null) => new XCData(value),
    'new(XCData other)': (other: XCData | null) => required(other, 'other').clone(),
  },
);

export const xCommentTable = typeTable(
  'class System.Xml.Linq.XComment : XNode',
  { ...nodeFacets, instance: XComment },
  textMembers,
  {
    'new(string value)': (value: string | null) => new XComment(value),
    'new(XComment other)': (other: XComment | null) => required(other, 'other').clone(),
  },
);

export const xInstructionTable = typeTable(
  'class System.Xml.Linq.XProcessingInstruction : XNode',
  { ...nodeFacets, instance: XProcessingInstruction },
  {
    'new(string target, string data)': (target: string | null, data: string | null) =>
      new XProcessingInstruction(target, data),
    'string Target { get; set; }': {
      get: (self: XProcessingInstruction) => self.target,
      set: (self: XProcessingInstruction, target: string | null) => {
        self.target = required(target, 'value');
      },
    },
    'string Data { get; set; }': {
      get: (self: XProcessingInstruction) => self.data,
      set: (self: XProcessingInstruction, data: string | null) => {
        self.data = required(data, 'value');
      },
    },
  },
);

export const xDocumentTypeTable = typeTable(
  'class System.Xml.Linq.XDocumentType : XNode',
  { ...nodeFacets, instance: XDocumentType },
  {
    'new(string name, string publicId, string systemId, string internalSubset)': (
      name: string | null,
      publicId: string | null,
      systemId: string | null,
      internalSubset: string | null,
    ) => new XDocumentType(required(name, 'name'), publicId, systemId, internalSubset),
    'string Name { get; }': (self: XDocumentType) => self.name,
    'string PublicId { get; }': (self: XDocumentType) => self.publicId,
    'string SystemId { get; }': (self: XDocumentType) => self.systemId,
    'string InternalSubset { get; }': (self: XDocumentType) => self.internalSubset,
  },
);

export const xDeclarationTable = typeTable(
  'class System.Xml.Linq.XDeclaration',
  {
    instance: XDeclaration,
    text: (declaration: XDeclaration) => declaration.toString(),
    typed: (declaration: XDeclaration) => ({ value: declaration.toString() }),
  },
  {
    'new(string version, string encoding, string standalone)': (
      version: string | null,
      encoding: string | null,
      standalone: string | null,
    ) => new XDeclaration(version, encoding, standalone),
    'string Version { get; set; }': {
      get: (self: XDeclaration) => self.version,
      set: (self: XDeclaration, value: string | null) => {
        self.version = value;
      },
    },
    'string Encoding { get; set; }': {
      get: (self: XDeclaration) => self.encoding,
      set: (self: XDeclaration, value: string | null) => {
        self.encoding = value;
      },
    },
    'string Standalone { get; set; }': {
      get: (self: XDeclaration) => self.standalone,
      set: (self: XDeclaration, value: string | null) => {
        self.standalone = value;
      },
    },
  },
);
