import { iterate, NetSequence } from './sequence.js';

/** IEnumerator<T>: a place in a sequence, before the first item until MoveNext is called. */
export class NetEnumerator extends NetSequence {
  #iterator: Iterator<unknown> | undefined;
  #current: { readonly item: unknown } | undefined;

  constructor(private readonly source: () => Iterator<unknown>) {
    super(source);
  }

  moveNext(): boolean {
    this.#iterator ??= this.source();
    const next = this.#iterator.next();
    this.#current = next.done === true ? undefined : { item: next.value };
    return this.#current !== undefined;
  }

  /** The item at the place, or `otherwise` before the first and after the last one. */
  current(otherwise: unknown): unknown {
    return this.#current === undefined ? otherwise : this.#current.item;
  }

  reset(): void {
    this.#iterator = undefined;
    this.#current = undefined;
  }
}

/** GetEnumerator() of anything that can be enumerated. */
export function enumeratorOf(source: unknown, itemType: string | null = null): NetEnumerator {
  return new NetEnumerator(() => iterate(source, itemType)[Symbol.iterator]());
}
