import { detectDate, detectDateOffset } from './date-text.js';
import { JsonPosition } from './json-position.js';
import { countWork } from '../work-meter.js';
import { JValue } from './j-value.js';
import { type FloatParseHandling, readNumber } from './read-number.js';
import { readString } from './read-string.js';
import { isBlank, TextCursor } from './text-cursor.js';

/** What the reader makes of strings that look like dates. */
export type DateParseHandling = 'None' | 'DateTime' | 'DateTimeOffset';

export interface JsonReaderOptions {
  readonly dates?: DateParseHandling;
  readonly floats?: FloatParseHandling;
  /** Whether numbers keep their digits (`JValue.source`). */
  readonly keepSource?: boolean;
  /** Nesting above which reading fails; null for none (Newtonsoft's default is 64). */
  readonly maxDepth?: number | null;
  /** Tokens above which reading fails; null for none (default 1,000,000). Newtonsoft has no such limit. */
  readonly maxTokens?: number | null;
}

/** A tree of a million tokens takes some 150 MB; of 60 MB of "{}," it would take all memory there is. */
const mostTokens = 1_000_000;

/** What a token costs of a budget of steps. */
const stepsOfToken = 10;

export function tokensAllowed({ maxTokens = mostTokens }: JsonReaderOptions): number {
  return maxTokens ?? Number.POSITIVE_INFINITY;
}

export function depthAllowed({ maxDepth = 64 }: JsonReaderOptions): number {
  return maxDepth ?? Number.POSITIVE_INFINITY;
}

export function tooManyTokens(allowed: number): string {
  return `The text holds more than ${allowed} tokens.`;
}

type Container = 'Object' | 'Array' | 'Constructor';

/** One token of JSON text. */
export type JsonToken =
  | { readonly kind: 'Start'; readonly container: Container; readonly name?: string }
  | { readonly kind: 'End'; readonly container: Container }
  | { readonly kind: 'PropertyName'; readonly name: string }
  | { readonly kind: 'Comment'; readonly text: string }
  | { readonly kind: 'Value'; readonly value: JValue };

const closers: Record<string, Container> = { '}': 'Object', ']': 'Array', ')': 'Constructor' };
const openers: Record<string, Container> = { '{': 'Object', '[': 'Array' };
const identifier = /[\p{L}\p{Nd}_$]/u;
interface Word {
  readonly text: string;
  readonly kind: string;
  readonly make: () => JValue;
}

const words: readonly Word[] = [
  { text: 'true', kind: 'boolean', make: () => new JValue(true, 'Boolean') },
  { text: 'false', kind: 'boolean', make: () => new JValue(false, 'Boolean') },
  { text: 'null', kind: 'null', make: () => JValue.null() },
  { text: 'undefined', kind: 'undefined', make: () => JValue.undefined() },
  { text: 'NaN', kind: 'NaN', make: () => JValue.float(Number.NaN) },
  {
    text: 'Infinity',
    kind: 'positive infinity',
    make: () => JValue.float(Number.POSITIVE_INFINITY),
  },
];

/**
 * JsonTextReader of Newtonsoft.Json 13: single quotes, names without quotes, comments, trailing
 * and doubled commas, constructors, octal and hexadecimal integers, NaN and Infinity.
 */
export class JsonReader {
  readonly where = new JsonPosition();
  readonly cursor: TextCursor;
  private state: 'value' | 'member' | 'after' | 'finished' = 'value';
  private tokensLeft: number;

  constructor(
    text: string,
    private readonly options: JsonReaderOptions = {},
  ) {
    this.cursor = new TextCursor(text, this.where);
    this.tokensLeft = tokensAllowed(options);
  }

  get depth(): number {
    return this.where.depth;
  }

  /** The next token; null at the end of the text. */
  read(): JsonToken | null {
    countWork(stepsOfToken);
    if (this.tokensLeft-- <= 0) throw this.cursor.error(tooManyTokens(tokensAllowed(this.options)));
    for (;;) {
      const before = this.state;
      const token = this.step();
      if (token || this.cursor.ended || before !== 'after') return token;
    }
  }

  private step(): JsonToken | null {
    this.cursor.skipBlanks();
    if (this.cursor.ended) return null;
    if (this.cursor.char === '/') return this.comment();
    switch (this.state) {
      case 'value':
        return this.value();
      case 'member':
        return this.member();
      case 'after':
        return this.afterValue();
      case 'finished':
        throw this.cursor.error(
          `Additional text encountered after finished reading JSON content: ${this.cursor.char}`,
        );
    }
  }

  private value(): JsonToken {
    const { cursor } = this;
    const char = cursor.char;
    const opens = openers[char];
    if (opens) {
      cursor.at++;
      return this.start(opens);
    }
    if (char === ']' || char === ')') return this.end(closers[char]!);
    if (char === '"' || char === "'") return this.scalar(this.text(readString(cursor)));
    // An empty place between commas; the comma itself is read after it.
    if (char === ',') return this.scalar(JValue.undefined());
    if (char === 'n') return this.nullOrConstructor();
    if (cursor.word('-Infinity')) return this.scalar(JValue.float(Number.NEGATIVE_INFINITY));
    const word = words.find(({ text }) => text.startsWith(char));
    if (word) return this.word(word);
    if (/[-.\d]/.test(char)) return this.number();
    throw this.unexpected();
  }

  private number(): JsonToken {
    const start = this.cursor.at;
    const value = readNumber(this.cursor, this.options.floats ?? 'Double');
    if (this.options.keepSource) value.source = this.cursor.text.slice(start, this.cursor.at);
    return this.scalar(value);
  }

