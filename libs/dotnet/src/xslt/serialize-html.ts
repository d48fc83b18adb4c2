import { commentText } from '../xml/escape.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { unescaped } from './result-builder.js';
import type { OutputSettings } from './runtime.js';

const voids = new Set(
  'area base basefont br col frame hr img input isindex link meta param'.split(' '),
);
const rawText = new Set(['script', 'style']);
// Elements beside whose tags white space may be added.
const blocks = new Set(
  'address applet blockquote body center dd del dir div dl dt fieldset form frameset h1 h2 h3 h4 h5 h6 head hr html iframe ins isindex li link menu meta noframes noscript object ol optgroup option p pre table tbody td tfoot th thead title tr ul'.split(
    ' ',
  ),
);
const uriAttributes = new Set(
  'action archive background cite classid codebase data href longdesc profile src usemap'.split(
    ' ',
  ),
);
const booleans = new Set(
  'checked compact declare defer disabled ismap multiple nohref noresize noshade nowrap readonly selected'.split(
    ' ',
  ),
);

/** HTML text of a result tree: indented unless told not to. */
export function serializeHtml(document: TreeNode, settings: OutputSettings): string {
  return new HtmlOutput(settings).document(document);
}

class HtmlOutput {
  private readonly out: string[] = [];
  private readonly indent: boolean;
  private level = 0;
  // Length of the output right behind the last block tag.
  private behindBlock = -1;
  private written = 0;

  constructor(private readonly settings: OutputSettings) {
    this.indent = settings.indent ?? true;
  }

  document(document: TreeNode): string {
    for (const child of document.children) this.node(child);
    return this.out.join('');
  }

  private write(...parts: string[]): void {
    for (const part of parts) {
      this.out.push(part);
      this.written += part.length;
    }
  }

  private node(node: TreeNode): void {
    switch (node.kind) {
      case 'element':
        this.element(node);
        break;
      case 'text':
      case 'cdata':
      case 'blank':
        this.write(this.text(node));
        break;
      case 'comment':
        this.write(commentText(node.value));
        break;
      case 'instruction':
        this.write(`<?${node.local} ${node.value}>`);
        break;
      case 'document':
      case 'attribute':
      case 'namespace':
      case 'declaration':
      case 'doctype':
        break;
    }
  }

  private text(node: TreeNode): string {
    const parent = node.parent!;
    const raw = parent.uri === '' && rawText.has(parent.local.toLowerCase());
    if (raw || unescaped.has(node)) return node.value;
    return node.value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  }

  private element(node: TreeNode): void {
    if (node.parent?.kind === 'document') this.doctype(node);
    const name = node.local.toLowerCase();
    const isHtml = node.uri === '';
    const isBlock = isHtml && blocks.has(name);
    if (isBlock) this.newLine();
    this.write(`<${node.name}`);
    for (const attribute of node.attributes) this.attribute(node, attribute);
    this.write('>');
    this.level++;
    const start = this.written;
    if (isBlock) this.behindBlock = start;
    if (isHtml && name === 'head') this.contentType();
    for (const child of node.children) this.node(child);
    this.level--;
    if (isHtml && voids.has(name)) return;
    if (isBlock && this.written !== start) this.newLine();
    this.write(`</${node.name}>`);
    if (isBlock) this.behindBlock = this.written;
  }

  private attribute(element: TreeNode, { uri, local, name, value }: TreeNode): void {
    const isHtml = element.uri === '' && uri === '';
    const lower = local.toLowerCase();
    if (isHtml && booleans.has(lower) && value.toLowerCase() === lower) {
      this.write(` ${name}`);
      return;
    }
    const text = isHtml && uriAttributes.has(lower) ? escapeUri(value) : value;
    // A less-than sign stands as it is in HTML's attributes.
    const escaped = text.replace(/&(?!\{)/g, '&amp;').replaceAll('"', '&quot;');
    this.write(` ${name}="${escaped}"`);
  }

  private contentType(): void {
    this.newLine();
    this.write(
      `<META http-equiv="Content-Type" content="text/html; charset=${this.settings.encoding ?? 'utf-8'}">`,
    );
    this.behindBlock = this.written;
  }

  private doctype(root: TreeNode): void {
    const { doctypePublic, doctypeSystem } = this.settings;
    if (doctypePublic === null && doctypeSystem === null) return;
    const name = root.uri === '' && root.local.toLowerCase() === 'html' ? root.local : 'html';
    const system = doctypeSystem === null ? '' : ` "${doctypeSystem}"`;
    this.write(
      doctypePublic === null
        ? `<!DOCTYPE ${name} SYSTEM${system}>`
        : `<!DOCTYPE ${name} PUBLIC "${doctypePublic}"${system}>`,
    );
  }

  // White space may only stand right behind the tag of another block.
  private newLine(): void {
    if (this.indent && this.behindBlock === this.written) this.write('\n', '  '.repeat(this.level));
  }
}

// Characters beyond ASCII become UTF-8 percent escapes.
function escapeUri(value: string): string {
  return value.replace(/[\u0080-\uffff]+/g, (text) =>
    encodeURIComponent(Buffer.from(text).toString()),
  );
}
