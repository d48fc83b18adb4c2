import type { GroupTable } from './node.js';

/** Groups met while the pattern is read for the first time. */
export interface FoundGroups {
  /** Number of the next unnamed group. */
  autoNumber: number;
  readonly numbers: Set<number>;
  /** In order of appearance, once each. */
  readonly names: string[];
}

/** Named groups are numbered after all unnamed and explicitly numbered ones. */
export function makeGroupTable(found: FoundGroups): GroupTable {
  const numbers = new Set(found.numbers);
  const numberOfName = new Map<string, number>();
  let next = found.autoNumber;
  for (const name of found.names) {
    while (numbers.has(next)) next++;
    numbers.add(next);
    numberOfName.set(name, next);
  }
  return { numbers: [...numbers].toSorted((a, b) => a - b), numberOfName };
}
