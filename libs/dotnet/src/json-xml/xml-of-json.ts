import { argumentException, DotNetError, invalidOperation } from '../dotnet-error.js';
import { JArray } from '../json/j-array.js';
import type { JProperty } from '../json/j-property.js';
import { JObject } from '../json/j-object.js';
import type { JToken } from '../json/j-token.js';
import { JValue } from '../json/j-value.js';
import { parseToken } from '../json/parse.js';
import { encodeLocalName } from '../xml/chars.js';
import { valueToText } from '../xml/value-to-text.js';
import { xmlException } from '../xml/xml-error.js';
import { newDocument } from '../xml-tree/build-tree.js';
import { outerXml } from '../xml-tree/outer-xml.js';
import { TreeNode, xmlnsUri } from '../xml-tree/tree-node.js';
import { addDeclaration, addDoctype } from './prolog.js';
import { jsonNamespace, NamespaceManager } from './namespace-manager.js';

/**
 * `xml(json(text))`: the document of a JSON object by Newtonsoft's XmlNodeConverter; null for
 * JSON null and for no text.
 */
export function xmlOfJson(json: string): string | null {
  if (json.trim() === '') return null;
  const token = parseToken(json, { dates: 'None' });
  const tree = treeOfJson(token);
  return tree && outerXml(tree);
}

/** The same for a token. */
export function treeOfJson(token: JToken): TreeNode | null {
  if (token.type === 'Null') return null;
  if (!(token instanceof JObject))
    throw serializationError(
      'XmlNodeConverter can only convert JSON that begins with an object.',
      token,
    );
  const document = newDocument();
  new TreeWriter().members(token, document);
  return document;
}

function serializationError(message: string, token: JToken): DotNetError {
  return new DotNetError(
    'Newtonsoft.Json.JsonSerializationException',
    `${message} Path '${token.path}'.`,
  );
}

/** The text a JSON value has as XML content; null for JSON null. */
function xmlText(token: JToken): string | null {
  if (!(token instanceof JValue)) {
    const start = token instanceof JArray ? 'StartArray' : 'StartObject';
    throw serializationError(`Cannot get an XML string value from token type '${start}'.`, token);
  }
  const { value, clrType } = token;
  if (value === null) return null;
  if (typeof value === 'bigint') return value.toString();
  return valueToText(typeof value === 'number' ? { typeName: clrType ?? 'double', value } : value);
}

class TreeWriter {
  private readonly manager = new NamespaceManager();

  members(object: JObject, parent: TreeNode): void {
    for (const property of object.properties()) this.member(property, parent);
  }

  private member({ name, value }: JProperty, parent: TreeNode): void {
    if (parent.kind === 'document' && parent.children.some(({ kind }) => kind === 'element'))
      throw serializationError(
        'JSON root object has multiple properties. The root object must have a single property in order to create a valid XML document. Consider specifying a DeserializeRootElementName.',
        value,
      );
    const values = value instanceof JArray ? value.children() : [value];
    for (const item of values) this.value(name, item, parent);
  }

  private value(name: string, value: JToken, parent: TreeNode): void {
    const leaf = leafKinds[name];
    if (leaf !== undefined) return this.leaf(leaf, value, parent);
    if (name === '?xml') return addDeclaration(value, parent);
    if (name.startsWith('?'))
      return void parent.append(
        new TreeNode(
          'instruction',
          { prefix: '', local: name.slice(1), uri: '' },
          xmlText(value) ?? '',
        ),
      );
    if (name.toUpperCase() === '!DOCTYPE') return addDoctype(value, parent);
    return value instanceof JArray
      ? this.nestedArray(name, value, parent)
      : this.element(name, value, parent);
  }

  private leaf(kind: 'text' | 'cdata' | 'blank', value: JToken, parent: TreeNode): void {
    if (parent.kind === 'document')
      throw invalidOperation(
        'The specified node cannot be inserted as the valid child of this node, because the specified node is the wrong type.',
      );
    const text = xmlText(value) ?? '';
    if (kind === 'cdata' && text.includes(']]>'))
      throw argumentException("Cannot have ']]>' inside an XML CDATA block.");
    parent.append(new TreeNode(kind, null, text));
  }

  // An array inside an array becomes an element of the same name around its items.
  private nestedArray(name: string, array: JArray, parent: TreeNode): void {
    const element = this.newElement(name, array, parent);
    for (const item of array.children()) this.value(name, item, element);
  }

