import { ParseOption, XmlDocument, XmlElement, XmlLibError, XmlText, XmlCData } from 'libxml2-wasm';
import type { ImportInput } from '../imported-api.js';

/** An element of a parsed document, copied out of the parser. */
export interface XmlTree {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlTree[];
  readonly text: string;
  readonly line: number;
  /** Prefixes in scope, "" for the default namespace. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** The element with all namespaces that are in scope, as canonical XML. */
  canonical(): string;
}

/**
 * Parses an XML description. No network, no external entities; a document type declaration is
 * refused, since no description format needs one and each is a way in for entity bombs.
 */
export function readXml(input: Pick<ImportInput, 'text' | 'file' | 'report'>): XmlTree | undefined {
  const complain = (message: string, line: number, column: number): void =>
    input.report({ severity: 'error', message, file: input.file, line, column });
  const text = input.text.replace(/^\uFEFF/, '').trimStart();
  if (/<!DOCTYPE/i.test(text)) {
    complain('A document type declaration is not allowed here.', 1, 1);
    return undefined;
  }
  try {
    const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;
    const document = XmlDocument.fromString(text.replace(/^<\?xml[^>]*\?>/, ''), { option });
    try {
      return copy(document.root, {});
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    const detail = error.details[0];
    complain((detail?.message ?? error.message).trim(), detail?.line ?? 1, detail?.col ?? 1);
    return undefined;
  }
}

function copy(element: XmlElement, outer: Readonly<Record<string, string>>): XmlTree {
  const prefixes = { ...outer, ...element.nsDeclarations };
  const children: XmlTree[] = [];
  let text = '';
  for (let child = element.firstChild; child; child = child.next) {
    if (child instanceof XmlElement) children.push(copy(child, prefixes));
    else if (child instanceof XmlText || child instanceof XmlCData) text += child.content;
  }
  const canonical = element.name === 'schema' ? element.canonicalizeToString() : '';
  return {
    name: element.name,
    namespace: element.namespaceUri,
    attributes: Object.fromEntries(element.attrs.map((one) => [one.name, one.value])),
    children,
    text,
    line: element.line,
    prefixes,
    canonical: () => canonical,
  };
}

/** The child elements with a local name, whatever their namespace. */
export function childrenNamed(element: XmlTree, name: string): XmlTree[] {
  return element.children.filter((child) => child.name === name);
}

/** A qualified name in an attribute ("tns:GetStock") as namespace and local name. */
export function qualifiedName(
  element: XmlTree,
  text: string,
): { namespace: string; local: string } {
  const [prefix, local] = text.includes(':')
    ? (text.split(':', 2) as [string, string])
    : ['', text];
  return { namespace: element.prefixes[prefix] ?? '', local };
}
