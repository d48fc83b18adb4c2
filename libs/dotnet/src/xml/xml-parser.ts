import { argumentNull } from '../dotnet-error.js';
import { isXmlBlank } from './chars.js';
import { Entities } from './entities.js';
import { countText, countWork } from '../work-meter.js';
import { OpenScopes } from './open-scopes.js';
import { readTag } from './tag-reader.js';
import { XmlCursor } from './xml-cursor.js';
import { dtdProhibited, type XmlHandler, type XmlParseOptions } from './xml-handler.js';

interface OpenElement {
  readonly name: string;
  readonly at: number;
  /** Prefixes that it declares. */
  readonly declared: readonly string[];
  readonly preserve: boolean;
}

/**
 * Parses a document as XmlReader does and tells the handler; throws XmlException with the
 * messages of .NET. Nothing outside of the text is ever loaded.
 */
export function parseXml(
  text: string | null,
  handler: XmlHandler,
  options: XmlParseOptions = {},
): void {
  if (text === null) throw argumentNull('s');
  countText(text.length);
  new XmlParser(text.replace(/\r\n?/g, '\n'), handler, options).document();
}

/** A tree of a million nodes is what a gateway can hold for one call. */
const mostItems = 1_000_000;

/** What things cost of a budget of steps. */
const stepsOfItem = 10;
const stepsOfReference = 5;
const stepsOfAttribute = 15;
const stepsOfDeclaration = 35;

class XmlParser {
  private readonly cursor: XmlCursor;
  private readonly entities: Entities;
  private readonly open: OpenElement[] = [];
  private readonly scopes = new OpenScopes();
  private itemsLeft: number;
  private rootSeen = false;
  private doctypeSeen = false;

  constructor(
    text: string,
    private readonly handler: XmlHandler,
    private readonly options: XmlParseOptions,
  ) {
    this.cursor = new XmlCursor(text);
    this.entities = new Entities(this.cursor, options.maxEntityCharacters ?? 1_000_000);
    this.itemsLeft = options.maxItems ?? mostItems;
  }

  document(): void {
    const { cursor } = this;
    if (/^<\?xml[\s?]/.test(cursor.text)) this.declaration();
    while (!cursor.ended) this.item();
    const unclosed = this.open.map(({ name }) => name).toReversed();
    if (unclosed.length > 0)
      throw cursor.error(
        `Unexpected end of file has occurred. The following elements are not closed: ${unclosed.join(', ')}.`,
      );
    // .NET gives no place for a document without any element.
    if (!this.rootSeen) throw cursor.error('Root element is missing.');
  }

  private item(): void {
    const { cursor } = this;
    countWork(stepsOfItem);
    if (this.itemsLeft-- <= 0)
      throw cursor.error(
        `The document holds more than ${this.options.maxItems ?? mostItems} items.`,
      );
    if (cursor.char !== '<') return this.text();
    if (cursor.text.startsWith('</', cursor.at)) return this.endTag();
    if (cursor.take('<!--')) return this.comment();
    if (cursor.text.startsWith('<![CDATA[', cursor.at)) return this.cdata();
    if (cursor.take('<?')) return this.instruction();
    if (cursor.text.startsWith('<!', cursor.at)) return this.doctype();
    return this.startTag();
  }

  private startTag(): void {
    const { cursor } = this;
    cursor.at++;
    if (this.rootSeen && this.open.length === 0)
      throw cursor.error('There are multiple root elements.');
    const at = cursor.at;
    const parent = this.open.at(-1);
    const tag = readTag(cursor, this.entities, this.scopes);
    this.itemsLeft -= tag.attributes.length;
    countWork(stepsOfAttribute * tag.attributes.length + stepsOfDeclaration * tag.declared.length);
    this.rootSeen = true;
    const limit = this.options.maxDepth ?? 1000;
    if (this.open.length >= limit)
      throw cursor.error(`The document is nested deeper than ${limit} elements.`, at);
    this.handler.startElement(tag.name, tag.attributes, tag.empty);
    if (tag.empty) {
      this.scopes.leave(tag.declared);
      return this.handler.endElement();
    }
    const space = tag.attributes.find(({ prefix, local }) => prefix === 'xml' && local === 'space');
    const { prefix, local } = tag.name;
    this.open.push({
      name: prefix === '' ? local : `${prefix}:${local}`,
      at,
      declared: tag.declared,
      preserve: space ? space.value === 'preserve' : (parent?.preserve ?? false),
    });
    return undefined;
  }

  private endTag(): void {
    const { cursor } = this;
    const start = cursor.at + 2;
    const element = this.open.at(-1);
    if (!element)
      throw this.rootSeen
        ? cursor.error('Unexpected end tag.', start)
        : cursor.error('Unexpected end tag.', start);
    cursor.at = start;
    const { prefix, local } = cursor.qualifiedName();
    const name = prefix === '' ? local : `${prefix}:${local}`;
    if (name !== element.name) {
      const { line, position } = cursor.placeOf(element.at);
      throw cursor.error(
        `The '${element.name}' start tag on line ${line} position ${position} does not match the end tag of '${name}'.`,
        start,
      );
    }
    cursor.skipBlanks();
    cursor.expect('>');
    this.scopes.leave(element.declared);
    this.open.pop();
    this.handler.endElement();
  }