  private element(name: string, value: JToken, parent: TreeNode): void {
    if (name === '')
      throw serializationError(
        'XmlNodeConverter cannot convert JSON with an empty property name to XML.',
        value,
      );
    const early =
      value instanceof JObject ? this.readAttributes(value) : { found: [], consumed: 0 };
    if (name.startsWith('@')) return this.attribute(name.slice(1), value, parent);
    const element = this.newElement(name, value, parent);
    for (const [attribute, text] of early.found) this.setAttribute(attribute, text, element);
    if (value instanceof JObject) {
      this.manager.push();
      for (const property of value.properties().slice(early.consumed))
        this.member(property, element);
      this.manager.pop();
    } else {
      const text = xmlText(value);
      if (text !== null) element.append(new TreeNode('text', null, text));
    }
    this.manager.removeDefault();
  }

  // Attributes that lead an object count before its element is made: they may declare its prefix.
  private readAttributes(object: JObject): EarlyAttributes {
    const found: [string, string][] = [];
    let consumed = 0;
    for (const { name, value } of object.properties()) {
      if (name.startsWith('@')) {
        const text = xmlText(value) ?? '';
        found.push([name.slice(1), text]);
        this.declare(name.slice(1), text);
      } else if (['$id', '$ref', '$type', '$value'].includes(name)) {
        found.push(...this.jsonPrefix());
        found.push([
          `${this.manager.lookupPrefix(jsonNamespace)!}:${name.slice(1)}`,
          xmlText(value) ?? '',
        ]);
      } else break;
      consumed++;
    }
    return { found, consumed };
  }

  private jsonPrefix(): [string, string][] {
    if (this.manager.lookupPrefix(jsonNamespace)) return [];
    let prefix = 'json';
    for (let i = 0; this.manager.lookupNamespace(prefix) !== undefined; i++) prefix = `json${i}`;
    this.manager.add(prefix, jsonNamespace);
    return [[`xmlns:${prefix}`, jsonNamespace]];
  }

  private declare(name: string, uri: string): void {
    if (name === 'xmlns') this.manager.add('', uri);
    else if (name.startsWith('xmlns:')) this.manager.add(name.slice('xmlns:'.length), uri);
  }

  private attribute(name: string, value: JToken, parent: TreeNode): void {
    if (parent.kind === 'document')
      throw serializationError(
        `JSON root object has property '@${name}' that will be converted to an attribute. A root object cannot have any attribute properties. Consider specifying a DeserializeRootElementName.`,
        value,
      );
    this.setAttribute(name, xmlText(value) ?? '', parent);
  }

  private setAttribute(name: string, value: string, element: TreeNode): void {
    if (name === '') throw argumentException('The attribute local name cannot be empty.');
    const { prefix, local } = encodedName(name);
    const isDeclaration = prefix === 'xmlns' || name === 'xmlns';
    const uri = isDeclaration
      ? xmlnsUri
      : prefix === ''
        ? ''
        : (this.manager.lookupNamespace(prefix) ?? '');
    const node = new TreeNode('attribute', { prefix: uri === '' ? '' : prefix, local, uri }, value);
    node.parent = element;
    const same = element.attributes.findIndex((one) => one.local === local && one.uri === uri);
    if (same < 0) element.attributes.push(node);
    else element.attributes[same] = node;
  }

  private newElement(name: string, value: JToken, parent: TreeNode): TreeNode {
    const { prefix, local } = encodedName(name);
    const uri =
      prefix === '' ? this.manager.defaultNamespace : (this.manager.lookupNamespace(prefix) ?? '');
    if (parent.kind === 'document' && parent.children.some(({ kind }) => kind === 'element'))
      throw invalidOperation("This document already has a 'DocumentElement' node.");
    const element = new TreeNode('element', { prefix: uri === '' ? '' : prefix, local, uri }, '');
    element.empty = !(value instanceof JValue && value.value === '');
    return parent.append(element);
  }
}

interface EarlyAttributes {
  readonly found: readonly [string, string][];
  /** How many properties they were. */
  readonly consumed: number;
}

const leafKinds: Record<string, 'text' | 'cdata' | 'blank'> = {
  '#text': 'text',
  '#cdata-section': 'cdata',
  '#whitespace': 'blank',
  '#significant-whitespace': 'blank',
};

// XmlConvert.EncodeName keeps the colon; more than one, or one at an end, is no name.
function encodedName(name: string): { prefix: string; local: string } {
  const parts = name.split(':');
  if (parts.length > 2 || (parts.length === 2 && parts.includes('')))
    throw xmlException("The ':' character, hexadecimal value 0x3A, cannot be included in a name.");
  const local = encodeLocalName(parts.at(-1)!);
  return { prefix: parts.length === 2 ? encodeLocalName(parts[0]!) : '', local };
}
