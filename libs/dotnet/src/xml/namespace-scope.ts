import { countWork } from '../work-meter.js';

interface Declared {
  readonly prefix: string;
  readonly uri: string;
  readonly depth: number;
}

/** The namespace declarations in force while a tree is written: NamespaceResolver of XLinq. */
export class DeclaredNamespaces {
  private readonly declared: Declared[] = [];
  private depth = 0;

  enter(): void {
    this.depth++;
  }

  leave(): void {
    while (this.declared.at(-1)?.depth === this.depth) this.declared.pop();
    this.depth--;
  }

  add(prefix: string, uri: string): void {
    this.declared.push({ prefix, uri, depth: this.depth });
  }

  /** A declaration of an ancestor outside of what is written. */
  addOuter(prefix: string, uri: string): void {
    this.declared.unshift({ prefix, uri, depth: -1 });
  }

  /** The latest prefix of a namespace that nothing later hides. */
  prefixOf(uri: string, allowDefault: boolean): string | null {
    countWork(this.declared.length >> 3);
    for (let i = this.declared.length - 1; i >= 0; i--) {
      const { prefix, uri: candidate } = this.declared[i]!;
      if (candidate !== uri || (prefix === '' && !allowDefault)) continue;
      countWork((this.declared.length - i) >> 3);
      if (!this.declared.slice(i + 1).some((later) => later.prefix === prefix)) return prefix;
    }
    return null;
  }
}

type Kind = 'implied' | 'needed' | 'written';

interface Bound {
  readonly prefix: string;
  readonly uri: string;
  kind: Kind;
}

/** What XmlWriter knows of prefixes: it invents declarations for those nobody wrote. */
export class WriterNamespaces {
  private readonly stack: Bound[] = [
    { prefix: 'xmlns', uri: 'http://www.w3.org/2000/xmlns/', kind: 'implied' },
    { prefix: 'xml', uri: 'http://www.w3.org/XML/1998/namespace', kind: 'implied' },
    { prefix: '', uri: '', kind: 'implied' },
  ];
  private readonly scopes: number[] = [0];

  enter(): void {
    this.scopes.push(this.stack.length);
  }

  leave(): void {
    this.stack.length = this.scopes.pop()!;
  }

  uriOf(prefix: string): string | undefined {
    countWork(this.stack.length >> 3);
    return this.stack.findLast((bound) => bound.prefix === prefix)?.uri;
  }

  prefixOf(uri: string): string | undefined {
    for (let i = this.stack.length - 1; i >= 0; i--) {
      const { prefix, uri: candidate } = this.stack[i]!;
      if (candidate === uri && this.uriOf(prefix) === uri) return prefix;
    }
    return undefined;
  }

  /** Uses a prefix for a namespace; declares it if it does not mean that yet. */
  use(prefix: string, uri: string): void {
    const here = this.inScope(prefix);
    if (here) return;
    const kind = this.uriOf(prefix) === uri ? 'implied' : 'needed';
    this.stack.push({ prefix, uri, kind });
  }

  /** Whether a prefix of the element just begun already means another namespace. */
  clashes(prefix: string, uri: string): boolean {
    const here = this.inScope(prefix);
    return here !== undefined && here.uri !== uri;
  }

  /** An explicit declaration; false if it repeats one and need not be written. */
  declare(prefix: string, uri: string, omitDuplicates: boolean): boolean {
    const here = this.inScope(prefix);
    if (here) {
      const write = !(omitDuplicates && here.kind !== 'needed');
      here.kind = 'written';
      return write;
    }
    const write = !(omitDuplicates && this.uriOf(prefix) === uri);
    this.stack.push({ prefix, uri, kind: 'written' });
    return write;
  }

  /** A prefix nobody uses: `p` and the number of bindings. */
  invent(): string {
    const base = `p${this.stack.length - 3}`;
    if (this.uriOf(base) === undefined) return base;
    let i = 0;
    while (this.uriOf(base + i) !== undefined) i++;
    return base + i;
  }

  /** Declarations of this element that nobody wrote, latest first. */
  pending(): readonly Bound[] {
    return this.stack
      .slice(this.scopes.at(-1))
      .filter(({ kind }) => kind === 'needed')
      .toReversed();
  }

  private inScope(prefix: string): Bound | undefined {
    return this.stack.slice(this.scopes.at(-1)).find((bound) => bound.prefix === prefix);
  }
}
