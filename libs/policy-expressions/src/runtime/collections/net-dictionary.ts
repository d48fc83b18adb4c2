import { argumentException, argumentNull, DotNetError, invalidOperation } from '@isthmus/dotnet';
import { named, netType } from '../../binding/catalogue.js';
import { namedType, type NetType } from '../../binding/net-type.js';
import { box } from '../runtime-type.js';
import { defaultEquality, type EqualityComparer } from '../equality.js';
import { Pair } from '../pair.js';
import { textOf } from '../text.js';

/** What IReadOnlyDictionary and IDictionary members need of a value: also the views on headers, variables and JObject. */
export interface DictionaryView extends Iterable<unknown> {
  readonly count: number;
  has(key: unknown): boolean;
  /** undefined when the key is missing. */
  find(key: unknown): unknown;
  /** What the indexer does with a missing key: throws, or gives null. */
  missing(key: unknown): unknown;
  pairs(): Iterable<Pair>;
}

export function keyNotFound(key: unknown): DotNetError {
  return new DotNetError(
    'System.Collections.Generic.KeyNotFoundException',
    `The given key '${textOf(key)}' was not present in the dictionary.`,
  );
}

/** Dictionary<K, V>: like .NET's, a removed entry's place is taken by the next one added. */
export class NetDictionary implements DictionaryView {
  private readonly index = new Map<unknown, number>();
  private entries: (Pair | undefined)[] = [];
  private free: number[] = [];
  version = 0;

  constructor(
    readonly netType: NetType,
    readonly comparer: EqualityComparer = defaultEquality,
  ) {}

  get count(): number {
    return this.index.size;
  }

  has(key: unknown): boolean {
    return this.index.has(this.keyOf(key));
  }

  find(key: unknown): unknown {
    const at = this.index.get(this.keyOf(key));
    return at === undefined ? undefined : this.entries[at]!.value;
  }

  missing(key: unknown): never {
    throw keyNotFound(box(key, this.keyType));
  }

  private get keyType(): NetType {
    return this.netType.kind === 'named'
      ? (this.netType.args[0] ?? netType('object'))
      : netType('object');
  }

  set(key: unknown, value: unknown): void {
    const hash = this.keyOf(key);
    const at = this.index.get(hash);
    this.version += 1;
    if (at !== undefined) {
      this.entries[at] = new Pair(this.entries[at]!.key, value);
      return;
    }
    const place = this.free.pop() ?? this.entries.length;
    this.entries[place] = new Pair(key, value);
    this.index.set(hash, place);
  }

  add(key: unknown, value: unknown): void {
    if (this.has(key))
      throw argumentException(
        `An item with the same key has already been added. Key: ${textOf(box(key, this.keyType))}`,
      );
    this.set(key, value);
  }

  remove(key: unknown): boolean {
    const hash = this.keyOf(key);
    const at = this.index.get(hash);
    if (at === undefined) return false;
    this.index.delete(hash);
    this.entries[at] = undefined;
    this.free.push(at);
    return true;
  }

  clear(): void {
    this.index.clear();
    this.entries = [];
    this.free = [];
    this.version += 1;
  }

  *pairs(): Generator<Pair> {
    const { version } = this;
    for (let i = 0; i < this.entries.length; i += 1) {
      const entry = this.entries[i];
      if (entry !== undefined) yield entry;
      if (version !== this.version)
        throw invalidOperation('Collection was modified; enumeration operation may not execute.');
    }
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.pairs();
  }

  private keyOf(key: unknown): unknown {
    if (key === null) throw argumentNull('key');
    return this.comparer.key(key);
  }
}

/** A `Dictionary<K, V>` of raw entries: `newDictionary('string', 'object')`. */
export function newDictionary(
  key: string | NetType,
  value: string | NetType,
  entries: Iterable<readonly [unknown, unknown]> = [],
): NetDictionary {
  const args = [key, value].map((t) => (typeof t === 'string' ? netType(t) : t));
  const dictionary = new NetDictionary(
    namedType(named('Dictionary<object,object>').definition, args),
  );
  for (const [k, v] of entries) dictionary.set(k, v);
  return dictionary;
}