  private nullOrConstructor(): JsonToken {
    const { cursor } = this;
    const next = cursor.text.charAt(cursor.at + 1);
    if (next === 'u') return this.word(words.find(({ text }) => text === 'null')!);
    if (next === 'e') return this.constructorStart();
    if (next !== '') throw this.unexpected();
    cursor.at++;
    throw cursor.error('Unexpected end when reading JSON');
  }

  // A word must end where it ends: `truex` is an error.
  private word({ text, kind, make }: Word): JsonToken {
    const { cursor } = this;
    for (const char of text) {
      if (cursor.ended) throw cursor.error('Unexpected end when reading JSON');
      if (cursor.char !== char) throw cursor.error(`Error parsing ${kind} value`);
      cursor.at++;
    }
    if (!cursor.ended && !/[\s,}\])/\0]/.test(cursor.char))
      throw cursor.error(`Error parsing ${kind} value`);
    return this.scalar(make());
  }

  private unexpected(): Error {
    return this.cursor.error(
      `Unexpected character encountered while parsing value: ${this.cursor.char}`,
    );
  }

  private text(text: string): JValue {
    const dates = this.options.dates ?? 'DateTime';
    if (dates === 'DateTime') {
      const date = detectDate(text);
      if (date) return new JValue(date, 'Date');
    } else if (dates === 'DateTimeOffset') {
      const date = detectDateOffset(text);
      if (date) return new JValue(date, 'Date');
    }
    return JValue.string(text);
  }

  private member(): JsonToken {
    const { cursor } = this;
    if (cursor.char === '}') return this.end('Object');
    const name = this.memberName();
    cursor.skipBlanks();
    if (cursor.char !== ':')
      throw cursor.error(
        cursor.ended
          ? 'Unexpected end when reading JSON'
          : `Invalid character after parsing property name. Expected ':' but got: ${cursor.char}`,
      );
    cursor.at++;
    this.where.property(name);
    this.state = 'value';
    return { kind: 'PropertyName', name };
  }

  private memberName(): string {
    const { cursor } = this;
    if (cursor.char === '"' || cursor.char === "'") return readString(cursor);
    if (!identifier.test(cursor.char))
      throw cursor.error(`Invalid property identifier character: ${cursor.char}`);
    const start = cursor.at;
    while (!cursor.ended && identifier.test(cursor.char)) cursor.at++;
    if (cursor.ended) throw cursor.error('Unexpected end while parsing unquoted property name');
    if (cursor.char !== ':' && !isBlank(cursor.char))
      throw cursor.error(`Invalid JavaScript property identifier character: ${cursor.char}`);
    return cursor.text.slice(start, cursor.at);
  }

  private afterValue(): JsonToken | null {
    const { cursor } = this;
    const closes = closers[cursor.char];
    if (closes) return this.end(closes);
    if (cursor.char !== ',')
      throw cursor.error(
        `After parsing a value an unexpected character was encountered: ${cursor.char}`,
      );
    cursor.at++;
    this.state = this.where.current === 'Object' ? 'member' : 'value';
    return null;
  }

  private start(container: Container, name?: string): JsonToken {
    const maxDepth = depthAllowed(this.options);
    this.where.push(container);
    if (this.depth > maxDepth)
      throw this.cursor.error(`The reader's MaxDepth of ${maxDepth} has been exceeded`);
    this.state = container === 'Object' ? 'member' : 'value';
    return { kind: 'Start', container, ...(name === undefined ? {} : { name }) };
  }

  private end(container: Container): JsonToken {
    this.cursor.at++;
    const open = this.where.pop();
    if (open !== container)
      throw this.cursor.error(
        `JsonToken End${container} is not valid for closing JsonType ${open ?? 'None'}`,
      );
    this.state = this.depth > 0 ? 'after' : 'finished';
    return { kind: 'End', container };
  }

  private scalar(value: JValue): JsonToken {
    this.where.finishedValue();
    this.state = this.depth > 0 ? 'after' : 'finished';
    return { kind: 'Value', value };
  }

  private constructorStart(): JsonToken {
    const { cursor } = this;
    if (!/^new\s/.test(cursor.text.slice(cursor.at, cursor.at + 4))) throw this.unexpected();
    cursor.at += 3;
    cursor.skipBlanks();
    const start = cursor.at;
    while (!cursor.ended && /[\p{L}\p{Nd}]/u.test(cursor.char)) cursor.at++;
    const name = cursor.text.slice(start, cursor.at);
    cursor.skipBlanks();
    if (cursor.char !== '(')
      throw cursor.error(
        cursor.ended
          ? 'Unexpected end while parsing constructor'
          : `Unexpected character while parsing constructor: ${cursor.char}`,
      );
    cursor.at++;
    return this.start('Constructor', name);
  }

  private comment(): JsonToken {
    const { cursor } = this;
    const block = cursor.text[cursor.at + 1] === '*';
    if (!block && cursor.text[cursor.at + 1] !== '/')
      throw cursor.error(
        `Error parsing comment. Expected: *, got ${cursor.text[cursor.at + 1] ?? ''}`,
      );
    const start = cursor.at + 2;
    cursor.at = start;
    if (block) {
      while (!cursor.ended && !cursor.text.startsWith('*/', cursor.at)) cursor.step();
      if (cursor.ended) throw cursor.error('Unexpected end while parsing comment');
      const text = cursor.text.slice(start, cursor.at);
      cursor.at += 2;
      return { kind: 'Comment', text };
    }
    while (!cursor.ended && cursor.char !== '\n' && cursor.char !== '\r') cursor.at++;
    return { kind: 'Comment', text: cursor.text.slice(start, cursor.at) };
  }
}
