import type { NameValues } from '@isthmus/policy-expressions';

/** Above this number of fields names that occur twice are found by a set, not by looking at all pairs. */
const many = 32;

/**
 * The header fields of a message: names without case, order of arrival, duplicates kept as separate
 * fields. One flat list, as the wire has it: a message that no policy touches goes on without a copy,
 * and a look-up compares the few names of the right length.
 */
export class Headers implements NameValues {
  #raw: string[];
  #clean: boolean;

  constructor(raw: string[] = [], clean = true) {
    this.#raw = raw;
    this.#clean = clean;
  }

  /** From `[name, value]` pairs in wire order; a name may repeat. */
  static from(pairs: Iterable<readonly [string, string | readonly string[]]>): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) {
      if (typeof value === 'string') headers.append(name, value);
      else for (const one of value) headers.append(name, one);
    }
    return headers;
  }

  /** From what a parser of HTTP gave: name, value, name, value, … The list belongs to the headers from now on. */
  static fromRaw(raw: string[]): Headers {
    return new Headers(raw);
  }

  /** Name, value, name, value, … one pair for each field; to be read only. */
  get raw(): readonly string[] {
    return this.#raw;
  }

  /** True when every field may go on a wire as it is: it came from a parser, or was looked at when it was set. */
  get clean(): boolean {
    return this.#clean;
  }

  /** Number of different names. */
  get size(): number {
    let size = 0;
    this.forEach(() => (size += 1));
    return size;
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0;
  }

  /** All values joined by a comma, or undefined. */
  text(name: string): string | undefined {
    const raw = this.#raw;
    let at = this.#find(name, 0);
    if (at < 0) return undefined;
    let text = raw[at + 1]!;
    while ((at = this.#find(name, at + 2)) >= 0) text += `,${raw[at + 1]!}`;
    return text;
  }

  get(name: string): readonly string[] | undefined {
    let at = this.#find(name, 0);
    if (at < 0) return undefined;
    const values = [this.#raw[at + 1]!];
    while ((at = this.#find(name, at + 2)) >= 0) values.push(this.#raw[at + 1]!);
    return values;
  }

  /** In order of arrival, in their first spelling. */
  names(): Iterable<string> {
    const names: string[] = [];
    this.forEach((name) => names.push(name));
    return names;
  }

  /** Replaces all values where the first one stood; an empty list deletes the header. */
  set(name: string, values: string | readonly string[]): void {
    if (typeof values === 'string') this.#replace(name, values);
    else if (values.length === 0) this.delete(name);
    else if (values.length === 1) this.#replace(name, values[0]!);
    else {
      const at = this.#replace(name, values[0]!);
      const more = values.slice(1).flatMap((value) => [name, value]);
      for (const value of values) this.#look(name, value);
      this.#raw.splice(at + 2, 0, ...more);
    }
  }

  /** Like `set`, for what was looked at before: a token as name and a value that is `isWireText`. */
  put(name: string, value: string): void {
    this.#place(name, value);
  }

  append(name: string, value: string): void {
    this.#look(name, value);
    this.#raw.push(name, value);
  }

  delete(name: string): boolean {
    const at = this.#find(name, 0);
    if (at < 0) return false;
    this.#removeFrom(at, name);
    return true;
  }

  clone(): Headers {
    return new Headers(this.#raw.slice(), this.#clean);
  }

  /** Name as first written, with its values, in order. */
  *[Symbol.iterator](): IterableIterator<[string, readonly string[]]> {
    const fields: [string, readonly string[]][] = [];
    this.forEach((name, values) => fields.push([name, values]));
    yield* fields;
  }

  /** Visits every name in order of its first appearance, with all its values. */
  forEach(visit: (name: string, values: readonly string[]) => void): void {
    const raw = this.#raw;
    const seen = raw.length > 2 * many ? new Set<string>() : undefined;
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at]!;
      if (seen) {
        const key = name.toLowerCase();
        if (seen.has(key)) continue;
        seen.add(key);
      } else if (this.#find(name, 0) < at) continue;
      visit(name, this.get(name)!);
    }
  }

  /** A copy of the flat list: name, value, name, value, … */
  toRaw(): string[] {
    return this.#raw.slice();
  }

  /** Puts a value in the place of all that there are, or at the end. Gives its place. */
  #replace(name: string, value: string): number {
    this.#look(name, value);
    return this.#place(name, value);
  }

  #place(name: string, value: string): number {
    const raw = this.#raw;
    const at = this.#find(name, 0);
    if (at < 0) return raw.push(name, value) - 2;
    raw[at] = name;
    raw[at + 1] = value;
    const again = this.#find(name, at + 2);
    if (again >= 0) this.#removeFrom(again, name);
    return at;
  }

  /** Takes out the field at a place and all later ones of its name. */
  #removeFrom(first: number, name: string): void {
    const raw = this.#raw;
    let to = first;
    for (let at = first + 2; at < raw.length; at += 2) {
      if (isSameName(raw[at]!, name)) continue;
      raw[to] = raw[at]!;
      raw[to + 1] = raw[at + 1]!;
      to += 2;
    }
    // V8 sets the length of an array by a call out of compiled code, and pops without.
    while (raw.length > to) raw.pop();
  }

  #look(name: string, value: string): void {
    if (this.#clean && !(isWireText(value) && isHeaderName(name))) this.#clean = false;
  }

  #find(name: string, from: number): number {
    const raw = this.#raw;
    for (let at = from; at < raw.length; at += 2) if (isSameName(raw[at]!, name)) return at;
    return -1;
  }
}

/** Whether two field names are one; letters of ASCII differ in case only. */
export function isSameName(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  if (one === other) return true;
  // Names that differ mostly differ at their ends.
  for (let at = one.length - 1; at >= 0; at--) {
    const a = one.charCodeAt(at);
    const b = other.charCodeAt(at);
    if (a === b) continue;
    const letter = a | 0x20;
    if (letter !== (b | 0x20) || letter < 0x61 || letter > 0x7a) return false;
  }
  return true;
}

/** Headers whose values stay separate fields when there are several (set-header policy reference). */
export const separateHeaders: ReadonlySet<string> = new Set([
  'user-agent',
  'www-authenticate',
  'proxy-authenticate',
  'cookie',
  'set-cookie',
  'warning',
  'date',
  'expires',
  'last-modified',
  'if-modified-since',
  'if-unmodified-since',
  'retry-after',
]);

/** Latin-1 without control characters but tab: what a field value holds on the wire (RFC 9110 section 5.5). */
export function isWireText(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code > 0xff || code === 0x7f || (code < 0x20 && code !== 0x09)) return false;
  }
  return true;
}

/** What a field value must never hold: it would end the field on the wire (RFC 9110 section 5.5). */
export function isSafeHeaderValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 0 || code === 10 || code === 13) return false;
  }
  return true;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Names that were looked at; a configuration sets the same few for every call. */
const knownNames = new Set<string>();

/** RFC 9110 token. */
export function isHeaderName(name: string): boolean {
  if (knownNames.has(name)) return true;
  const valid = token.test(name);
  if (valid && knownNames.size < 1000) knownNames.add(name);
  return valid;
}
