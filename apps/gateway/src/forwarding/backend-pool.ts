/** A member of a pool. Lower priorities are used first; weight shares calls within a priority. */
export interface PoolMember<B> {
  readonly backend: B;
  readonly priority: number;
  readonly weight: number;
}

/**
 * Chooses members of a pool: of those that are available, the group with the lowest priority takes
 * all calls, shared by weight in a smooth round robin.
 */
export class BackendPool<B> {
  readonly #members: readonly (PoolMember<B> & { credit: number })[];

  constructor(members: readonly PoolMember<B>[]) {
    this.#members = members.map((member) => ({ ...member, credit: 0 }));
  }

  get members(): readonly PoolMember<B>[] {
    return this.#members;
  }

  /** The next member, or undefined when none is available. */
  choose(isAvailable: (backend: B) => boolean): B | undefined {
    const available = this.#members.filter((member) => isAvailable(member.backend));
    const priority = Math.min(...available.map((member) => member.priority));
    const group = available.filter((member) => member.priority === priority);
    let total = 0;
    let best: (typeof group)[number] | undefined;
    for (const member of group) {
      member.credit += member.weight;
      total += member.weight;
      if (!best || member.credit > best.credit) best = member;
    }
    if (best) best.credit -= total;
    return best?.backend;
  }
}
