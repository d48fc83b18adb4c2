import { DotNetError, formatException } from '../dotnet-error.js';
import { JArray } from '../json/j-array.js';
import { JObject } from '../json/j-object.js';
import { JProperty } from '../json/j-property.js';
import type { JToken } from '../json/j-token.js';
import type { Formatting } from '../json/j-token-type.js';
import { JValue } from '../json/j-value.js';
import { decodeName } from '../xml/chars.js';
import { xmlnsUri, type TreeNode } from '../xml-tree/tree-node.js';
import { buildTree } from '../xml-tree/build-tree.js';
import { jsonNamespace, NamespaceManager } from './namespace-manager.js';

/**
 * `json(xml(text))`: the JSON of a document by Newtonsoft's XmlNodeConverter: attributes `@name`,
 * text `#text`, repeated elements as arrays, `json:Array` honoured. Comments are left out.
 */
export function jsonOfXml(xml: string | null, formatting: Formatting = 'None'): string {
  if (xml !== null && /<!ENTITY/.test(xml)) refuseEntities(xml);
  return jsonOfTree(buildTree(xml, { dtd: 'internal' })).toJson(formatting);
}

// An XmlDocument keeps references to declared entities as nodes, which the converter refuses.
function refuseEntities(xml: string): void {
  if (/&(?!lt;|gt;|amp;|quot;|apos;|#)/.test(xml.replace(/<!DOCTYPE[^[>]*\[[^\]]*\]\s*>/, '')))
    throw new DotNetError(
      'Newtonsoft.Json.JsonSerializationException',
      'Unexpected XmlNodeType when getting node name: EntityReference',
    );
}

/** The same for a tree (a document or an element). */
export function jsonOfTree(node: TreeNode): JObject {
  const result = new JObject();
  const manager = new NamespaceManager();
  if (node.kind === 'document') addGrouped(result, node, manager);
  else addNode(result, node, manager);
  return result;
}

function addNode(target: JObject, node: TreeNode, manager: NamespaceManager): void {
  const value = valueOf(node, manager);
  if (value) target.load(ownName(node, manager), value);
}

// An element's own declarations already count for its name.
function ownName(node: TreeNode, manager: NamespaceManager): string {
  manager.push();
  declare(node, manager);
  const name = propertyName(node, manager);
  manager.pop();
  return name;
}

// Undefined for what leaves no property: comments and the converter's own attributes.
function valueOf(node: TreeNode, manager: NamespaceManager): JToken | undefined {
  switch (node.kind) {
    case 'element':
      return elementValue(node, manager);
    case 'declaration':
      return object([
        ['@version', node.value],
        ['@encoding', node.details[0]],
        ['@standalone', node.details[1]],
      ]);
    case 'doctype':
      return object([
        ['@name', node.local],
        ['@public', node.details[0]],
        ['@system', node.details[1]],
        ['@internalSubset', node.value],
      ]);
    case 'comment':
      return undefined;
    case 'document':
    case 'namespace':
    case 'attribute':
    case 'text':
    case 'cdata':
    case 'blank':
    case 'instruction':
      return JValue.string(node.value);
  }
}

function object(members: readonly (readonly [string, string | null | undefined])[]): JObject {
  const result = new JObject();
  for (const [name, value] of members)
    if (value) result.append(new JProperty(name, JValue.string(value)));
  return result;
}

function elementValue(node: TreeNode, manager: NamespaceManager): JToken {
  const { children, attributes } = node;
  manager.push();
  try {
    declare(node, manager);
    const only = children[0];
    if (!attributes.some(isValue) && children.length === 1 && only?.kind === 'text')
      return JValue.string(only.value);
    if (children.length === 0 && attributes.length === 0)
      return node.empty ? JValue.null() : JValue.string('');
    const result = new JObject();
    for (const attribute of attributes) if (isValue(attribute)) addNode(result, attribute, manager);
    addGrouped(result, node, manager);
    return result;
  } finally {
    manager.pop();
  }
}

function declare(node: TreeNode, manager: NamespaceManager): void {
  for (const attribute of node.attributes)
    if (attribute.uri === xmlnsUri)
      manager.add(attribute.local === 'xmlns' ? '' : decodeName(attribute.local), attribute.value);
}

// Neither an instruction to the converter nor the declaration of its namespace.
function isValue({ uri, local, value }: TreeNode): boolean {
  if (uri === jsonNamespace) return local !== 'Array';
  return !(uri === xmlnsUri && value === jsonNamespace);
}

// Children of one name become an array, also where others stand between them.
function addGrouped(target: JObject, node: TreeNode, manager: NamespaceManager): void {
  const groups = new Map<string, TreeNode[]>();
  for (const child of node.children) {
    const name = propertyName(child, manager);
    const members = groups.get(name);
    if (members) members.push(child);
    else groups.set(name, [child]);
  }
  for (const [name, members] of groups) {
    const first = members[0]!;
    if (members.length === 1 && !isArray(first)) addNode(target, first, manager);
    else target.load(name, arrayOf(members, manager));
  }
}

function arrayOf(members: readonly TreeNode[], manager: NamespaceManager): JArray {
  const array = new JArray();
  for (const member of members) {
    const value = valueOf(member, manager);
    if (value) array.append(value);
  }
  return array;
}

function isArray(node: TreeNode): boolean {
  const mark = node.attributes.find(({ uri, local }) => uri === jsonNamespace && local === 'Array');
  if (!mark) return false;
  const word = mark.value.trim();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw formatException(`The string '${mark.value}' is not a valid Boolean value.`);
}

function propertyName(node: TreeNode, manager: NamespaceManager): string {
  switch (node.kind) {
    case 'attribute':
      return (node.uri === jsonNamespace ? '$' : '@') + fullName(node, manager);
    case 'element':
      return node.uri === jsonNamespace ? `$${node.local}` : fullName(node, manager);
    case 'instruction':
      return `?${fullName(node, manager)}`;
    case 'declaration':
      return '?xml';
    case 'doctype':
      return '!DOCTYPE';
    case 'text':
      return '#text';
    case 'cdata':
      return '#cdata-section';
    case 'blank':
      return '#significant-whitespace';
    case 'comment':
      return '#comment';
    case 'document':
    case 'namespace':
      return '';
  }
}

function fullName(node: TreeNode, manager: NamespaceManager): string {
  const local = decodeName(node.local);
  if (node.uri === '' || (node.local === 'xmlns' && node.uri === xmlnsUri)) return local;
  const prefix = manager.lookupPrefix(node.uri);
  return prefix ? `${prefix}:${local}` : local;
}
