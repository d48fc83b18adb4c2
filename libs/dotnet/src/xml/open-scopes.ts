/** The namespaces that prefixes stand for at one place of a document, by what is declared around it. */
export class OpenScopes {
  private readonly uris = new Map<string, string[]>([
    ['', ['']],
    ['xml', ['http://www.w3.org/XML/1998/namespace']],
  ]);

  uriOf(prefix: string): string | undefined {
    return this.uris.get(prefix)?.at(-1);
  }

  declare(prefix: string, uri: string): void {
    const known = this.uris.get(prefix);
    if (known) known.push(uri);
    else this.uris.set(prefix, [uri]);
  }

  /** Takes back what an element declared. */
  leave(prefixes: readonly string[]): void {
    for (const prefix of prefixes) this.uris.get(prefix)?.pop();
  }
}
