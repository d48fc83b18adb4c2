import { commentText, instructionText } from '../xml/escape.js';
import { xmlnsUri, type TreeNode } from './tree-node.js';

/** Prefixes in force, by name. */
type Scope = ReadonlyMap<string, string>;

const outer: Scope = new Map([
  ['', ''],
  ['xml', 'http://www.w3.org/XML/1998/namespace'],
]);

/** `OuterXml` of an XmlDocument's node: no indent, namespaces declared again where needed. */
export function outerXml(node: TreeNode): string {
  if (node.kind === 'attribute') return `${node.name}="${attributeValue(node.value)}"`;
  if (node.kind === 'namespace')
    return `${node.local === '' ? 'xmlns' : `xmlns:${node.local}`}="${attributeValue(node.value)}"`;
  const out: string[] = [];
  write(node, outer, out);
  return out.join('');
}

function write(node: TreeNode, scope: Scope, out: string[]): void {
  switch (node.kind) {
    case 'document':
      for (const child of node.children) write(child, scope, out);
      break;
    case 'element':
      writeElement(node, scope, out);
      break;
    case 'text':
    case 'blank':
      out.push(textValue(node.value));
      break;
    case 'cdata':
      out.push(`<![CDATA[${node.value}]]>`);
      break;
    case 'comment':
      out.push(commentText(node.value));
      break;
    case 'instruction':
      out.push(instructionText(node.local, node.value));
      break;
    case 'declaration':
      out.push(declarationText(node));
      break;
    case 'doctype':
      out.push(doctypeText(node));
      break;
    case 'attribute':
    case 'namespace':
      break;
  }
}

function writeElement(node: TreeNode, outerScope: Scope, out: string[]): void {
  const scope = new Map(outerScope);
  const declared = new Set<string>();
  for (const attribute of node.attributes)
    if (attribute.isDeclaration) {
      const prefix = attribute.prefix === '' ? '' : attribute.local;
      declared.add(prefix);
      scope.set(prefix, attribute.value);
    }
  // The writer declares the latest first.
  const missing: [string, string][] = [];
  const name = bind(node, scope, missing);
  out.push(`<${name}`);
  for (const attribute of node.attributes) {
    const shown = attribute.isDeclaration ? attribute.name : bind(attribute, scope, missing);
    out.push(` ${shown}="${attributeValue(attribute.value)}"`);
  }
  for (const [prefix, uri] of missing)
    if (!declared.has(prefix))
      out.push(` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${attributeValue(uri)}"`);
  if (node.children.length === 0 && node.empty) {
    out.push(' />');
    return;
  }
  out.push('>');
  for (const child of node.children) write(child, scope, out);
  out.push(`</${name}>`);
}

// The name to write; a prefix that does not mean the namespace yet is declared.
function bind(node: TreeNode, scope: Map<string, string>, missing: [string, string][]): string {
  const { kind, prefix, local, uri } = node;
  if (uri === '' && (kind === 'attribute' || scope.get('') === '')) return local;
  if (scope.get(prefix) !== uri && uri !== xmlnsUri) {
    scope.set(prefix, uri);
    missing.unshift([prefix, uri]);
  }
  return uri === '' ? local : node.name;
}

const textForms: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// Control characters are written as references; line ends stay.
function controls(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g,
    (char) => `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`,
  );
}

function textValue(text: string): string {
  return controls(text.replace(/[&<>]/g, (char) => textForms[char]!));
}

function attributeValue(text: string): string {
  return textValue(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;');
}

function declarationText({ value, details: [encoding, standalone] }: TreeNode): string {
  const part = (name: string, given: string | null | undefined): string =>
    given ? ` ${name}="${given}"` : '';
  return `<?xml version="${value}"${part('encoding', encoding)}${part('standalone', standalone)}?>`;
}

function doctypeText({ local, value, details: [publicId, systemId] }: TreeNode): string {
  let text = `<!DOCTYPE ${local}`;
  if (publicId !== null && publicId !== undefined)
    text += ` PUBLIC "${publicId}" "${systemId ?? ''}"`;
  else if (systemId !== null && systemId !== undefined) text += ` SYSTEM "${systemId}"`;
  return `${text}${value === '' ? '' : `[${value}]`}>`;
}
