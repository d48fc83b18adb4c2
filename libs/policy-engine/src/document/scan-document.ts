import {
  decodeValue,
  PolicyElement,
  type PolicyAttribute,
  type PolicyNode,
} from './policy-element.js';
import type { DocumentFormat } from './policy-document.js';
import { PlausibleQuotes } from './plausible-quotes.js';
import { hasRawContent, isValueElement, rawContentEnd } from './raw-content.js';
import { scanExpression, startsExpression } from './scan-expression.js';
import {
  documentTypeEnd,
  strangeCharacters,
  strangeReferences,
  type MarkupMistake,
} from './strange-markup.js';

/** Reads a whole document; never throws. The nodes cover the text without gaps. */
export function scanDocument(
  text: string,
  format: DocumentFormat,
): { nodes: PolicyNode[]; mistakes: MarkupMistake[] } {
  const scanner = new Scanner(text, format);
  scanner.run();
  return { nodes: scanner.nodes, mistakes: scanner.mistakes };
}

/** No document nests like this; compilers recurse. */
const deepest = 200;

const nameStart = /[A-Za-z_]/;
const name = /[A-Za-z_][\w.:-]*/y;
const space = /\s*/y;

class Scanner {
  readonly nodes: PolicyNode[] = [];
  readonly mistakes: MarkupMistake[] = [];
  readonly #open: PolicyElement[] = [];
  readonly #source: { readonly text: string; readonly format: DocumentFormat };
  #at = 0;
  #unclosed = 0;
  readonly #quotes: PlausibleQuotes;

  constructor(
    private readonly text: string,
    private readonly format: DocumentFormat,
  ) {
    this.#source = { text, format };
    this.#quotes = new PlausibleQuotes(text);
  }

