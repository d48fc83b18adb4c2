/** System.Xml.XmlNamespaceManager: prefixes in scopes. */
export class NamespaceManager {
  private readonly declared: { prefix: string; uri: string; depth: number }[] = [
    { prefix: 'xmlns', uri: 'http://www.w3.org/2000/xmlns/', depth: 0 },
    { prefix: 'xml', uri: 'http://www.w3.org/XML/1998/namespace', depth: 0 },
    { prefix: '', uri: '', depth: 0 },
  ];
  private depth = 0;

  get defaultNamespace(): string {
    return this.lookupNamespace('') ?? '';
  }

  push(): void {
    this.depth++;
  }

  pop(): void {
    while (this.declared.at(-1)?.depth === this.depth && this.depth > 0) this.declared.pop();
    this.depth--;
  }

  add(prefix: string, uri: string): void {
    const here = this.declared.find((one) => one.depth === this.depth && one.prefix === prefix);
    if (here) here.uri = uri;
    else this.declared.push({ prefix, uri, depth: this.depth });
  }

  /** Takes back a default namespace declared in this scope. */
  removeDefault(): void {
    const index = this.declared.findIndex(
      (one) => one.depth === this.depth && one.prefix === '' && this.depth >= 0 && one.uri !== '',
    );
    if (index >= 0) this.declared.splice(index, 1);
  }

  lookupNamespace(prefix: string): string | undefined {
    return this.declared.findLast((one) => one.prefix === prefix)?.uri;
  }

  /** The latest prefix of a namespace that is not hidden. */
  lookupPrefix(uri: string): string | undefined {
    return this.declared.findLast(
      (one) => one.uri === uri && this.lookupNamespace(one.prefix) === uri,
    )?.prefix;
  }
}

/** Newtonsoft's own namespace, whose attributes steer the conversion. */
export const jsonNamespace = 'http://james.newtonking.com/projects/json';
