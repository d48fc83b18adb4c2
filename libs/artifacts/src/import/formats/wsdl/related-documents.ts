import type { ImportInput } from '../../imported-api.js';
import { childrenNamed, readXml } from '../xml-tree.js';
import type { XmlTree } from '../xml-tree.js';

/** A document and those that it imports: definitions and schemas. */
export interface WsdlDocuments {
  readonly definitions: readonly XmlTree[];
  readonly schemas: readonly XmlTree[];
}

/** Follows `wsdl:import`, `xsd:import` and `xsd:include` to the documents at hand; one that is missing is told. */
export function relatedDocuments(root: XmlTree, input: ImportInput): WsdlDocuments {
  const walk = new Walk(input);
  walk.definitions(root, '');
  return { definitions: walk.found, schemas: walk.schemas };
}

class Walk {
  readonly found: XmlTree[] = [];
  readonly schemas: XmlTree[] = [];
  readonly #seen = new Set<string>();

  constructor(private readonly input: ImportInput) {}

  /** `folder`: where the document stands, relative to the first one; "" or ending in a slash. */
  definitions(root: XmlTree, folder: string): void {
    this.found.push(root);
    for (const types of childrenNamed(root, 'types'))
      for (const schema of childrenNamed(types, 'schema')) this.schema(schema, folder);
    for (const one of childrenNamed(root, 'import'))
      this.#follow(one, one.attributes['location'], folder);
  }

  schema(schema: XmlTree, folder: string): void {
    this.schemas.push(schema);
    for (const kind of ['import', 'include', 'redefine'])
      for (const one of childrenNamed(schema, kind))
        this.#follow(one, one.attributes['schemaLocation'], folder);
  }

  #follow(place: XmlTree, location: string | undefined, folder: string): void {
    if (location === undefined || location === '') return;
    const path = resolved(folder, location);
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    const text = this.input.related?.get(path) ?? this.input.related?.get(location);
    if (text === undefined) {
      // Schemas of the encoding of SOAP and their like are named by address and never needed here.
      if (/^https?:/i.test(location) && place.name !== 'import') return;
      const message = `The imported document '${location}' is not here.`;
      const { file, report } = this.input;
      report({ severity: 'warning', message, file, line: place.line, column: 1 });
      return;
    }
    const imported = readXml({ text, file: path, report: this.input.report });
    const below = path.slice(0, path.lastIndexOf('/') + 1);
    if (imported?.name === 'definitions') this.definitions(imported, below);
    else if (imported?.name === 'schema') this.schema(imported, below);
  }
}

/** A location as a path from the first document; an address stays one. */
function resolved(folder: string, location: string): string {
  if (/^[a-z][\w+.-]*:/i.test(location)) return location;
  const address = /^([a-z][\w+.-]*:\/\/[^/]*)(\/.*)?$/i.exec(folder);
  const path = location.startsWith('/')
    ? location
    : (address ? (address[2] ?? '/') : folder) + location;
  const segments: string[] = [];
  for (const segment of path.replaceAll('\\', '/').split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  return address ? `${address[1]}/${segments.join('/')}` : segments.join('/');
}
