import { ParseOption } from 'libxml2-wasm';
import { attributeText } from '../xml/escape.js';
import { schemaPattern } from './pattern.js';

/** libxml2 must never load anything by itself. */
export const libxmlOptions = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;

/** The text is Unicode already: what its declaration says of bytes must not be believed. */
export function libxmlText(text: string): string {
  return text.replace(/^(<\?xml[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')/, '$1');
}

const patternFacet =
  /(<(?:[\w.-]+:)?pattern\b(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*?\s+value\s*=\s*)(?:"([^"]*)"|'([^']*)')/g;
const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Rewrites the pattern facets of a schema (see schemaPattern). */
export function patternsForLibxml(schema: string): string {
  return schema.replace(
    patternFacet,
    (_, start: string, double: string | undefined, single: string | undefined) =>
      `${start}"${attributeText(schemaPattern(unescaped(double ?? single ?? '')))}"`,
  );
}

function unescaped(value: string): string {
  return value.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name: string) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex as string, 16));
    return decimal ? String.fromCodePoint(Number(decimal)) : (named[name] ?? all);
  });
}
