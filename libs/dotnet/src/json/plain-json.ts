import { countText, countWork } from '../work-meter.js';
import { detectDate } from './date-text.js';
import { JArray } from './j-array.js';
import type { JContainer } from './j-container.js';
import { JObject } from './j-object.js';
import type { JToken } from './j-token.js';
import { JValue } from './j-value.js';
import { JsonPosition, readerError } from './json-position.js';
import { depthAllowed, tokensAllowed, tooManyTokens } from './json-reader.js';
import type { ParseOptions } from './parse.js';
import { readString } from './read-string.js';
import { TextCursor } from './text-cursor.js';

/** What a token of plain JSON costs of a budget of steps, and after how many it is counted. */
const stepsOfToken = 3;
const countedEvery = 1024;
const stepsOfDate = 20;

/** Longest whole number that a double holds exactly. */
const exactDigits = 15;

const words: readonly (readonly [number, string, () => JValue])[] = [
  [116, 'true', () => new JValue(true, 'Boolean')],
  [102, 'false', () => new JValue(false, 'Boolean')],
  [110, 'null', () => JValue.null()],
];
const floatForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The tree of text that is JSON of RFC 8259, as nearly all is; undefined for anything else that Newtonsoft may take
 * or has to say something about. Several times as fast as JsonReader, which says where and what is wrong.
 */
export function loadPlain(text: string, options: ParseOptions): JToken | undefined {
  const { dates = 'DateTime', floats = 'Double', comments, duplicates } = options;
  if (dates === 'DateTimeOffset' || floats === 'Decimal' || options.keepSource) return undefined;
  if (comments === 'Load' || (duplicates !== undefined && duplicates !== 'Replace'))
    return undefined;
  countText(text.length);
  const loader = new PlainLoader(text, dates === 'DateTime', tokensAllowed(options));
  return loader.load(depthAllowed(options), options.rest === 'unread');
}

class PlainLoader {
  private at = 0;
  private tokens = 0;
  private top: JContainer | null = null;
  /** The name under which the next value of the object on top stands. */
  private name = '';

  constructor(
    private readonly text: string,
    private readonly findDates: boolean,
    private readonly mostTokens: number,
  ) {}

  load(maxDepth: number, restUnread: boolean): JToken | undefined {
    let depth = 0;
    let root: JToken | undefined;
    for (;;) {
      const code = this.next();
      this.count();
      const opens = code === 123 || code === 91;
      const token = opens ? this.container(code) : this.scalar(code);
      if (!token) return undefined;
      root ??= token;
      this.place(token);
      if (opens) {
        if (++depth > maxDepth) return undefined;
        this.top = token as JContainer;
        const first = this.next();
        if (first !== (code === 123 ? 125 : 93)) {
          if (code === 123 && !this.member()) return undefined;
          continue;
        }
      }
      // Ends what ends here; stands before the next value or behind the last one.
      while (this.top && this.ends()) depth--;
      if (!this.top) break;
      if (!this.separated()) return undefined;
    }
    countWork((this.tokens % countedEvery) * stepsOfToken);
    if (!restUnread && !Number.isNaN(this.next())) return undefined;
    return root;
  }

