import {
  countWork,
  encodeLocalName,
  JArray,
  JObject,
  JValue,
  numberToText,
  parseToken,
  type JToken,
} from '@isthmus/dotnet';

/** What an element costs of a budget of steps. */
const stepsOfElement = 9;

/** How property names become qualified names. */
export interface XmlOptions {
  /** Between prefix and local name. */
  readonly separator: string;
  /** Properties that begin with it declare namespaces. */
  readonly prefix: string;
  /** Property whose members are attributes. */
  readonly attributeBlock: string | undefined;
}

/**
 * JSON text as XML. Not Newtonsoft's conversion (apim-policies 1): several top-level properties get a root
 * `Document`, arrays repeat their element, an empty array is one empty element, null is `xsi:nil`, true is `True`.
 */
export function writeXml(json: string, options: XmlOptions): string {
  const token = parseToken(json, { dates: 'None' });
  const writer = new XmlWriter(options);
  const only = token instanceof JObject ? [...token.properties()] : [];
  const [first] = only;
  if (only.length === 1 && first && !(first.value instanceof JArray))
    writer.element(first.name, first.value, new Set(), true);
  else
    writer.element('Document', token instanceof JArray ? new Items(token) : token, new Set(), true);
  return writer.text;
}

/** A top-level array: its items stand in elements `Array`. */
class Items {
  constructor(readonly array: JArray) {}
}

class XmlWriter {
  text = '';

  constructor(private readonly options: XmlOptions) {}

  element(
    property: string,
    value: JToken | Items,
    declared: ReadonlySet<string>,
    root = false,
  ): void {
    if (value instanceof JArray) {
      const items = [...value];
      if (items.length === 0) this.text += `<${this.#name(property, declared)} />`;
      for (const item of items) this.element(property, item, declared);
      return;
    }
    countWork(stepsOfElement);
    if (value instanceof JValue && value.value !== null && !root) {
      const name = this.#name(property, declared);
      const text = escape(textOf(value));
      this.text += text === '' ? `<${name} />` : `<${name}>${text}</${name}>`;
      return;
    }
    const attributes = new Map<string, string>();
    const children: [string, JToken][] = [];
    let prefixes = declared;
    if (value instanceof JObject) prefixes = this.#sort(value, attributes, children, declared);
    if (value instanceof Items) for (const item of value.array) children.push(['Array', item]);
    const nil = value instanceof JValue && value.value === null;
    const usesNil = root ? holdsNull(value) : false;
    if (usesNil) attributes.set('xmlns:xsi', 'http://www.w3.org/2001/XMLSchema-instance');
    if (nil) attributes.set('xsi:nil', 'true');
    const name = this.#name(property, prefixes);
    const written = [...attributes]
      .map(([key, text]) => ` ${key}="${escape(text).replaceAll('"', '&quot;')}"`)
      .join('');
    const text = value instanceof JValue && !nil ? escape(textOf(value)) : '';
    if (text === '' && children.length === 0) {
      this.text += `<${name}${written} />`;
      return;
    }
    this.text += `<${name}${written}>${text}`;
    for (const [key, child] of children) this.element(key, child, prefixes);
    this.text += `</${name}>`;
  }

  /** Tells declarations and attributes from children; gives the prefixes that are declared then. */
  #sort(
    value: JObject,
    attributes: Map<string, string>,
    children: [string, JToken][],
    declared: ReadonlySet<string>,
  ): ReadonlySet<string> {
    let prefixes: Set<string> | undefined;
    const { prefix, separator, attributeBlock } = this.options;
    const declare = (name: string, text: string): boolean => {
      if (name !== prefix && !name.startsWith(prefix + separator)) return false;
      const local = name === prefix ? '' : name.slice(prefix.length + separator.length);
      attributes.set(local === '' ? 'xmlns' : `xmlns:${local}`, text);
      if (local !== '') {
        if (!prefixes) countWork(declared.size);
        prefixes ??= new Set(declared);
        prefixes.add(local);
      }
      return true;
    };
    const members = [...value.properties()];
    for (const { name, value: member } of members)
      if (member instanceof JValue) declare(name, textOf(member));
    for (const { name, value: member } of members) {
      if (name === attributeBlock && member instanceof JObject) {
        const block = [...member.properties()];
        for (const one of block) declare(one.name, textOf(one.value));
        for (const one of block)
          if (!one.name.startsWith(prefix))
            attributes.set(this.#name(one.name, prefixes ?? declared), textOf(one.value));
      } else if (
        !(member instanceof JValue && (name === prefix || name.startsWith(prefix + separator)))
      )
        children.push([name, member]);
    }
    return prefixes ?? declared;
  }

  #name(property: string, declared: ReadonlySet<string>): string {
    const { separator } = this.options;
    const at = separator === '' ? -1 : property.indexOf(separator);
    const prefix = at > 0 ? property.slice(0, at) : '';
    if (prefix !== '' && (declared.has(prefix) || separator === ':')) {
      return `${encodeLocalName(prefix)}:${encodeLocalName(property.slice(at + separator.length))}`;
    }
    return encodeLocalName(property === '' ? '_' : property);
  }
}

function holdsNull(value: JToken | Items): boolean {
  if (value instanceof Items) return holdsNull(value.array);
  if (value instanceof JValue) return value.value === null;
  if (value instanceof JArray) return [...value].some(holdsNull);
  return (
    value instanceof JObject &&
    [...value.properties()].some((property) => holdsNull(property.value))
  );
}

function textOf(token: JToken): string {
  if (!(token instanceof JValue)) return token.toJson('None');
  if (token.value === null) return '';
  if (typeof token.value === 'boolean') return token.value ? 'True' : 'False';
  // As true is written `True`, numbers are written as ToString does: 1.0 is `1`.
  if (typeof token.value === 'number') return numberToText('double', token.value);
  return typeof token.value === 'string' ? token.value : token.toJson('None');
}

const forms: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// Control characters are not allowed in XML 1.0.
// oxlint-disable-next-line no-control-regex
const special = /[&<>\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

function escape(text: string): string {
  if (text.search(special) < 0) return text;
  countWork(text.length >> 3);
  return text.replace(special, (char) => forms[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
}
