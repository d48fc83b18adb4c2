import { COPIED_NODE, countWork } from '../work-meter.js';
import { newDocument } from '../xml-tree/build-tree.js';
import { isText, TreeNode, xmlnsUri, xmlUri } from '../xml-tree/tree-node.js';
import { transformError } from './xslt-error.js';

/** Text that is written without escapes (disable-output-escaping). */
export const unescaped = new WeakSet<TreeNode>();

/** Builds a result tree; also the tree of a variable. */
export class ResultBuilder {
  readonly document = newDocument();
  private top: TreeNode = this.document;
  private order = this.document.order;
  private characters = 0;

  constructor(private readonly limit: number) {}

  startElement(prefix: string, local: string, uri: string): void {
    const element = this.add(new TreeNode('element', { prefix, local, uri }, ''));
    element.empty = true;
    this.top = element;
    this.count(local.length);
  }

  endElement(): void {
    this.top = this.top.parent ?? this.document;
  }

  /** Declares a namespace on the element just begun where it does not hold already. */
  namespace(prefix: string, uri: string): void {
    if (this.top.kind !== 'element' || prefix === 'xml') return;
    if (this.inherited(prefix) === uri) return;
    const name = prefix === '' ? ['', 'xmlns'] : ['xmlns', prefix];
    const same = this.top.attributes.find((one) => one.isDeclaration && one.local === name[1]);
    if (!same)
      this.attach(
        new TreeNode('attribute', { prefix: name[0]!, local: name[1]!, uri: xmlnsUri }, uri),
      );
  }

  attribute(name: { prefix: string; local: string; uri: string }, value: string): void {
    if (this.top.kind !== 'element')
      throw transformError(
        "An item of type 'Attribute' cannot be constructed within a node of type 'Root'.",
      );
    if (this.top.children.length > 0)
      throw transformError(
        'Attribute and namespace nodes cannot be added to the parent element after a text, comment, pi, or sub-element node has already been added.',
      );
    const { local, uri } = name;
    this.count(value.length);
    const same = this.top.attributes.findIndex((one) => one.local === local && one.uri === uri);
    const prefix = uri === '' ? '' : this.prefixFor(name.prefix, uri);
    const node = new TreeNode('attribute', { prefix, local, uri }, value);
    if (same < 0) return this.attach(node);
    node.parent = this.top;
    node.order = ++this.order;
    this.top.attributes[same] = node;
    return undefined;
  }

  text(value: string, disableEscaping = false): void {
    if (value === '') return;
    this.count(value.length);
    const last = this.top.children.at(-1);
    if (last && isText(last) && unescaped.has(last) === disableEscaping) last.value += value;
    else {
      const node = this.add(new TreeNode('text', null, value));
      if (disableEscaping) unescaped.add(node);
    }
  }

  comment(value: string): void {
    this.count(value.length);
    this.add(new TreeNode('comment', null, value));
  }

  instruction(target: string, data: string): void {
    this.count(data.length);
    this.add(new TreeNode('instruction', { prefix: '', local: target, uri: '' }, data));
  }

  /** Copies a node with everything in it. */
  copy(node: TreeNode): void {
    switch (node.kind) {
      case 'document':
        for (const child of node.children) this.copy(child);
        break;
      case 'element':
        this.copyElement(node);
        break;
      case 'attribute':
        if (node.isDeclaration) this.namespace(node.prefix === '' ? '' : node.local, node.value);
        else this.attribute(node, node.value);
        break;
      case 'namespace':
        this.namespace(node.local, node.value);
        break;
      case 'text':
      case 'cdata':
      case 'blank':
        this.text(node.value, unescaped.has(node));
        break;
      case 'comment':
        this.comment(node.value);
        break;
      case 'instruction':
        this.instruction(node.local, node.value);
        break;
      case 'declaration':
      case 'doctype':
        break;
    }
  }

  /** Begins a copy of an element with its namespaces, without attributes and content. */
  startCopy(node: TreeNode): void {
    this.startElement(node.prefix, node.local, node.uri);
    this.namespace(node.prefix, node.uri);
    for (const { local, value } of node.namespaces.toReversed()) this.namespace(local, value);
  }

  private copyElement(node: TreeNode): void {
    this.startCopy(node);
    for (const attribute of node.attributes)
      if (!attribute.isDeclaration) this.attribute(attribute, attribute.value);
    for (const child of node.children) this.copy(child);
    this.endElement();
  }

  // The prefix wanted, or one that is free, declared where it is needed.
  private prefixFor(wanted: string, uri: string): string {
    if (uri === xmlUri) return 'xml';
    let prefix = wanted;
    const here = (candidate: string): string | undefined =>
      this.top.prefix === candidate && candidate !== '' ? this.top.uri : this.inherited(candidate);
    if (prefix === '' || (here(prefix) !== undefined && here(prefix) !== uri)) {
      const known = this.knownPrefix(uri);
      if (known !== undefined) return known;
      let i = 0;
      while (here(`xp_${i}`) !== undefined) i++;
      prefix = `xp_${i}`;
    }
    if (here(prefix) !== uri) this.namespace(prefix, uri);
    return prefix;
  }

  private knownPrefix(uri: string): string | undefined {
    for (let node: TreeNode | null = this.top; node; node = node.parent)
      for (const attribute of node.attributes)
        if (attribute.isDeclaration && attribute.prefix !== '' && attribute.value === uri)
          if (this.inherited(attribute.local) === uri) return attribute.local;
    return undefined;
  }

  private inherited(prefix: string): string | undefined {
    for (let node: TreeNode | null = this.top; node; node = node.parent) {
      const declared = node.attributes.find(
        (one) => one.isDeclaration && (one.prefix === '' ? prefix === '' : one.local === prefix),
      );
      if (declared) return declared.value;
    }
    return prefix === '' ? '' : undefined;
  }

  private attach(node: TreeNode): void {
    node.parent = this.top;
    node.order = ++this.order;
    this.top.attributes.push(node);
  }

  private add(node: TreeNode): TreeNode {
    countWork(COPIED_NODE);
    node.order = ++this.order;
    if (node.kind !== 'text') this.count(1);
    return this.top.append(node);
  }

  private count(length: number): void {
    this.characters += length;
    if (this.characters > this.limit)
      throw transformError('The transformation writes too much output.');
  }
}
