import { argumentException, argumentNull } from '../dotnet-error.js';
import { verifyNCName } from './chars.js';
import { cdataText, commentText, elementText, instructionText } from './escape.js';
import type { XmlNodeType } from './x-object.js';
import { XNode } from './x-node.js';

/** System.Xml.Linq.XText. */
export class XText extends XNode {
  override readonly nodeType: XmlNodeType = 'Text';
  private text: string;

  constructor(value: string | null) {
    super();
    this.text = required(value);
  }

  get value(): string {
    return this.text;
  }

  set value(value: string | null) {
    this.text = required(value);
  }

  override clone(): XText {
    return new XText(this.text);
  }

  override toXml(): string {
    return elementText(this.text);
  }
}

/** System.Xml.Linq.XCData. */
export class XCData extends XText {
  override readonly nodeType: XmlNodeType = 'CDATA';

  override clone(): XCData {
    return new XCData(this.value);
  }

  override toXml(): string {
    return cdataText(this.value);
  }
}

/** System.Xml.Linq.XComment. */
export class XComment extends XNode {
  override readonly nodeType: XmlNodeType = 'Comment';
  private text: string;

  constructor(value: string | null) {
    super();
    this.text = required(value);
  }

  get value(): string {
    return this.text;
  }

  set value(value: string | null) {
    this.text = required(value);
  }

  override clone(): XComment {
    return new XComment(this.text);
  }

  override toXml(): string {
    return commentText(this.text);
  }
}

/** System.Xml.Linq.XProcessingInstruction. */
export class XProcessingInstruction extends XNode {
  override readonly nodeType: XmlNodeType = 'ProcessingInstruction';
  target: string;
  data: string;

  constructor(target: string | null, data: string | null) {
    super();
    if (data === null) throw argumentNull('data');
    if (target?.toLowerCase() === 'xml')
      throw argumentException(`'${target}' is an invalid name for a processing instruction.`);
    this.target = verifyNCName(target);
    this.data = data;
  }

  override clone(): XProcessingInstruction {
    return new XProcessingInstruction(this.target, this.data);
  }

  override toXml(): string {
    return instructionText(this.target, this.data);
  }
}

/** System.Xml.Linq.XDocumentType. */
export class XDocumentType extends XNode {
  override readonly nodeType: XmlNodeType = 'DocumentType';

  constructor(
    public name: string,
    public publicId: string | null,
    public systemId: string | null,
    /** Null only where no `[]` is to be written. */
    public internalSubset: string | null,
  ) {
    super();
  }

  override clone(): XDocumentType {
    return new XDocumentType(this.name, this.publicId, this.systemId, this.internalSubset);
  }

  override toXml(): string {
    const { name, publicId, systemId, internalSubset } = this;
    let text = `<!DOCTYPE ${name}`;
    if (publicId !== null) text += ` PUBLIC "${publicId}" "${systemId ?? ''}"`;
    else if (systemId !== null) text += ` SYSTEM "${systemId}"`;
    if (internalSubset !== null)
      text += `${systemId === null && publicId === null ? ' ' : ''}[${internalSubset}]`;
    return `${text}>`;
  }
}

/** System.Xml.Linq.XDeclaration. */
export class XDeclaration {
  constructor(
    public version: string | null,
    public encoding: string | null,
    public standalone: string | null,
  ) {}

  toString(): string {
    const part = (name: string, value: string | null): string =>
      value === null ? '' : ` ${name}="${value}"`;
    return `<?xml${part('version', this.version)}${part('encoding', this.encoding)}${part('standalone', this.standalone)}?>`;
  }
}

function required(value: string | null): string {
  if (value === null) throw argumentNull('value');
  return value;
}