  /** Skips blanks and gives the code of what comes; NaN at the end. */
  private next(): number {
    const { text } = this;
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
      this.at++;
    }
  }

  private count(): void {
    if (++this.tokens % countedEvery === 0) countWork(countedEvery * stepsOfToken);
    if (this.tokens > this.mostTokens) throw readerError(tooManyTokens(this.mostTokens), null);
  }

  private container(code: number): JContainer {
    this.at++;
    return code === 123 ? new JObject() : new JArray();
  }

  private place(token: JToken): void {
    const { top } = this;
    if (top instanceof JObject) top.load(this.name, token);
    else top?.adopt(token);
  }

  /** Whether the container on top ends here; then its own container is on top. */
  private ends(): boolean {
    const code = this.next();
    if (code !== (this.top instanceof JObject ? 125 : 93)) return false;
    this.at++;
    this.count();
    const { parent } = this.top!;
    this.top = parent?.type === 'Property' ? parent.parent : parent;
    return true;
  }

  /** Reads the comma between two values, and the name of the second in an object. */
  private separated(): boolean {
    if (this.text.charCodeAt(this.at) !== 44) return false;
    this.at++;
    if (!(this.top instanceof JObject)) return true;
    this.next();
    return this.member();
  }

  /** Reads a name and its colon. */
  private member(): boolean {
    if (this.text.charCodeAt(this.at) !== 34) return false;
    const name = this.string();
    if (name === undefined || this.next() !== 58) return false;
    this.at++;
    this.name = name;
    this.count();
    return true;
  }

  private scalar(code: number): JValue | undefined {
    if (code === 34) {
      const text = this.string();
      if (text === undefined) return undefined;
      return this.findDates && mayBeDate(text) ? dateOrText(text) : JValue.string(text);
    }
    if (code === 45 || (code >= 48 && code <= 57)) return this.number(code);
    for (const [first, word, make] of words) {
      if (code !== first || !this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return this.endsHere() ? make() : undefined;
    }
    return undefined;
  }

  /** Numbers and words end before a comma, a bracket, a blank or the end. */
  private endsHere(): boolean {
    const code = this.text.charCodeAt(this.at);
    const separator = code === 44 || code === 125 || code === 93 || code === 32;
    return separator || code === 10 || code === 13 || code === 9 || Number.isNaN(code);
  }

  private number(first: number): JValue | undefined {
    const { text } = this;
    const start = this.at;
    let at = first === 45 ? start + 1 : start;
    let whole = 0;
    const digits = at;
    for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(++at))
      if (at - digits <= exactDigits) whole = whole * 10 + code - 48;
    this.at = at;
    const length = at - digits;
    const octal = length > 1 && text.charCodeAt(digits) === 48;
    if (length > 0 && length <= exactDigits && !octal && this.endsHere())
      return new JValue(BigInt(first === 45 ? -whole : whole), 'Integer', 'long');
    return octal || length > 300 ? undefined : this.otherNumber(start);
  }

  private otherNumber(start: number): JValue | undefined {
    floatForm.lastIndex = start;
    const digits = floatForm.exec(this.text)?.[0];
    if (digits === undefined) return undefined;
    this.at = start + digits.length;
    if (!this.endsHere()) return undefined;
    return /[.eE]/.test(digits) ? JValue.float(Number(digits)) : JValue.integer(BigInt(digits));
  }

  /** Reads a string; the place is its opening quote. */
  private string(): string | undefined {
    const { text } = this;
    const start = this.at + 1;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code === 34) {
        this.at = at + 1;
        return text.slice(start, at);
      }
      if (code === 92) return this.escaped(start, at);
      if (Number.isNaN(code)) return undefined;
    }
  }

  /** Strings with escapes: the engine undoes them, but for surrogates and characters that it refuses. */
  private escaped(start: number, firstEscape: number): string | undefined {
    const { text } = this;
    let at = firstEscape;
    let strange = false;
    for (let code = text.charCodeAt(at); code !== 34; code = text.charCodeAt(++at)) {
      if (Number.isNaN(code)) return undefined;
      if (code !== 92) continue;
      at++;
      // \ud800 to \udfff may stand alone.
      strange ||=
        text.charCodeAt(at) === 117 &&
        (text.charCodeAt(at + 1) | 32) === 100 &&
        text.charCodeAt(at + 2) > 55;
    }
    this.at = at + 1;
    countWork((at - start) >> 4);
    if (!strange)
      try {
        return JSON.parse(text.slice(start - 1, at + 1)) as string;
      } catch {
        // Line ends and the like stand in it: Newtonsoft takes them.
      }
    return this.byReader(start - 1);
  }

  private byReader(start: number): string | undefined {
    const cursor = new TextCursor(this.text, new JsonPosition());
    cursor.at = start;
    try {
      const text = readString(cursor);
      return cursor.at === this.at ? text : undefined;
    } catch {
      return undefined;
    }
  }
}

function dateOrText(text: string): JValue {
  countWork(stepsOfDate);
  const date = detectDate(text);
  return date ? new JValue(date, 'Date') : JValue.string(text);
}

/** Quick: `2020-01-02T03:04:05…` and `/Date(…)/` only. */
function mayBeDate(text: string): boolean {
  const { length } = text;
  if (length < 7) return false;
  return (
    text.charCodeAt(0) === 47 ||
    (length >= 19 && length <= 40 && text.charCodeAt(10) === 84 && text.charCodeAt(4) === 45)
  );
}
