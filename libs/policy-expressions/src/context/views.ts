import { argumentNull, Uri } from '@isthmus/dotnet';
import { netType } from '../binding/catalogue.js';
import type { NetType } from '../binding/net-type.js';
import { keyNotFound, type DictionaryView } from '../runtime/collections/net-dictionary.js';
import { Pair } from '../runtime/pair.js';
import { newArray } from '../runtime/runtime-type.js';
import type { MessageBody, NameValues, ResponseView, UrlView } from './expression-context.js';

/** IResponse: the response of the call, or one that send-request stored in a variable. */
export class NetResponse {
  constructor(readonly view: ResponseView) {}
}

/** IUrl. */
export class NetUrl {
  constructor(readonly view: UrlView) {}

  /** The whole URL; the port is left out where it is the scheme's own. */
  get text(): string {
    const { scheme, host, port, path, queryString } = this.view;
    const usual = (scheme === 'https' && port === 443) || (scheme === 'http' && port === 80);
    return `${scheme}://${host}${usual ? '' : `:${port}`}${path}${queryString}`;
  }

  uri(): Uri {
    return Uri.parse(this.text);
  }
}

/** IMessageBody. */
export class NetBody {
  constructor(readonly body: MessageBody) {}

  /** The bytes; without `preserve` the body is empty afterwards. */
  take(preserve: boolean): Uint8Array {
    if (this.body.consumed) return new Uint8Array(0);
    if (!preserve) this.body.consumed = true;
    return this.body.bytes;
  }
}

function required(key: unknown): string {
  if (key === null || key === undefined) throw argumentNull('key');
  return key as string;
}

/** A type that is read once, when the catalogue is complete. */
export function lateType(text: string): () => NetType {
  let type: NetType | undefined;
  return () => (type ??= netType(text));
}

const nameValuesType = lateType('IReadOnlyDictionary<string,string[]>');

/** Headers and query parameters as IReadOnlyDictionary<string, string[]>. */
export class NameValuesView implements DictionaryView {
  readonly netType = nameValuesType();

  constructor(private readonly values: NameValues) {}

  get count(): number {
    return [...this.values.names()].length;
  }

  has(key: unknown): boolean {
    return this.values.get(required(key)) !== undefined;
  }

  find(key: unknown): unknown {
    const found = this.values.get(required(key));
    return found === undefined ? undefined : newArray('string', [...found]);
  }

  /** The values joined by a comma, as GetValueOrDefault gives them. */
  joined(key: string): string | undefined {
    const found = this.values.get(required(key));
    return found === undefined ? undefined : found.length === 1 ? found[0]! : found.join(',');
  }

  missing(key: unknown): never {
    throw keyNotFound(key);
  }

  *pairs(): Generator<Pair> {
    for (const name of this.values.names()) yield new Pair(name, this.find(name));
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.pairs();
  }
}

/** A map as a read-only dictionary; `whenMissing` says what the indexer does. */
export class MapView implements DictionaryView {
  constructor(
    readonly netType: NetType,
    private readonly map: ReadonlyMap<string, unknown>,
    private readonly wrap: (value: unknown) => unknown = (value) => value,
    private readonly whenMissing: 'throws' | 'null' = 'throws',
  ) {}

  get count(): number {
    return this.map.size;
  }

  has(key: unknown): boolean {
    return this.map.has(required(key));
  }

  find(key: unknown): unknown {
    const value = this.map.get(required(key));
    return value === undefined && !this.map.has(key as string) ? undefined : this.wrap(value);
  }

  missing(key: unknown): unknown {
    if (this.whenMissing === 'null') return null;
    throw keyNotFound(key);
  }

  *pairs(): Generator<Pair> {
    for (const [key, value] of this.map) yield new Pair(key, this.wrap(value));
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.pairs();
  }
}

/**
 * One wrapper for each wrapped object: `context.Request.Url == context.Request.Url`. It is kept on the object
 * itself: most of them live for one request, and weak maps with such keys cost the garbage collector a third of
 * a pipeline's time.
 */
export function cached<K extends object, V extends object>(
  make: (key: K) => V,
): (key: K | null | undefined) => V | null {
  const wrapper = Symbol('wrapper');
  const ofFrozen = new WeakMap<K, V>();
  return (key) => {
    if (key === null || key === undefined) return null;
    const holder = key as { [wrapper]?: V };
    const known = holder[wrapper];
    if (known !== undefined) return known;
    if (Object.isExtensible(key)) return (holder[wrapper] = make(key));
    const former = ofFrozen.get(key);
    if (former !== undefined) return former;
    const value = make(key);
    ofFrozen.set(key, value);
    return value;
  };
}

export const headersOf = cached((values: NameValues) => new NameValuesView(values));
export const urlOf = cached((view: UrlView) => new NetUrl(view));
export const bodyOf = cached((body: MessageBody) => new NetBody(body));
export const responseOf = cached((view: ResponseView) => new NetResponse(view));
