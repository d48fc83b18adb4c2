/** A qualified name as it was written and what it means. */
export interface QName {
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
}

/** An attribute; namespace declarations are among them (`uri` of xmlns). */
export interface ParsedAttribute extends QName {
  readonly value: string;
}

/** Receives what a parser reads, in document order. */
export interface XmlHandler {
  declaration(version: string, encoding: string | null, standalone: string | null): void;
  doctype(doctype: Doctype): void;
  startElement(name: QName, attributes: readonly ParsedAttribute[], empty: boolean): void;
  /** Ends the innermost element; also called for an empty one. */
  endElement(): void;
  /** `blank`: white space only, outside of xml:space="preserve". */
  text(value: string, blank: boolean): void;
  cdata(value: string): void;
  comment(value: string): void;
  instruction(target: string, data: string): void;
}

export interface Doctype {
  readonly name: string;
  readonly publicId: string | null;
  readonly systemId: string | null;
  readonly internalSubset: string;
}

/** What a parser allows. */
export interface XmlParseOptions {
  /** `prohibit` (default) refuses a document type; `internal` reads its internal entities. */
  readonly dtd?: 'prohibit' | 'internal';
  /** Nesting of elements; 1000 by default. */
  readonly maxDepth?: number;
  /** Characters that entities may expand to in all; 1,000,000 by default. */
  readonly maxEntityCharacters?: number;
  /** Tags, attributes and pieces of text; 1,000,000 by default. */
  readonly maxItems?: number;
}

/** The message of a refused document type. */
export const dtdProhibited =
  'For security reasons DTD is prohibited in this XML document. To enable DTD processing set the DtdProcessing property on XmlReaderSettings to Parse and pass the settings into XmlReader.Create method.';
