import dns from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';

/** Told what a name leads to. */
export type Found = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Asks the system for all addresses of a name, like `dns.lookup` with `all`. */
export type SystemLookup = (hostname: string, options: LookupOptions, found: Found) => void;

/** What a name led to, and when (milliseconds of performance.now()). */
interface LastGood {
  readonly addresses: LookupAddress[];
  readonly at: number;
}

/** How long addresses are used whose name cannot be asked about any more. Milliseconds. */
const goodFor = 300_000;
/** A name server that takes longer is slow; what it said last is used meanwhile. Milliseconds. */
const slow = 1000;
/** Names that are remembered. */
const mostNames = 5000;

/**
 * Names of backends to addresses (F10 of the fault matrix). Every connection asks anew, so a change of
 * address is seen at once; connections that open together ask once. When name servers fail or are slow,
 * what they said within the last five minutes stands in. That a name does not exist is an answer, no failure.
 */
export class NameLookup {
  readonly #lookup: SystemLookup;
  readonly #known = new Map<string, LastGood>();
  readonly #asked = new Map<string, Found[]>();

  constructor(lookup: SystemLookup = askSystem) {
    this.#lookup = lookup;
  }

  /** `found` is called once. */
  find(hostname: string, options: LookupOptions, found: Found): void {
    const key = `${hostname} ${options.family ?? 0} ${options.hints ?? 0}`;
    const once = this.#standIn(key, found);
    const waiting = this.#asked.get(key);
    if (waiting) {
      waiting.push(once);
      return;
    }
    this.#asked.set(key, [once]);
    this.#lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const told = this.#asked.get(key) ?? [];
      this.#asked.delete(key);
      if (!error) this.#keep(key, addresses);
      const last = error && error.code !== 'ENOTFOUND' ? this.#lastGood(key) : undefined;
      for (const one of told) one(last ? null : error, last ?? addresses ?? []);
    });
  }

  /** Answers from memory when the answer takes long. */
  #standIn(key: string, found: Found): Found {
    if (!this.#lastGood(key)) return found;
    let answered = false;
    const timer = setTimeout(() => {
      const last = this.#lastGood(key);
      if (answered || !last) return;
      answered = true;
      found(null, last);
    }, slow);
    return (error, addresses) => {
      clearTimeout(timer);
      if (answered) return;
      answered = true;
      found(error, addresses);
    };
  }

  #keep(key: string, addresses: LookupAddress[]): void {
    this.#known.delete(key);
    if (this.#known.size >= mostNames) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(key, { addresses, at: performance.now() });
  }

  #lastGood(key: string): LookupAddress[] | undefined {
    const last = this.#known.get(key);
    return last && performance.now() - last.at < goodFor ? last.addresses : undefined;
  }
}

function askSystem(hostname: string, options: LookupOptions, found: Found): void {
  dns.lookup(hostname, { ...options, all: true }, found);
}
