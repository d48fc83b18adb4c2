import {
  convertXmlText,
  parseDocument,
  parseElement,
  XAttribute,
  XDeclaration,
  XDocument,
  XElement,
  type XName,
  type XNamespace,
} from '@isthmus/dotnet';
import { sequence } from '../../runtime/sequence.js';
import type { Runtime } from '../../runtime/runtime.js';
import { append, type NetStringBuilder } from '../language/string-builder.js';
import { typeTable, type MemberRecord } from '../table.js';
import {
  attributeValueOf,
  contentOf,
  contentsOf,
  loadOptions,
  required,
  saveOptions,
} from './content.js';
import { nodeFacets } from './nodes.js';

const convertible = [
  'bool',
  'int',
  'uint',
  'long',
  'ulong',
  'float',
  'double',
  'decimal',
  'DateTime',
  'DateTimeOffset',
  'TimeSpan',
  'Guid',
];

/** `(int)element`, `(string)attribute` and the like. */
function conversions(type: 'XElement' | 'XAttribute', parameter: string): MemberRecord {
  const text = (value: { readonly value: string } | null) => value?.value ?? null;
  return Object.fromEntries([
    [`static explicit operator string(${type} ${parameter})`, text],
    ...convertible.flatMap((name) => [
      [
        `static explicit operator ${name}(${type} ${parameter})`,
        (value: { readonly value: string } | null) =>
          convertXmlText(required(value, parameter).value, name),
      ],
      [
        `static explicit operator ${name}?(${type} ${parameter})`,
        (value: { readonly value: string } | null) =>
          value === null ? null : convertXmlText(value.value, name),
      ],
    ]),
  ]) as MemberRecord;
}

export const xAttributeTable = typeTable(
  'class System.Xml.Linq.XAttribute : XObject',
  { ...nodeFacets, instance: XAttribute },
  {
    'new(XName name, object value)': (name: XName | null, value: unknown) =>
      new XAttribute(required(name, 'name'), attributeValueOf(required(value, 'value'))),
    'new(XAttribute other)': (other: XAttribute | null) => required(other, 'other').clone(),
    'XName Name { get; }': (self: XAttribute) => self.name,
    'string Value { get; set; }': {
      get: (self: XAttribute) => self.value,
      set: (self: XAttribute, value: string | null) => {
        self.value = value;
      },
    },
    'bool IsNamespaceDeclaration { get; }': (self: XAttribute) => self.isNamespaceDeclaration,
    'XAttribute NextAttribute { get; }': (self: XAttribute) => self.next,
    'XAttribute PreviousAttribute { get; }': (self: XAttribute) => self.previous,
    'void Remove()': (self: XAttribute) => self.remove(),
    'void SetValue(object value)': (self: XAttribute, value: unknown) =>
      self.setValue(contentOf(value)),
  },
  conversions('XAttribute', 'attribute'),
);

const construction: MemberRecord = {
  'new(XElement other)': (other: XElement | null) => required(other, 'other').clone(),
  'new(XName name)': (name: XName | null) => new XElement(required(name, 'name')),
  'new(XName name, object content)': (name: XName | null, content: unknown) =>
    new XElement(required(name, 'name'), contentOf(content)),
  'new(XName name, params object[] content)': (name: XName | null, content: unknown[]) =>
    new XElement(required(name, 'name'), contentsOf(content)),
  'static XElement Parse(string text)': (text: string | null) => parseElement(text),
  'static XElement Parse(string text, LoadOptions options)': (
    text: string | null,
    options: number,
  ) => parseElement(text, loadOptions(options)),
};

const reading: MemberRecord = {
  'XName Name { get; set; }': {
    get: (self: XElement) => self.name,
    set: (self: XElement, name: XName | null) => {
      self.name = required(name, 'value');
    },
  },
  'string Value { get; set; }': {
    get: (self: XElement) => self.value,
    set: (self: XElement, value: string | null) => {
      self.value = value;
    },
  },
  'bool IsEmpty { get; }': (self: XElement) => self.isEmpty,
  'bool HasElements { get; }': (self: XElement) => self.hasElements,
  'bool HasAttributes { get; }': (self: XElement) => self.hasAttributes,
  'XAttribute FirstAttribute { get; }': (self: XElement) => self.firstAttribute,
  'XAttribute LastAttribute { get; }': (self: XElement) => self.lastAttribute,
  'XAttribute Attribute(XName name)': (self: XElement, name: XName | null) => self.attribute(name),
  'IEnumerable<XAttribute> Attributes()': (self: XElement) =>
    sequence(() => self.attributes()[Symbol.iterator]()),
  'IEnumerable<XAttribute> Attributes(XName name)': (self: XElement, name: XName | null) =>
    sequence(() => self.attributes(name)[Symbol.iterator]()),
  'IEnumerable<XElement> DescendantsAndSelf()': (self: XElement) =>
    sequence(() => self.descendantsAndSelf()),
  'IEnumerable<XElement> DescendantsAndSelf(XName name)': (self: XElement, name: XName | null) =>
    sequence(() => self.descendantsAndSelf(name)),
  'IEnumerable<XNode> DescendantNodesAndSelf()': (self: XElement) =>
    sequence(() => self.descendantNodesAndSelf()),
  'IEnumerable<XElement> AncestorsAndSelf()': (self: XElement) =>
    sequence(() => self.ancestorsAndSelf()),
  'XNamespace GetDefaultNamespace()': (self: XElement) => self.getDefaultNamespace(),
  'XNamespace GetNamespaceOfPrefix(string prefix)': (self: XElement, prefix: string | null) =>
    self.getNamespaceOfPrefix(prefix),
  'string GetPrefixOfNamespace(XNamespace ns)': (self: XElement, namespace: XNamespace | null) =>
    self.getPrefixOfNamespace(required(namespace, 'ns')),
};

