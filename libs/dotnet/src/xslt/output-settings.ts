import type { TreeNode } from '../xml-tree/tree-node.js';
import { attributeOf, checkAttributes, yesNo } from './compiler.js';
import { expandQName } from './expression.js';
import type { OutputSettings } from './runtime.js';
import { loadError } from './xslt-error.js';

const known = [
  'method',
  'version',
  'encoding',
  'omit-xml-declaration',
  'standalone',
  'doctype-public',
  'doctype-system',
  'cdata-section-elements',
  'indent',
  'media-type',
];

/** Merges the xsl:output elements of a stylesheet. */
export function readOutput(elements: readonly TreeNode[]): OutputSettings {
  const settings: OutputSettings = {
    method: null,
    encoding: null,
    omitDeclaration: false,
    standalone: null,
    indent: null,
    doctypePublic: null,
    doctypeSystem: null,
    cdataElements: new Set(),
  };
  for (const element of elements) readOne(element, settings);
  return settings;
}

function readOne(element: TreeNode, settings: OutputSettings): void {
  checkAttributes(element, known);
  const method = attributeOf(element, 'method');
  if (method !== undefined) {
    if (method !== 'xml' && method !== 'html' && method !== 'text')
      throw loadError(`'${method}' is an invalid value for the 'method' attribute.`);
    settings.method = method;
  }
  settings.encoding = attributeOf(element, 'encoding') ?? settings.encoding;
  settings.omitDeclaration = yesNo(element, 'omit-xml-declaration') ?? settings.omitDeclaration;
  const standalone = yesNo(element, 'standalone');
  if (standalone !== undefined) settings.standalone = standalone ? 'yes' : 'no';
  settings.indent = yesNo(element, 'indent') ?? settings.indent;
  settings.doctypePublic = attributeOf(element, 'doctype-public') ?? settings.doctypePublic;
  settings.doctypeSystem = attributeOf(element, 'doctype-system') ?? settings.doctypeSystem;
  const names = (attributeOf(element, 'cdata-section-elements') ?? '').split(/\s+/).filter(Boolean);
  for (const name of names) {
    const prefixed = name.includes(':') ? expandQName(name, element) : undefined;
    settings.cdataElements.add(prefixed ?? `{${element.lookupPrefix('') ?? ''}}${name}`);
  }
}
