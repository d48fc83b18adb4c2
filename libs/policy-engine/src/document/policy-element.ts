import { decodeEntities, decodeRawExpression, isRawExpression } from './entities.js';
import { startsExpression } from './scan-expression.js';
import type { DocumentFormat } from './policy-document.js';

/** A value with the place where it begins, for messages. */
export interface SourceText {
  readonly text: string;
  /** Offset in the document. */
  readonly offset: number;
}

/** One attribute. `value` is decoded, line ends are LF. */
export interface PolicyAttribute extends SourceText {
  readonly name: string;
  /** Of the name. */
  readonly nameOffset: number;
  /** Behind the value as written: its closing quote, if it has one. */
  readonly end: number;
}

/** Anything between tags that is no element. */
export interface PolicyCharacters {
  readonly kind: 'text' | 'cdata' | 'comment' | 'instruction' | 'raw';
  readonly start: number;
  readonly end: number;
}

export type PolicyNode = PolicyElement | PolicyCharacters;

/** One element of a policy document; offsets are into the verbatim text. */
export class PolicyElement {
  readonly kind = 'element';
  readonly attributes: PolicyAttribute[] = [];
  readonly nodes: PolicyNode[] = [];
  /** Behind the start tag. */
  openEnd = 0;
  /** Begin of the end tag; same as `end` when there is none. */
  closeStart = 0;
  /** Behind the element. */
  end = 0;

  constructor(
    readonly name: string,
    /** Offset of `<`. */
    readonly start: number,
    private readonly source: { readonly text: string; readonly format: DocumentFormat },
  ) {}

  /** Where messages point: the first letter of the name. */
  get offset(): number {
    return this.start + 1;
  }

  get children(): PolicyElement[] {
    return this.nodes.filter((node) => node instanceof PolicyElement);
  }

  attribute(name: string): PolicyAttribute | undefined {
    return this.attributes.find((attribute) => attribute.name === name);
  }

  /** The element as written. */
  get outerSource(): string {
    return this.source.text.slice(this.start, this.end);
  }

  /** What stands between the tags, as written. */
  get innerSource(): string {
    return this.source.text.slice(this.openEnd, this.closeStart);
  }

  /** Text that is more than white space, when there is any beside child elements. */
  get strayText(): SourceText | undefined {
    for (const node of this.nodes) {
      if (
        node instanceof PolicyElement ||
        (node.kind !== 'text' && node.kind !== 'cdata' && node.kind !== 'raw')
      )
        continue;
      const raw = this.source.text.slice(node.start, node.end);
      const at = raw.search(/\S/);
      if (at >= 0) return { text: raw.trim(), offset: node.start + at };
    }
    return undefined;
  }

  /** The text content: entities resolved, CDATA unwrapped, comments left out, line ends LF. */
  get content(): SourceText {
    let text = '';
    let offset = -1;
    for (const node of this.nodes) {
      if (node instanceof PolicyElement) {
        text += node.outerSource;
        continue;
      }
      const raw = this.source.text.slice(node.start, node.end);
      if (node.kind === 'comment' || node.kind === 'instruction') continue;
      if (offset < 0 && /\S/.test(raw)) offset = node.start;
      if (node.kind === 'cdata')
        text += raw.slice('<![CDATA['.length, raw.endsWith(']]>') ? -3 : undefined);
      else
        text +=
          node.kind === 'raw'
            ? decodeTemplate(raw)
            : decodeValue(raw, undefined, this.source.format);
    }
    return { text: text.replaceAll('\r\n', '\n'), offset: offset < 0 ? this.openEnd : offset };
  }
}

/** Resolves the entities of an attribute value (`quote` given) or text. */
export function decodeValue(
  raw: string,
  quote: string | undefined,
  format: DocumentFormat,
): string {
  const normal = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  if (!normal.includes('&')) return normal;
  const trimmed = normal.trimStart();
  if (format === 'rawxml' && startsExpression(trimmed, 0) && isRawExpression(trimmed, quote)) {
    return normal.slice(0, normal.length - trimmed.length) + decodeRawExpression(trimmed);
  }
  return decodeEntities(normal);
}

/**
 * The body template of set-body. With markup it is kept as written (its entities belong to the new body) and only
 * Liquid tags are decoded; without, it is ordinary text. CDATA sections are unwrapped.
 */
function decodeTemplate(raw: string): string {
  const pieces = raw.replaceAll('\r\n', '\n').split(/(<!\[CDATA\[[\s\S]*?\]\]>)/);
  const markup = pieces.some(
    (piece, i) => i % 2 === 0 && /<[A-Za-z!/?]/.test(piece.replace(/<!--[\s\S]*?-->/g, '')),
  );
  return pieces
    .map((piece, i) => {
      if (i % 2 === 1) return piece.slice('<![CDATA['.length, -3);
      if (!markup) return decodeEntities(piece.replace(/<!--[\s\S]*?-->/g, ''));
      return piece.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, decodeEntities);
    })
    .join('');
}