const changing: MemberRecord = {
  'void SetValue(object value)': (self: XElement, value: unknown) =>
    self.setValue(contentOf(value)),
  'void SetAttributeValue(XName name, object value)': (
    self: XElement,
    name: XName | null,
    value: unknown,
  ) => self.setAttributeValue(required(name, 'name'), attributeValueOf(value)),
  'void SetElementValue(XName name, object value)': (
    self: XElement,
    name: XName | null,
    value: unknown,
  ) => self.setElementValue(required(name, 'name'), contentOf(value)),
  'void RemoveAttributes()': (self: XElement) => self.removeAttributes(),
  'void RemoveAll()': (self: XElement) => self.removeAll(),
  'void ReplaceAll(object content)': (self: XElement, content: unknown) =>
    self.replaceAll(contentOf(content)),
  'void ReplaceAll(params object[] content)': (self: XElement, content: unknown[]) =>
    self.replaceAll(contentsOf(content)),
  'void ReplaceAttributes(object content)': (self: XElement, content: unknown) =>
    self.replaceAttributes(contentOf(content)),
  'void ReplaceAttributes(params object[] content)': (self: XElement, content: unknown[]) =>
    self.replaceAttributes(contentsOf(content)),
};

/** `Save(TextWriter)`: a writer of text names UTF-16, whatever the declaration says. */
function save(
  self: XElement | XDocument,
  writer: NetStringBuilder | null,
  options: number,
  runtime: Runtime,
): void {
  const settings = saveOptions(options);
  const standalone = self instanceof XDocument ? self.declaration?.standalone : null;
  const known = standalone === 'yes' || standalone === 'no' ? standalone : null;
  const head = new XDeclaration('1.0', 'utf-16', known).toString();
  const text = `${head}${settings.disableFormatting ? '' : '\n'}${self.toXml(settings)}`;
  append(required(writer, 'textWriter'), text, runtime);
}

const saving: MemberRecord = {
  'void Save(TextWriter textWriter)': (
    self: XElement | XDocument,
    writer: NetStringBuilder | null,
    runtime: Runtime,
  ) => save(self, writer, 0, runtime),
  'void Save(TextWriter textWriter, SaveOptions options)': save,
};

export const xElementTable = typeTable(
  'class System.Xml.Linq.XElement : XContainer',
  { ...nodeFacets, instance: XElement },
  construction,
  reading,
  changing,
  saving,
  conversions('XElement', 'element'),
);

export const xDocumentTable = typeTable(
  'class System.Xml.Linq.XDocument : XContainer',
  { ...nodeFacets, instance: XDocument },
  {
    'new()': () => new XDocument(),
    'new(XDocument other)': (other: XDocument | null) => required(other, 'other').clone(),
    'new(params object[] content)': (content: unknown[]) => new XDocument(contentsOf(content)),
    'new(XDeclaration declaration, params object[] content)': (
      declaration: XDeclaration | null,
      content: unknown[],
    ) => new XDocument([declaration, contentsOf(content)]),
    'static XDocument Parse(string text)': (text: string | null) => parseDocument(text),
    'static XDocument Parse(string text, LoadOptions options)': (
      text: string | null,
      options: number,
    ) => parseDocument(text, loadOptions(options)),
    'XElement Root { get; }': (self: XDocument) => self.root,
    'XDocumentType DocumentType { get; }': (self: XDocument) => self.documentType,
    'XDeclaration Declaration { get; set; }': {
      get: (self: XDocument) => self.declaration,
      set: (self: XDocument, declaration: XDeclaration | null) => {
        self.declaration = declaration;
      },
    },
  },
  saving,
);
