import type { FlatNode } from './decode-flat-file.js';
import type { FlatFileSchema } from './flat-file-schema.js';

/** The XML of what was read: children stand in the namespace of the schema only if it says qualified. */
export function buildElementText(root: FlatNode, schema: FlatFileSchema): string {
  if (schema.namespace === '') return write(root, root.name, '');
  const uri = escape(schema.namespace);
  return schema.isQualified
    ? write(root, root.name, ` xmlns="${uri}"`)
    : write(root, `ns0:${root.name}`, ` xmlns:ns0="${uri}"`);
}

function write(node: FlatNode, name: string, declaration: string): string {
  const attributes = node.attributes.map(([key, value]) => ` ${key}="${escape(value)}"`).join('');
  const content =
    escape(node.text ?? '') + node.children.map((child) => write(child, child.name, '')).join('');
  return content === ''
    ? `<${name}${declaration}${attributes} />`
    : `<${name}${declaration}${attributes}>${content}</${name}>`;
}

/** Markup, and characters that XML cannot hold. */
function escape(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '<': '&lt;',
    '>': '&gt;',
    '&': '&amp;',
    '"': '&quot;',
    '\r': '&#xD;',
  };
  return (
    text
      // eslint-disable-next-line no-control-regex -- these cannot stand in XML
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/[<>&"\r]/g, (character) => named[character] ?? character)
  );
}
