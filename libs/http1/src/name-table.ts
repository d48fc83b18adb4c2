/**
 * Field names that mean something, without regard to case. Most fields of a message mean nothing here, and few known
 * names have the length of such a field: it is told apart without a hash and without a copy in lower case.
 */
export class NameTable<T> {
  readonly #byLength: (readonly [string, T][] | undefined)[] = [];

  constructor(entries: Iterable<readonly [string, T]>) {
    const lengths = new Map<number, [string, T][]>();
    for (const [name, meaning] of entries) {
      const same = lengths.get(name.length) ?? [];
      same.push([name.toLowerCase(), meaning]);
      lengths.set(name.length, same);
    }
    const longest = Math.max(...lengths.keys());
    for (let length = 0; length <= longest; length++) this.#byLength.push(lengths.get(length));
  }

  find(name: string): T | undefined {
    const candidates = this.#byLength[name.length];
    if (candidates === undefined) return undefined;
    for (const [known, meaning] of candidates) if (isName(known, name)) return meaning;
    return undefined;
  }
}

/** `known` is in lower case and as long as the name. */
function isName(known: string, name: string): boolean {
  // Names that differ mostly differ at their ends.
  for (let at = known.length - 1; at >= 0; at--) {
    const code = name.charCodeAt(at);
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== known.charCodeAt(at)) return false;
  }
  return true;
}

/** A table of names alone. */
export function nameSet(names: Iterable<string>): NameTable<true> {
  return new NameTable([...names].map((name) => [name, true] as const));
}