  run(): void {
    const { text } = this;
    while (this.#at < text.length) {
      if (text[this.#at] !== '<') this.#characters();
      else if (text.startsWith('<!--', this.#at)) this.#until('comment', '-->');
      else if (text.startsWith('<![CDATA[', this.#at)) this.#until('cdata', ']]>');
      else if (text.startsWith('<?', this.#at)) this.#until('instruction', '?>');
      else if (text.startsWith('<!DOCTYPE', this.#at)) this.#documentType();
      else if (text[this.#at + 1] === '/') this.#endTag();
      else if (nameStart.test(text[this.#at + 1] ?? '')) this.#startTag();
      else this.#characters();
    }
    this.mistakes.push(...strangeCharacters(text));
    for (const element of this.#open.reverse()) {
      this.#mistake(`The element '${element.name}' is not closed.`, element.offset, element.name);
      element.closeStart = element.end = text.length;
    }
  }

  #mistake(message: string, offset: number, element?: string): void {
    this.mistakes.push({ message, offset, ...(element === undefined ? {} : { element }) });
  }

  #add(node: PolicyNode): void {
    (this.#open.at(-1)?.nodes ?? this.nodes).push(node);
  }

  #until(kind: 'comment' | 'cdata' | 'instruction', closing: string): void {
    const start = this.#at;
    const found = this.text.indexOf(closing, start + 2);
    if (found < 0) this.#mistake(`'${closing}' is missing.`, start);
    this.#at = found < 0 ? this.text.length : found + closing.length;
    this.#add({ kind, start, end: this.#at });
  }

  /** Document types are refused as the service does; the rest is read as if it were not there. */
  #documentType(): void {
    const start = this.#at;
    this.#at = documentTypeEnd(this.text, start);
    this.#add({ kind: 'comment', start, end: this.#at });
    this.#mistake('For security reasons DTD is prohibited in this XML document.', start);
  }

  #characters(): void {
    const start = this.#at;
    const first = start + this.#spaceLength(start);
    let at = start;
    if (startsExpression(this.text, first)) {
      const end = this.#expressionEnd(first);
      if (end > 0) at = end;
      else {
        const owner = this.#open.at(-1);
        const close = owner ? this.text.indexOf(`</${owner.name}`, first) : -1;
        at = close < 0 ? first + 1 : close;
      }
    } else at = first > start ? first : start + 1;
    this.#at = this.#textEnd(at);
    this.#add({ kind: 'text', start, end: this.#at });
    this.mistakes.push(...strangeReferences(this.text, start, this.#at, this.#open.at(-1)?.name));
    if (
      this.#open.length === 0 &&
      this.text.slice(start, this.#at).replace('\uFEFF', '').trim() !== ''
    ) {
      this.#mistake(
        'Data at the root level is invalid.',
        start + this.text.slice(start).search(/[^\s\uFEFF]/),
      );
    }
  }

  /** The next `<` that begins markup; a stray one is text. */
  #textEnd(from: number): number {
    for (let at = from; at < this.text.length; at++) {
      if (this.text[at] === '<' && /[A-Za-z_/!?]/.test(this.text[at + 1] ?? '')) return at;
    }
    return this.text.length;
  }

  #endTag(): void {
    const start = this.#at;
    name.lastIndex = start + 2;
    const found = name.exec(this.text)?.[0] ?? '';
    const close = this.text.indexOf('>', start);
    const end = close < 0 ? this.text.length : close + 1;
    this.#at = end;
    const depth = this.#open.findLastIndex((element) => element.name === found);
    if (depth < 0) {
      this.#mistake(`The end tag '${found}' has no start tag.`, start + 2, found);
      this.#add({ kind: 'comment', start, end });
      return;
    }
    while (this.#open.length - 1 > depth) {
      const unclosed = this.#open.pop()!;
      const line = this.text.slice(0, unclosed.offset).split('\n').length;
      this.#mistake(
        `The '${unclosed.name}' start tag on line ${line} does not match the end tag of '${found}'.`,
        start + 2,
        unclosed.name,
      );
      unclosed.closeStart = unclosed.end = start;
    }
    const element = this.#open.pop()!;
    element.closeStart = start;
    element.end = end;
  }

  #startTag(): void {
    const start = this.#at;
    name.lastIndex = start + 1;
    const element = new PolicyElement(name.exec(this.text)![0], start, this.#source);
    this.#at = start + 1 + element.name.length;
    this.#add(element);
    while (this.#at < this.text.length) {
      this.#at += this.#spaceLength(this.#at);
      if (this.text.startsWith('/>', this.#at)) {
        this.#at += 2;
        element.openEnd = element.closeStart = element.end = this.#at;
        return;
      }
      if (this.text[this.#at] === '>') {
        this.#at++;
        element.openEnd = this.#at;
        if (this.#open.length >= deepest) {
          this.#mistake('The elements are nested too deeply.', element.offset, element.name);
          this.#at = this.text.length; // the rest would only repeat it
          for (const open of [element, ...this.#open.splice(0)])
            open.closeStart = open.end = this.#at;
          return;
        }
        this.#open.push(element);
        if (hasRawContent(element.name)) this.#rawContent(element);
        return;
      }
      if (!this.#attribute(element)) break;
    }
    this.#mistake(
      `The start tag of '${element.name}' is not closed.`,
      element.offset,
      element.name,
    );
    const next = this.text.indexOf('<', this.#at);
    this.#at = next < 0 ? this.text.length : next;
    element.openEnd = element.closeStart = element.end = this.#at;
  }

  #rawContent(element: PolicyElement): void {
    const start = this.#at;
    if (startsExpression(this.text, start + this.#spaceLength(start))) return;
    const close = rawContentEnd(this.text, start, element.name);
    if (close < 0 || isValueElement(this.text, start, close)) return;
    if (close > start) this.#add({ kind: 'raw', start, end: close });
    this.#at = close;
  }

  #attribute(element: PolicyElement): boolean {
    name.lastIndex = this.#at;
    const found = name.exec(this.text)?.[0];
    if (found === undefined) {
      if (this.#at >= this.text.length || this.text[this.#at] === '<') return false;
      this.#mistake(`'${this.text[this.#at]}' is an unexpected token.`, this.#at, element.name);
      this.#at++;
      return true;
    }
    const nameOffset = this.#at;
    this.#at += found.length;
    this.#at += this.#spaceLength(this.#at);
    if (this.text[this.#at] !== '=') {
      this.#mistake(`The '${found}' attribute has no value.`, nameOffset, element.name);
      return true;
    }
    this.#at++;
    this.#at += this.#spaceLength(this.#at);
    const quote = this.text[this.#at];
    if (quote !== '"' && quote !== "'") {
      this.#mistake(
        `The value of the '${found}' attribute is not in quotes.`,
        nameOffset,
        element.name,
      );
      return true;
    }
    const from = this.#at + 1;
    const to = this.#valueEnd(from, quote);
    if (to < 0) {
      this.#mistake(
        `The value of the '${found}' attribute is not closed.`,
        nameOffset,
        element.name,
      );
      return false;
    }
    this.#at = to + 1;
    this.mistakes.push(...strangeReferences(this.text, from, to, element.name));
    const text = decodeValue(this.text.slice(from, to), quote, this.format);
    this.#addAttribute(element, { name: found, text, offset: from, end: to, nameOffset });
    return true;
  }

  #addAttribute(element: PolicyElement, attribute: PolicyAttribute): void {
    if (element.attribute(attribute.name)) {
      this.#mistake(
        `'${attribute.name}' is a duplicate attribute name.`,
        attribute.nameOffset,
        element.name,
      );
    } else element.attributes.push(attribute);
  }

  /** Where the closing quote stands; quotes inside expressions do not count. */
  #valueEnd(from: number, quote: string): number {
    for (let at = from; at < this.text.length; at++) {
      if (this.text[at] === quote) return at;
      if (!startsExpression(this.text, at)) continue;
      const end = this.#expressionEnd(at);
      // An expression that closes only beyond the tag is none: quotes are counted as XML does.
      const close = end > 0 ? this.text.indexOf(quote, end) : -1;
      if (close >= 0 && !this.text.slice(end, close).includes('<')) at = end - 1;
      else return this.#quotes.find(from, quote);
    }
    return -1;
  }

  /** Behind the expression, or -1. A text full of expressions that do not close is not scanned to its end each time. */
  #expressionEnd(at: number): number {
    if (this.#unclosed > 100) return -1;
    const end = scanExpression(this.text, at);
    if (end < 0) this.#unclosed++;
    return end;
  }

  #spaceLength(at: number): number {
    space.lastIndex = at;
    return space.exec(this.text)![0].length;
  }
}
