import { invalidOperation } from '../dotnet-error.js';
import type { XContainer } from './x-container.js';
import type { XDocument } from './x-document.js';
import type { XElement } from './x-element.js';

/** System.Xml.XmlNodeType, the kinds that a tree holds. */
export type XmlNodeType =
  | 'Element'
  | 'Attribute'
  | 'Text'
  | 'CDATA'
  | 'ProcessingInstruction'
  | 'Comment'
  | 'Document'
  | 'DocumentType';

/** How a node is written: SaveOptions of XLinq. */
export interface SaveOptions {
  readonly disableFormatting?: boolean;
  readonly omitDuplicateNamespaces?: boolean;
}

/** System.Xml.Linq.XObject: a node or an attribute of a mutable tree that knows its parent. */
export abstract class XObject {
  /** The container this object stands in: an element or a document; null for a root. */
  container: XContainer | null = null;
  /** Annotations, in the order they were added. */
  readonly annotations: unknown[] = [];

  abstract readonly nodeType: XmlNodeType;

  /** The parent element; a document is no parent. */
  get parent(): XElement | null {
    return this.container?.nodeType === 'Element' ? (this.container as XElement) : null;
  }

  get document(): XDocument | null {
    if (this.container) return this.container.document;
    return this.nodeType === 'Document' ? (this as unknown as XDocument) : null;
  }

  /** Text as `ToString(options)` gives it; the same by default with indent. */
  abstract toXml(options?: SaveOptions): string;

  toString(): string {
    return this.toXml();
  }
}

/** What happens to an object without parent when asked to leave or to be replaced. */
export function missingParent(): Error {
  return invalidOperation('The parent is missing.');
}
