import type { NameValues } from '@isthmus/policy-expressions';

interface Parameter {
  readonly name: string;
  readonly value: string;
  /** As written by the sender, so that untouched parameters leave as they came. */
  readonly raw: string;
}

/**
 * The query of a URL as an ordered list of parameters. Untouched parameters keep order, repetition and
 * encoding byte for byte; names are compared without case, as the gateway's dictionaries do.
 */
export class Query implements NameValues {
  #raw: string;
  #parameters: Parameter[] | undefined;

  /** `raw` with or without its leading question mark. */
  constructor(raw = '') {
    this.#raw = raw.charCodeAt(0) === 0x3f ? raw.slice(1) : raw;
  }

  #list(): Parameter[] {
    return (this.#parameters ??=
      this.#raw === ''
        ? []
        : this.#raw
            .split('&')
            .filter((part) => part !== '')
            .map(parseParameter));
  }

  /** True without any parameter. */
  get isEmpty(): boolean {
    return this.#raw === '';
  }

  /** Values of a name in order, decoded; undefined when it does not occur. */
  get(name: string): readonly string[] | undefined {
    if (this.#raw === '') return undefined;
    const key = name.toLowerCase();
    const found = this.#list().filter((parameter) => parameter.name.toLowerCase() === key);
    return found.length > 0 ? found.map((parameter) => parameter.value) : undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Distinct names in order of first appearance (spelling of the first) with their values. */
  entries(): [string, string[]][] {
    const byKey = new Map<string, [string, string[]]>();
    for (const { name, value } of this.#list()) {
      const entry = byKey.get(name.toLowerCase());
      if (entry) entry[1].push(value);
      else byKey.set(name.toLowerCase(), [name, [value]]);
    }
    return [...byKey.values()];
  }

  /** Distinct names in order of first appearance. */
  names(): Iterable<string> {
    return this.entries().map(([name]) => name);
  }

  /** Replaces the name's parameters where the first stood, or adds them at the end. */
  set(name: string, values: readonly string[]): void {
    const key = name.toLowerCase();
    const parameters: Parameter[] = [];
    let placed = false;
    const place = (): void => {
      for (const value of values) parameters.push(makeParameter(name, value));
      placed = true;
    };
    for (const parameter of this.#list()) {
      if (parameter.name.toLowerCase() !== key) parameters.push(parameter);
      else if (!placed) place();
    }
    if (!placed) place();
    this.#replace(parameters);
  }

  append(name: string, value: string): void {
    this.#replace([...this.#list(), makeParameter(name, value)]);
  }

  delete(name: string): void {
    const key = name.toLowerCase();
    this.#replace(this.#list().filter((parameter) => parameter.name.toLowerCase() !== key));
  }

  /** Adds the parameters of another query as they are written there. */
  copyFrom(other: Query, wanted: (name: string) => boolean): void {
    this.#replace([
      ...this.#list(),
      ...other.#list().filter((parameter) => wanted(parameter.name)),
    ]);
  }

  #replace(parameters: Parameter[]): void {
    this.#parameters = parameters;
    let raw = '';
    for (const parameter of parameters) raw += raw === '' ? parameter.raw : `&${parameter.raw}`;
    this.#raw = raw;
  }

  clone(): Query {
    const copy = new Query(this.#raw);
    // Lists are replaced and never changed.
    copy.#parameters = this.#parameters;
    return copy;
  }

  /** `?a=1&b=2`, or the empty string. */
  toString(): string {
    return this.#raw === '' ? '' : `?${this.#raw}`;
  }
}

function parseParameter(raw: string): Parameter {
  const equals = raw.indexOf('=');
  return equals < 0
    ? { name: decodeQuery(raw), value: '', raw }
    : { name: decodeQuery(raw.slice(0, equals)), value: decodeQuery(raw.slice(equals + 1)), raw };
}

function makeParameter(name: string, value: string): Parameter {
  return { name, value, raw: `${percentEncoded(name)}=${percentEncoded(value)}` };
}

/** As encodeURIComponent, which most texts need not. */
export function percentEncoded(text: string): string {
  return isUnreserved(text) ? text : encodeURIComponent(text);
}

/** Letters, digits and `-._~` alone (RFC 3986 section 2.3). */
function isUnreserved(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = code | 0x20;
    if (letter >= 0x61 && letter <= 0x7a && code < 0x7b) continue;
    if (code >= 0x30 && code <= 0x39) continue;
    if (code !== 0x2d && code !== 0x2e && code !== 0x5f && code !== 0x7e) return false;
  }
  return true;
}

/** Percent-decoding of a query part; malformed escapes stay as they are. */
function decodeQuery(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
