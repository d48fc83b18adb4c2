import { XmlBufferInputProvider, xmlRegisterInputProvider } from 'libxml2-wasm';

const sources = new XmlBufferInputProvider({});
let registered = false;
let folders = 0;

/** Schema documents that libxml2 can find by name while a set is compiled. */
export class SchemaFolder {
  private readonly base = `isthmus-schema:${++folders}/`;
  private readonly names = new Set<string>();

  constructor() {
    // libxml2 keeps input providers for the whole process.
    if (!registered) registered = xmlRegisterInputProvider(sources);
  }

  /** The full name of a document of this folder. */
  nameOf(location: string): string {
    return /^[a-z][a-z0-9+.-]*:/i.test(location) ? location : this.base + location;
  }

  add(location: string, text: string): string {
    const name = this.nameOf(location);
    sources.addBuffer(name, new TextEncoder().encode(text));
    this.names.add(name);
    return name;
  }

  /** Makes an empty schema stand where a document is not given. */
  addMissing(location: string): void {
    if (!this.names.has(this.nameOf(location)))
      this.add(location, '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>');
  }

  clear(): void {
    for (const name of this.names) sources.removeBuffer(name);
    this.names.clear();
  }
}
