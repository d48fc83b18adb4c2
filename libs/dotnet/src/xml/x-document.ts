import { argumentException, invalidOperation } from '../dotnet-error.js';
import { isXmlBlank } from './chars.js';
import { contentParts, XContainer } from './x-container.js';
import type { XElement } from './x-element.js';
import { XDeclaration, type XDocumentType, XText } from './x-leaves.js';
import type { XNode } from './x-node.js';
import type { SaveOptions, XmlNodeType } from './x-object.js';
import { serialize } from './serialize.js';

/** System.Xml.Linq.XDocument. */
export class XDocument extends XContainer {
  override readonly nodeType: XmlNodeType = 'Document';
  declaration: XDeclaration | null = null;

  /** `content` may begin with an XDeclaration, as the constructor's first argument does. */
  constructor(content?: unknown) {
    super();
    for (const part of contentParts(content))
      if (part instanceof XDeclaration) this.declaration = part;
      else this.add(part);
  }

  get root(): XElement | null {
    return (this.items.find((node) => node.nodeType === 'Element') as XElement | undefined) ?? null;
  }

  get documentType(): XDocumentType | null {
    const found = this.items.find((node) => node.nodeType === 'DocumentType');
    return (found as XDocumentType | undefined) ?? null;
  }

  override clone(): XDocument {
    const copy = new XDocument();
    if (this.declaration)
      copy.declaration = new XDeclaration(
        this.declaration.version,
        this.declaration.encoding,
        this.declaration.standalone,
      );
    for (const node of this.items) copy.append(node.clone());
    return copy;
  }

  /** Without the declaration, as `ToString` has it. */
  override toXml(options: SaveOptions = {}): string {
    return serialize(this, options);
  }

  protected override validateNode(node: XNode, index: number): void {
    const { nodeType } = node;
    if (nodeType === 'Document' || nodeType === 'CDATA')
      throw argumentException(`A node of type ${nodeType} cannot be added to content.`);
    if (node instanceof XText) return this.validateText(node.value);
    const doctypeAt = this.items.findIndex((item) => item.nodeType === 'DocumentType');
    const rootAt = this.items.findIndex((item) => item.nodeType === 'Element');
    const wrong =
      (nodeType === 'Element' && (rootAt >= 0 || (doctypeAt >= 0 && index <= doctypeAt))) ||
      (nodeType === 'DocumentType' && (doctypeAt >= 0 || (rootAt >= 0 && index > rootAt)));
    if (wrong)
      throw invalidOperation('This operation would create an incorrectly structured document.');
  }

  protected override validateText(text: string): void {
    if (!isXmlBlank(text))
      throw argumentException('Non-whitespace characters cannot be added to content.');
  }
}
