import {
  keyNotFound,
  NetDictionary,
  type DictionaryView,
} from '../../runtime/collections/net-dictionary.js';
import type { NetType } from '../../binding/net-type.js';
import type { Pair } from '../../runtime/pair.js';
import { iterate } from '../../runtime/sequence.js';

/** A value as a dictionary: its own view, or one over its pairs (JObject is IDictionary<string, JToken>). */
export function viewOf(self: unknown): DictionaryView {
  if (
    self instanceof NetDictionary ||
    (typeof self === 'object' && self !== null && 'pairs' in self)
  )
    return self as DictionaryView;
  const pairs = (): Iterable<Pair> =>
    iterate(self, 'KeyValuePair<string,JToken>') as Iterable<Pair>;
  const find = (key: unknown): unknown => [...pairs()].find((p) => p.key === key)?.value;
  return {
    get count() {
      return [...pairs()].length;
    },
    has: (key) => find(key) !== undefined,
    find,
    missing: (key) => {
      throw keyNotFound(key);
    },
    pairs,
    [Symbol.iterator]: () => pairs()[Symbol.iterator](),
  };
}

/** Keys or Values of a dictionary. */
export class DictionaryPart implements Iterable<unknown> {
  netType: NetType | undefined;

  constructor(
    readonly view: DictionaryView,
    readonly part: 'key' | 'value',
  ) {}

  *[Symbol.iterator](): Generator<unknown> {
    for (const pair of this.view.pairs()) yield pair[this.part];
  }
}
