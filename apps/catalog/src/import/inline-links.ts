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
  return { ...properties, format: plain, value: await links.read(value) };
}