  private text(): void {
    const { cursor } = this;
    if (this.open.length === 0) return this.outerText();
    let value = '';
    let blank = true;
    while (!cursor.ended && cursor.char !== '<') {
      if (cursor.char === '&') {
        countWork(stepsOfReference);
        value += this.entities.read();
        // A reference makes white space significant.
        blank = false;
        continue;
      }
      const start = cursor.at;
      const end = cursor.text.slice(start).search(/[<&]/);
      cursor.at = end < 0 ? cursor.text.length : start + end;
      const piece = cursor.text.slice(start, cursor.at);
      cursor.checkChars(start, piece);
      const close = piece.indexOf(']]>');
      if (close >= 0) throw cursor.error("']]>' is not allowed in character data.", start + close);
      blank &&= isXmlBlank(piece);
      value += piece;
    }
    this.handler.text(value, blank && !this.open.at(-1)!.preserve);
    return undefined;
  }

  private outerText(): void {
    const { cursor } = this;
    const start = cursor.at;
    cursor.skipBlanks();
    if (!cursor.ended && cursor.char !== '<')
      throw cursor.error('Data at the root level is invalid.');
    this.handler.text(cursor.text.slice(start, cursor.at), true);
  }

  private comment(): void {
    const { cursor } = this;
    const start = cursor.at;
    const content = cursor.until('--', 'Comment');
    if (!cursor.take('>'))
      throw cursor.error(
        "An XML comment cannot contain '--', and '-' cannot be the last character.",
        start + content.length,
      );
    this.handler.comment(content);
  }

  private cdata(): void {
    const { cursor } = this;
    if (this.open.length === 0) throw cursor.error('Data at the root level is invalid.');
    cursor.at += '<![CDATA['.length;
    this.handler.cdata(cursor.until(']]>', 'CDATA'));
  }

  private instruction(): void {
    const { cursor } = this;
    const start = cursor.at;
    const target = cursor.ncName();
    if (cursor.char === ':') throw cursor.badName(false);
    if (target.toLowerCase() === 'xml')
      throw cursor.error(
        target === 'xml'
          ? 'Unexpected XML declaration. The XML declaration must be the first node in the document, and no whitespace characters are allowed to appear before it.'
          : `'${target}' is an invalid name for processing instructions.`,
        start,
      );
    if (cursor.take('?>')) return this.handler.instruction(target, '');
    if (!cursor.skipBlanks()) throw cursor.badName(false);
    return this.handler.instruction(target, cursor.until('?>', 'PI'));
  }

  private declaration(): void {
    const { cursor } = this;
    cursor.at = '<?xml'.length;
    const form =
      /\s+version\s*=\s*(["'])(.*?)\1(?:\s+encoding\s*=\s*(["'])([A-Za-z][-A-Za-z0-9._]*)\3)?(?:\s+standalone\s*=\s*(["'])(yes|no)\5)?\s*\?>/y;
    form.lastIndex = cursor.at;
    const match = form.exec(cursor.text);
    if (!match) throw cursor.error('Syntax for an XML declaration is invalid.', cursor.at + 1);
    const version = match[2]!;
    if (version !== '1.0')
      throw cursor.error(
        `Version number '${version}' is invalid.`,
        cursor.at + match[0].indexOf(version, match[0].indexOf('=')),
      );
    cursor.at += match[0].length;
    this.handler.declaration(version, match[4] ?? null, match[6] ?? null);
  }

  private doctype(): void {
    const { cursor } = this;
    if (!cursor.text.startsWith('<!DOCTYPE', cursor.at))
      throw cursor.error(
        this.open.length > 0
          ? "'<!' is an unexpected token. The expected token is '<![CDATA['."
          : 'Data at the root level is invalid.',
        cursor.at,
      );
    if (this.options.dtd !== 'internal') throw cursor.error(dtdProhibited, cursor.at + 2);
    if (this.rootSeen || this.doctypeSeen)
      throw cursor.error('Unexpected DTD declaration.', cursor.at);
    const form =
      /<!DOCTYPE\s+([^\s>[]+)\s*(?:PUBLIC\s+(?:"([^"]*)"|'([^']*)')\s*(?:"([^"]*)"|'([^']*)')|SYSTEM\s+(?:"([^"]*)"|'([^']*)'))?\s*(?:\[((?:[^\]"']|"[^"]*"|'[^']*')*)\]\s*)?>/y;
    form.lastIndex = cursor.at;
    const match = form.exec(cursor.text);
    if (!match) throw cursor.error('Expected DTD markup was not found.');
    this.doctypeSeen = true;
    cursor.at += match[0].length;
    const internalSubset = match[8] ?? '';
    this.entities.declare(internalSubset);
    this.handler.doctype({
      name: match[1]!,
      publicId: match[2] ?? match[3] ?? null,
      systemId: match[4] ?? match[5] ?? match[6] ?? match[7] ?? null,
      internalSubset,
    });
  }
}
