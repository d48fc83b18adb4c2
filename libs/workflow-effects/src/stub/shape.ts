import { objectOf, textOf, writeJson, type WorkflowValue } from '@isthmus/workflow-expressions';

/** What a value is used as; `word`: it stands in a text, so it is no list. */
export type Use =
  | 'string'
  | 'word'
  | 'number'
  | 'numeric'
  | 'boolean'
  | 'date'
  | 'uri'
  | 'list'
  | 'xml';

/** Scalars as schemas declare them. */
export type Declared = 'string' | 'number' | 'boolean' | 'null';

/** A text that is taken apart: what its content has to be. */
interface Encodings {
  json?: Shape;
  base64?: Shape;
  split?: { readonly separator: string; readonly list: Shape };
}

const deepest = 12;
const most = 100;

const texts: Readonly<Partial<Record<Use, string>>> = {
  xml: '<root><text>text</text></root>',
  date: '2024-01-31T12:00:00Z',
  uri: 'https://example.com/',
  numeric: '1',
};

/** What the expressions of a definition want of a value: enough to make a value that they can read. */
export class Shape {
  private link: Shape | undefined;
  private members = new Map<string, Shape>();
  private element: Shape | undefined;
  private readonly uses = new Set<Use>();
  private readonly encodings: Encodings = {};
  private isBusy = false;
  private literal: WorkflowValue | undefined;
  /** What a schema says that it is; that counts more than what it is used as. */
  private declared: Declared | undefined;
  private leastLength = 0;
  /** Items that are read by their index and differ from the others. */
  private readonly positions = new Map<number, Shape>();

  private get root(): Shape {
    let { link } = this;
    if (!link) return this;
    while (link.link) link = link.link;
    return link;
  }

  member(name: string): Shape {
    const { members } = this.root;
    const known = [...members.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
    const shape = members.get(known ?? name) ?? new Shape();
    members.set(known ?? name, shape);
    return shape;
  }

  /** Its items. */
  item(): Shape {
    return (this.root.element ??= new Shape());
  }

  /** One of its items: the first is like all, others are what is wanted of them. */
  at(index: number): Shape {
    if (index <= 0 || index > most) return this.item();
    this.item();
    const { positions } = this.root;
    const shape = positions.get(index) ?? new Shape();
    positions.set(index, shape);
    return shape;
  }

  use(use: Use): this {
    this.root.uses.add(use);
    return this;
  }

  /** A value that lets a condition hold; the first one counts. */
  prefer(value: WorkflowValue): this {
    this.root.literal ??= value;
    return this;
  }

  /** It is cut: it has at least so many characters. */
  atLeast(length: number): this {
    const { root } = this;
    root.leastLength = Math.min(Math.max(root.leastLength, length), 10_000);
    return this;
  }

  /** What the text holds once it is decoded. */
  decoded(encoding: 'json' | 'base64'): Shape {
    return (this.root.encodings[encoding] ??= new Shape());
  }

  /** The list that the text is split into. */
  parts(separator: string): Shape {
    const { encodings } = this.root;
    encodings.split ??= { separator, list: new Shape() };
    return encodings.split.list;
  }

  /** Two names of one value: what is wanted of one is wanted of the other. */
  join(other: Shape): void {
    const [left, right] = [this.root, other.root];
    if (left === right) return;
    right.link = left;
    for (const [name, shape] of right.members) left.member(name).join(shape);
    if (right.element) left.item().join(right.element);
    for (const [index, shape] of right.positions) left.at(index).join(shape);
    for (const use of right.uses) left.uses.add(use);
    left.literal ??= right.literal;
    left.declared ??= right.declared;
    left.atLeast(right.leastLength);
    const { json, base64, split } = right.encodings;
    if (json) left.decoded('json').join(json);
    if (base64) left.decoded('base64').join(base64);
    if (split) left.parts(split.separator).join(split.list);
  }

  /** What a schema says that it is; the first word counts. */
  declare(type: Declared): this {
    this.root.declared ??= type;
    return this;
  }

  get hasMembers(): boolean {
    return this.root.members.size > 0;
  }

  /** Whether anything is wanted of it. */
  get isRead(): boolean {
    const { members, element, uses, literal, encodings, leastLength, declared } = this.root;
    return (
      declared !== undefined ||
      members.size > 0 ||
      element !== undefined ||
      uses.size > 0 ||
      literal !== undefined ||
      leastLength > 0 ||
      Object.keys(encodings).length > 0
    );
  }

  /** A value that is as it is wanted, as far as the wishes agree. */
  sample(depth = 0): WorkflowValue {
    const { root } = this;
    // A value may be wanted inside itself.
    if (root.isBusy || depth > deepest) return 'text';
    root.isBusy = true;
    try {
      return root.made(depth);
    } finally {
      root.isBusy = false;
    }
  }

  private made(depth: number): WorkflowValue {
    const { members, declared, encodings } = this;
    const { json, base64, split } = encodings;
    if (json && members.size === 0) return writeJson(json.isRead ? json.sample(depth + 1) : {});
    if (base64) return encoded(base64, depth);
    if (split)
      return split.list
        .items(depth + 1)
        .map((part) => textOf(part))
        .join(split.separator);
    const structure = this.structure(depth + 1);
    // A text of which members are read holds JSON.
    if (structure !== undefined) return declared === 'string' ? writeJson(structure) : structure;
    return this.plain();
  }

  private structure(depth: number): WorkflowValue | undefined {
    const { members, element, uses, literal, declared } = this.root;
    const isList = uses.has('list') && members.size === 0 && isPlain(uses, literal);
    if (element || (isList && declared === undefined)) return this.items(depth);
    if (members.size === 0) return undefined;
    return objectOf([...members].map(([name, shape]) => [name, shape.sample(depth)] as const));
  }

  private items(depth: number): WorkflowValue[] {
    const { element, positions } = this.root;
    return Array.from({ length: Math.max(0, ...positions.keys()) + 1 }, (_, index) => {
      const own = positions.get(index);
      const shape = own?.isRead ? own : element;
      return shape?.isRead ? shape.sample(depth) : 'text';
    });
  }

  private plain(): WorkflowValue {
    const { uses, literal, leastLength } = this.root;
    const type = this.type;
    if (type === 'null') return null;
    if (type === 'number') return typeof literal === 'number' ? literal : 1;
    if (type === 'boolean') return typeof literal === 'boolean' ? literal : true;
    if (literal !== undefined && (typeof literal === 'string' || type === undefined))
      return literal;
    const use = (['xml', 'date', 'uri', 'numeric'] as const).find((each) => uses.has(each));
    const text = use === undefined ? 'text' : (texts[use] ?? 'text');
    return text.padEnd(leastLength, 'x');
  }

  private get type(): Declared | undefined {
    const { uses, literal, declared } = this.root;
    if (declared !== undefined) return declared;
    if (uses.has('string') || typeof literal === 'string') return 'string';
    return uses.has('number') ? 'number' : uses.has('boolean') ? 'boolean' : undefined;
  }
}

/** Whether nothing says that it is a text or a number. */
function isPlain(uses: ReadonlySet<Use>, literal: WorkflowValue | undefined): boolean {
  return literal === undefined && [...uses].every((use) => use === 'list');
}

function encoded(content: Shape, depth: number): string {
  const value = content.isRead ? content.sample(depth + 1) : {};
  return Buffer.from(typeof value === 'string' ? value : writeJson(value)).toString('base64');
}
