import { XName, XNamespace } from '@isthmus/dotnet';
import { enumTable, typeTable } from '../table.js';
import { required } from './content.js';

export const saveOptionsTable = enumTable(
  'System.Xml.Linq.SaveOptions',
  { None: 0, DisableFormatting: 1, OmitDuplicateNamespaces: 2 },
  true,
);

export const loadOptionsTable = enumTable(
  'System.Xml.Linq.LoadOptions',
  { None: 0, PreserveWhitespace: 1, SetBaseUri: 2, SetLineInfo: 4 },
  true,
);

/** System.Xml.XmlNodeType. */
export const nodeTypes: Readonly<Record<string, number>> = {
  None: 0,
  Element: 1,
  Attribute: 2,
  Text: 3,
  CDATA: 4,
  EntityReference: 5,
  Entity: 6,
  ProcessingInstruction: 7,
  Comment: 8,
  Document: 9,
  DocumentType: 10,
  DocumentFragment: 11,
  Notation: 12,
  Whitespace: 13,
  SignificantWhitespace: 14,
  EndElement: 15,
  EndEntity: 16,
  XmlDeclaration: 17,
};

export const xmlNodeTypeTable = enumTable('System.Xml.XmlNodeType', nodeTypes);

const sameName = (a: XName | null, b: XName | null): boolean =>
  a === b || (a !== null && a.equals(b));
const sameNamespace = (a: XNamespace | null, b: XNamespace | null): boolean =>
  a === b || (a !== null && a.equals(b));

export const xNameTable = typeTable(
  'class System.Xml.Linq.XName : IEquatable<XName>',
  {
    instance: XName,
    text: (name: XName) => name.toString(),
    equals: sameName,
    key: (name: XName) => name.toString(),
    typed: (name: XName) => ({ value: name.toString() }),
  },
  {
    'string LocalName { get; }': (self: XName) => self.localName,
    'XNamespace Namespace { get; }': (self: XName) => self.namespace,
    'string NamespaceName { get; }': (self: XName) => self.namespaceName,
    'static XName Get(string expandedName)': (text: string | null) => XName.get(text),
    'static XName Get(string localName, string namespaceName)': (
      local: string | null,
      uri: string | null,
    ) => XNamespace.get(uri).getName(local),
    'static implicit operator XName(string expandedName)': (text: string | null) =>
      text === null ? null : XName.get(text),
    'static bool operator ==(XName left, XName right)': sameName,
    'static bool operator !=(XName left, XName right)': (a: XName | null, b: XName | null) =>
      !sameName(a, b),
  },
);

export const xNamespaceTable = typeTable(
  'class System.Xml.Linq.XNamespace',
  {
    instance: XNamespace,
    text: (namespace: XNamespace) => namespace.toString(),
    equals: sameNamespace,
    key: (namespace: XNamespace) => namespace.namespaceName,
    typed: (namespace: XNamespace) => ({ value: namespace.namespaceName }),
  },
  {
    'string NamespaceName { get; }': (self: XNamespace) => self.namespaceName,
    'XName GetName(string localName)': (self: XNamespace, local: string | null) =>
      self.getName(local),
    'static XNamespace Get(string namespaceName)': (name: string | null) => XNamespace.get(name),
    'static XNamespace None { get; }': () => XNamespace.none,
    'static XNamespace Xml { get; }': () => XNamespace.xml,
    'static XNamespace Xmlns { get; }': () => XNamespace.xmlns,
    'static implicit operator XNamespace(string namespaceName)': (name: string | null) =>
      name === null ? null : XNamespace.get(name),
    'static XName operator +(XNamespace ns, string localName)': (
      namespace: XNamespace | null,
      local: string | null,
    ) => required(namespace, 'ns').getName(local),
    'static bool operator ==(XNamespace left, XNamespace right)': sameNamespace,
    'static bool operator !=(XNamespace left, XNamespace right)': (
      a: XNamespace | null,
      b: XNamespace | null,
    ) => !sameNamespace(a, b),
  },
);
