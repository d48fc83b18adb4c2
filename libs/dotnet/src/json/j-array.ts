import { argumentException } from '../dotnet-error.js';
import { JContainer, listIndex } from './j-container.js';
import { argumentOutOfRange } from '../dotnet-error.js';
import { indexKey, keyText } from './key.js';
import type { JToken } from './j-token.js';
import type { JTokenType } from './j-token-type.js';
import { COPIED_NODE, countWork } from '../work-meter.js';

/** Newtonsoft.Json.Linq.JArray. */
export class JArray extends JContainer {
  /** `content`: pieces as the constructor's `params object[]` takes them. */
  constructor(content: Iterable<unknown> = []) {
    super();
    this.add([...content]);
  }

  // Accessors: a tree has many nodes, and each would carry fields.
  override get type(): JTokenType {
    return 'Array';
  }

  override get className(): string {
    return 'JArray';
  }

  [Symbol.iterator](): Iterator<JToken> {
    return this.items[Symbol.iterator]();
  }

  /** The element at an index. */
  at(index: number): JToken {
    const item = this.items[index];
    if (!item) throw argumentOutOfRange('index', listIndex);
    return item;
  }

  override get(key: unknown): JToken | null {
    return this.at(this.requireIndex(key, 'Accessed'));
  }

  override set(key: unknown, value: JToken | null): void {
    this.setItem(this.requireIndex(key, 'Set'), value);
  }

  override deepClone(): JArray {
    countWork(COPIED_NODE * (1 + this.items.length));
    const copy = new JArray();
    for (const item of this.items) copy.append(item.deepClone());
    return copy;
  }

  private requireIndex(key: unknown, verb: 'Accessed' | 'Set'): number {
    const index = indexKey(key);
    if (index !== null) return index;
    throw argumentException(
      `${verb} JArray values with invalid key value: ${keyText(key)}. Int32 array index expected.`,
    );
  }
}
