import type { Properties } from '../resources/store/tables.js';
import type { LinkReader } from './link-reader.js';

/** The `-link` forms of ARM's formats, and what they are once fetched. */
const linkFormats: Readonly<Record<string, string>> = {
  'openapi-link': 'openapi',
  'openapi+json-link': 'openapi+json',
  'swagger-link-json': 'swagger-json',
  'wsdl-link': 'wsdl',
  'wadl-link-json': 'wadl-xml',
  'graphql-link': 'graphql',
  'xml-link': 'xml',
  'rawxml-link': 'rawxml',
};

/** Replaces a linked document by its text. Done before the change begins: nobody waits for a lock behind a fetch. */
export async function inlineLinks(properties: Properties, links: LinkReader): Promise<Properties> {
  const { format, value } = properties;
  if (typeof format !== 'string' || typeof value !== 'string') return properties;
  const plain = linkFormats[format.toLowerCase()];
  if (plain === undefined) return properties;
  const text = await links.read(value);
  const related = plain === 'wsdl' ? { relatedDocuments: await imported(text, value, links) } : {};
  return { ...properties, ...related, format: plain, value: text };
}

/** Documents that one import may fetch. */
const mostDocuments = 50;

/** The documents that a WSDL imports from beside it, and theirs, by their paths from it. */
async function imported(text: string, link: string, links: LinkReader): Promise<Properties> {
  const found: Record<string, string> = {};
  const base = new URL('.', link);
  const waiting = locationsOf(text).map((location) => new URL(location, base));
  for (let url = waiting.shift(); url; url = waiting.shift()) {
    const path = url.href.startsWith(base.href) ? url.href.slice(base.href.length) : url.href;
    if (path in found || url.host !== base.host) continue;
    if (Object.keys(found).length === mostDocuments) break;
    const document = await links.read(url.href);
    found[decodeURI(path)] = document;
    const below = url;
    waiting.push(...locationsOf(document).map((location) => new URL(location, below)));
  }
  return found;
}

/** What `wsdl:import`, `xsd:import` and `xsd:include` name. */
function locationsOf(text: string): string[] {
  const imports = text.matchAll(
    /<(?:\w+:)?(?:import|include|redefine)\b[^>]*?\s(?:location|schemaLocation)\s*=\s*["']([^"']+)["']/g,
  );
  return [...imports]
    .map(([, location]) => location!)
    .filter((one) => URL.canParse(one, 'http://x/'));
}
