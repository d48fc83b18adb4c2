import { invalidOperation } from '@isthmus/dotnet';
import type { NetType } from '../../binding/net-type.js';
import { defaultEquality, type EqualityComparer } from '../equality.js';

/** HashSet<T>: a removed item's place is taken by the next one added, as in .NET. */
export class NetSet implements Iterable<unknown> {
  private readonly index = new Map<unknown, number>();
  private places: ({ readonly item: unknown } | undefined)[] = [];
  private free: number[] = [];
  version = 0;

  constructor(
    readonly netType: NetType,
    readonly comparer: EqualityComparer = defaultEquality,
  ) {}

  get count(): number {
    return this.index.size;
  }

  has(item: unknown): boolean {
    return this.index.has(this.comparer.key(item));
  }

  add(item: unknown): boolean {
    const key = this.comparer.key(item);
    if (this.index.has(key)) return false;
    const place = this.free.pop() ?? this.places.length;
    this.places[place] = { item };
    this.index.set(key, place);
    this.version += 1;
    return true;
  }

  remove(item: unknown): boolean {
    const key = this.comparer.key(item);
    const at = this.index.get(key);
    if (at === undefined) return false;
    this.index.delete(key);
    this.places[at] = undefined;
    this.free.push(at);
    return true;
  }

  clear(): void {
    this.index.clear();
    this.places = [];
    this.free = [];
    this.version += 1;
  }

  *[Symbol.iterator](): Generator<unknown> {
    const { version } = this;
    for (let i = 0; i < this.places.length; i += 1) {
      const place = this.places[i];
      if (place !== undefined) yield place.item;
      if (version !== this.version)
        throw invalidOperation('Collection was modified; enumeration operation may not execute.');
    }
  }
}
