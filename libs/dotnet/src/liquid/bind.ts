import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { Decimal } from '../numbers/decimal.js';
import { JArray } from '../json/j-array.js';
import { JObject } from '../json/j-object.js';
import { JToken } from '../json/j-token.js';
import { JValue } from '../json/j-value.js';
import { isText, type TreeNode } from '../xml-tree/tree-node.js';
import { Hash, Unfit, type LiquidValue } from './value.js';

/** What a template sees of a JSON token. */
export function bindJson(token: JToken): LiquidValue {
  if (token instanceof JObject)
    return new Hash(new Map([...token.entries()].map(([name, value]) => [name, bindJson(value)])));
  if (token instanceof JArray) return token.children().map(bindJson);
  return token instanceof JValue ? bindScalar(token) : null;
}

/** What a template sees of a plain tree: objects, maps, arrays, JSON tokens and scalars. */
export function bindPlain(value: unknown): LiquidValue {
  if (value === null || value === undefined) return null;
  if (value instanceof JToken) return bindJson(value);
  if (Array.isArray(value)) return value.map(bindPlain);
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object') return typeof value === 'symbol' ? null : (value as string);
  if (value instanceof Decimal || value instanceof DateTime || value instanceof DateTimeOffset)
    return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  if (!(value instanceof Map) && Object.getPrototypeOf(value) !== Object.prototype)
    return (value as { toString(): string }).toString();
  return new Hash(new Map(entries.map(([name, item]) => [String(name), bindPlain(item)])));
}

function bindScalar(token: JValue): LiquidValue {
  const { value } = token;
  if (typeof value === 'bigint' && token.clrType === 'BigInteger')
    return new Unfit(value.toString());
  if (value === null || typeof value !== 'object') return value;
  const known =
    value instanceof Decimal || value instanceof DateTime || value instanceof DateTimeOffset;
  return known ? value : token.toString();
}

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

/**
 * What a template sees of an XML document: elements by their local names without regard to
 * case, repeated ones as lists, attributes by their names, text as strings, xsi:nil as nil or
 * as an empty string.
 */
export function bindXml(node: TreeNode, xsiNil: 'blank' | 'null' = 'null'): LiquidValue {
  const elements = node.children.filter(({ kind }) => kind === 'element');
  if (node.kind === 'document') {
    const root = elements[0];
    return root ? new Hash(new Map([[root.local, bindXml(root, xsiNil)]]), true) : null;
  }
  const nil = node.attributes.find(({ uri, local }) => uri === schemaInstance && local === 'nil');
  if (nil && /^(?:true|1)$/.test(nil.value.trim())) return xsiNil === 'blank' ? '' : null;
  const attributes = node.attributes.filter(
    ({ uri, isDeclaration }) => !isDeclaration && uri !== schemaInstance,
  );
  if (elements.length === 0 && attributes.length === 0) return node.stringValue;
  return bindElement(node, attributes, elements, (element) => bindXml(element, xsiNil));
}

function bindElement(
  node: TreeNode,
  attributes: readonly TreeNode[],
  elements: readonly TreeNode[],
  bind: (element: TreeNode) => LiquidValue,
): LiquidValue {
  const members = new Map<string, LiquidValue>();
  for (const { local, value } of attributes) members.set(local, value);
  const groups = new Map<string, LiquidValue[]>();
  for (const element of elements)
    groups.set(element.local, [...(groups.get(element.local) ?? []), bind(element)]);
  // An element that only repeats one child is itself the list.
  const only = groups.size === 1 && attributes.length === 0 ? [...groups.values()][0]! : undefined;
  for (const [name, values] of groups) members.set(name, values.length === 1 ? values[0]! : values);
  const text = node.children
    .filter(isText)
    .map(({ value }) => value)
    .join('')
    .trim();
  if (text !== '') members.set('#text', text);
  return only && only.length > 1 ? new ListHash(members, only) : new Hash(members, true);
}

/** An element whose repeated children are enumerated in its place. */
export class ListHash extends Hash {
  constructor(
    members: ReadonlyMap<string, LiquidValue>,
    readonly items: readonly LiquidValue[],
  ) {
    super(members, true);
  }
}
