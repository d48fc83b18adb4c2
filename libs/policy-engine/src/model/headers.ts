import type { NameValues } from '@isthmus/policy-expressions';

interface Entry {
  name: string;
  values: string[];
}

/**
 * The header fields of a message: names without case (spelling of the first writer kept), order of
 * first appearance, duplicates kept as separate values.
 */
export class Headers implements NameValues {
  readonly #entries = new Map<string, Entry>();

  /** From `[name, value]` pairs in wire order; a name may repeat. */
  static from(pairs: Iterable<readonly [string, string | readonly string[]]>): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) {
      if (typeof value === 'string') headers.append(name, value);
      else for (const one of value) headers.append(name, one);
    }
    return headers;
  }

  /** From Node's `rawHeaders`: name, value, name, value, … */
  static fromRaw(raw: readonly string[]): Headers {
    const headers = new Headers();
    for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i]!, raw[i + 1]!);
    return headers;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** All values joined by a comma, or undefined. */
  text(name: string): string | undefined {
    const entry = this.#entries.get(name.toLowerCase());
    if (!entry) return undefined;
    return entry.values.length === 1 ? entry.values[0] : entry.values.join(',');
  }

  get(name: string): readonly string[] | undefined {
    return this.#entries.get(name.toLowerCase())?.values;
  }

  /** In order of arrival, in their first spelling. */
  *names(): IterableIterator<string> {
    for (const entry of this.#entries.values()) yield entry.name;
  }

  /** Replaces all values; an empty list deletes the header. */
  set(name: string, values: string | readonly string[]): void {
    const list = typeof values === 'string' ? [values] : [...values];
    if (list.length === 0) {
      this.delete(name);
      return;
    }
    const key = name.toLowerCase();
    const entry = this.#entries.get(key);
    if (entry) {
      entry.name = name;
      entry.values = list;
    } else this.#entries.set(key, { name, values: list });
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase();
    const entry = this.#entries.get(key);
    if (entry) entry.values.push(value);
    else this.#entries.set(key, { name, values: [value] });
  }

  delete(name: string): boolean {
    return this.#entries.delete(name.toLowerCase());
  }

  clone(): Headers {
    const copy = new Headers();
    for (const [key, entry] of this.#entries)
      copy.#entries.set(key, { name: entry.name, values: [...entry.values] });
    return copy;
  }

  /** Name as first written, with its values, in order. */
  *[Symbol.iterator](): IterableIterator<[string, readonly string[]]> {
    for (const entry of this.#entries.values()) yield [entry.name, entry.values];
  }

  /** Visits every field in order, without making an object for each; `key` is the name in lower case. */
  forEach(visit: (name: string, values: readonly string[], key: string) => void): void {
    this.#entries.forEach((entry, key) => visit(entry.name, entry.values, key));
  }

  /** Flat list for Node: name, value, name, value, … one pair for each value. */
  toRaw(): string[] {
    const raw: string[] = [];
    for (const { name, values } of this.#entries.values())
      for (const value of values) raw.push(name, value);
    return raw;
  }
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

/** What a field value must never hold: it would end the field on the wire (RFC 9110 section 5.5). */
export function isSafeHeaderValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 0 || code === 10 || code === 13) return false;
  }
  return true;
}

/** RFC 9110 token. */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}
