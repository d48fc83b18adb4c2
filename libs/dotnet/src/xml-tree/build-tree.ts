import type {
  Doctype,
  ParsedAttribute,
  QName,
  XmlHandler,
  XmlParseOptions,
} from '../xml/xml-handler.js';
import { parseXml } from '../xml/xml-parser.js';
import { isText, TreeNode } from './tree-node.js';

/** What a tree keeps of the text. */
export interface BuildOptions extends XmlParseOptions {
  /** White space between tags: dropped (default) or kept. */
  readonly blanks?: 'drop' | 'keep';
  /** Whether adjacent text and CDATA become one node, as XPath sees them. */
  readonly mergeText?: boolean;
}

let documents = 0;

/** Parses a document into a tree; throws XmlException. */
export function buildTree(text: string | null, options: BuildOptions = {}): TreeNode {
  const builder = new TreeNodeBuilder(options);
  parseXml(text, builder, options);
  return builder.document;
}

/** A new, empty document; trees made later come later in document order. */
export function newDocument(): TreeNode {
  const document = new TreeNode('document', null, '');
  document.order = ++documents * 2 ** 30;
  return document;
}

/** Builds a tree from a parser's events or from XSLT instructions. */
class TreeNodeBuilder implements XmlHandler {
  readonly document = newDocument();
  private top = this.document;
  private order = this.document.order;
  private readonly preserve: boolean[] = [];

  constructor(private readonly options: BuildOptions = {}) {}

  declaration(version: string, encoding: string | null, standalone: string | null): void {
    this.add(new TreeNode('declaration', { prefix: '', local: 'xml', uri: '' }, version)).details =
      [encoding, standalone];
  }

  doctype({ name, publicId, systemId, internalSubset }: Doctype): void {
    this.add(
      new TreeNode('doctype', { prefix: '', local: name, uri: '' }, internalSubset),
    ).details = [publicId, systemId];
  }

  startElement(name: QName, attributes: readonly ParsedAttribute[], empty: boolean): void {
    const element = this.add(
      new TreeNode('element', { prefix: name.prefix, local: name.local, uri: name.uri }, ''),
    );
    element.empty = empty;
    this.top = element;
    let preserve = this.preserve.at(-1) ?? false;
    for (const attribute of attributes) {
      this.addAttribute(attribute);
      if (attribute.prefix === 'xml' && attribute.local === 'space')
        preserve = attribute.value === 'preserve';
    }
    this.preserve.push(preserve);
  }

  /** Adds an attribute to the element just begun; one of the same name is replaced. */
  addAttribute({ prefix, local, uri, value }: ParsedAttribute): void {
    const attribute = new TreeNode('attribute', { prefix, local, uri }, value);
    attribute.parent = this.top;
    attribute.order = ++this.order;
    const { attributes } = this.top;
    const same = attributes.findIndex((other) => other.local === local && other.uri === uri);
    if (same < 0) attributes.push(attribute);
    else attributes[same] = attribute;
  }

  endElement(): void {
    this.preserve.pop();
    this.top = this.top.parent ?? this.document;
  }

  text(value: string, blank: boolean): void {
    if (value === '' || (blank && (this.options.blanks !== 'keep' || this.top === this.document)))
      return;
    const significant = this.preserve.at(-1) === true && /^[ \t\r\n]*$/.test(value);
    this.addText(significant ? 'blank' : 'text', value);
  }

  cdata(value: string): void {
    this.addText('cdata', value);
  }

  comment(value: string): void {
    this.add(new TreeNode('comment', null, value));
  }

  instruction(target: string, data: string): void {
    this.add(new TreeNode('instruction', { prefix: '', local: target, uri: '' }, data));
  }

  private addText(kind: 'text' | 'cdata' | 'blank', value: string): void {
    const last = this.top.children.at(-1);
    if (this.options.mergeText && last && isText(last)) last.value += value;
    else if (!(this.options.mergeText && value === '')) this.add(new TreeNode(kind, null, value));
  }

  private add(node: TreeNode): TreeNode {
    node.order = ++this.order;
    // Leaves room for the namespace nodes of an element.
    return this.top.append(node);
  }
}
