import { attributeText, commentText, instructionText } from '../xml/escape.js';
import { requireValidChars } from '../xml/chars.js';
import { isText, type TreeNode } from '../xml-tree/tree-node.js';
import { unescaped } from './result-builder.js';
import type { OutputSettings } from './runtime.js';
import { serializeHtml } from './serialize-html.js';

/** The text of a result tree by the output method. */
export function serializeResult(document: TreeNode, settings: OutputSettings): string {
  const method = settings.method ?? defaultMethod(document);
  if (method === 'text') return document.stringValue.replace(/\r\n?/g, '\n');
  if (method === 'html') return serializeHtml(document, settings);
  return new XmlOutput(settings).document(document);
}

// A result that begins with an html element is HTML.
function defaultMethod(document: TreeNode): 'xml' | 'html' {
  const first = document.children.find(
    (child) => child.kind === 'element' || (isText(child) && child.value.trim() !== ''),
  );
  const isHtml =
    first?.kind === 'element' && first.uri === '' && first.local.toLowerCase() === 'html';
  return isHtml ? 'html' : 'xml';
}

const textForms: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

class XmlOutput {
  private readonly out: string[] = [];
  private readonly indent: boolean;
  private level = 0;
  private mixed = false;

  constructor(private readonly settings: OutputSettings) {
    this.indent = settings.indent ?? false;
  }

  document(document: TreeNode): string {
    const { omitDeclaration, encoding, standalone } = this.settings;
    if (!omitDeclaration) {
      const alone = standalone === null ? '' : ` standalone="${standalone}"`;
      this.out.push(
        `<?xml version="1.0" encoding="${(encoding ?? 'utf-8').toLowerCase()}"${alone}?>`,
      );
    }
    for (const child of document.children) this.node(child);
    return this.out.join('');
  }

  private node(node: TreeNode): void {
    switch (node.kind) {
      case 'element':
        this.element(node);
        break;
      case 'text':
      case 'cdata':
      case 'blank':
        this.mixed = true;
        this.out.push(this.text(node));
        break;
      case 'comment':
        this.newLine();
        this.out.push(commentText(node.value));
        break;
      case 'instruction':
        this.newLine();
        this.out.push(instructionText(node.local, node.value));
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
    if (unescaped.has(node)) return node.value;
    requireValidChars(node.value);
    const parent = node.parent!;
    if (this.settings.cdataElements.has(`{${parent.uri}}${parent.local}`))
      return `<![CDATA[${node.value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
    // Line ends become those of the platform.
    return node.value.replace(/\r\n?/g, '\n').replace(/[&<>]/g, (char) => textForms[char]!);
  }

  private element(node: TreeNode): void {
    if (node.parent?.kind === 'document') this.doctype(node);
    this.newLine();
    const around = this.mixed;
    this.out.push(`<${node.name}`);
    // Declarations come after the attributes.
    const [declared, plain] = [true, false].map((wanted) =>
      node.attributes.filter(({ isDeclaration }) => isDeclaration === wanted),
    ) as [TreeNode[], TreeNode[]];
    for (const { name, value } of [...plain, ...declared])
      this.out.push(` ${name}="${attributeText(value)}"`);
    if (node.children.length === 0) this.out.push(' />');
    else {
      this.out.push('>');
      this.level++;
      for (const child of node.children) this.node(child);
      this.level--;
      this.newLine();
      this.out.push(`</${node.name}>`);
    }
    this.mixed = around;
  }

  private doctype(root: TreeNode): void {
    const { doctypePublic, doctypeSystem } = this.settings;
    if (doctypeSystem === null) return;
    this.newLine();
    this.out.push(
      doctypePublic === null
        ? `<!DOCTYPE ${root.name} SYSTEM "${doctypeSystem}">`
        : `<!DOCTYPE ${root.name} PUBLIC "${doctypePublic}" "${doctypeSystem}">`,
    );
  }

  private newLine(): void {
    if (this.indent && !this.mixed && this.out.length > 0)
      this.out.push('\n', '  '.repeat(this.level));
  }
}
