import {
  countWork,
  parseDocument,
  XCData,
  XElement,
  XText,
  type XAttribute,
} from '@isthmus/dotnet';

/** What an element costs of a budget of steps. */
const stepsOfElement = 16;

/** How elements become properties. */
export interface JsonOptions {
  /** `javascript-friendly`: no prefixes and no at-signs. */
  readonly friendly: boolean;
  /** Every child element becomes an array. */
  readonly arrays: boolean;
}

type Json = string | null | Json[] | { [name: string]: Json };

/**
 * XML text as JSON. Observed on the service (kind direct): a prefix is joined by `$`, attributes get an at-sign, the
 * declaration becomes a top-level `version` (apim-policies 1).
 */
export function writeJson(xml: string, options: JsonOptions): string {
  const document = parseDocument(xml.replace(/^\uFEFF/, ''));
  const root = document.root;
  const result: { [name: string]: Json } = {};
  if (!options.friendly && document.declaration)
    put(result, 'version', document.declaration.version ?? '1.0');
  if (root) put(result, nameOf(root, options), valueOf(root, options));
  return JSON.stringify(result);
}

/** Own properties only, also for names such as `__proto__`. */
function put(target: { [name: string]: Json }, name: string, value: Json): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function prefixed(prefix: string | null | undefined, local: string): string {
  return prefix ? `${prefix}$${local}` : local;
}

function nameOf(element: XElement, { friendly }: JsonOptions): string {
  const { localName, namespace } = element.name;
  return friendly
    ? localName
    : prefixed(
        namespace.namespaceName === '' ? null : element.getPrefixOfNamespace(namespace),
        localName,
      );
}

function attributeName(
  attribute: XAttribute,
  owner: XElement,
  { friendly }: JsonOptions,
): string | undefined {
  const { localName, namespace } = attribute.name;
  if (attribute.isNamespaceDeclaration) {
    if (friendly) return undefined;
    return localName === 'xmlns' && namespace.namespaceName === ''
      ? '@xmlns'
      : `@xmlns$${localName}`;
  }
  if (friendly) return localName;
  return `@${prefixed(namespace.namespaceName === '' ? null : owner.getPrefixOfNamespace(namespace), localName)}`;
}

function valueOf(element: XElement, options: JsonOptions): Json {
  countWork(stepsOfElement);
  const members: { [name: string]: Json } = {};
  let count = 0;
  for (const attribute of element.attributes()) {
    const name = attributeName(attribute, element, options);
    if (name === undefined) continue;
    put(members, name, attribute.value);
    count++;
  }
  const groups = new Map<string, Json[]>();
  let text = '';
  let hasText = false;
  for (const node of element.nodes()) {
    if (node instanceof XElement) {
      const name = nameOf(node, options);
      const list = groups.get(name);
      if (list) list.push(valueOf(node, options));
      else groups.set(name, [valueOf(node, options)]);
    } else if (node instanceof XText || node instanceof XCData) {
      text += node.value;
      hasText = true;
    }
  }
  if (count === 0 && groups.size === 0) return hasText ? text : null;
  if (hasText && (groups.size === 0 || text.trim() !== ''))
    put(members, options.friendly ? 'value' : '#text', text);
  for (const [name, list] of groups)
    put(members, name, list.length > 1 || options.arrays ? list : list[0]!);
  return members;
}
