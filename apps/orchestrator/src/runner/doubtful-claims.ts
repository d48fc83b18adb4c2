/** What is asked about claims whose outcome is unknown. */
export interface Claims<Run> {
  /** Open runs that the store says are ours. */
  readonly owned: () => Promise<readonly Run[]>;
  readonly isHere: (id: string) => boolean;
  /** Resolves when everything that was written so far is committed. */
  readonly barrier: () => Promise<void>;
  readonly resume: (run: Run) => Promise<void>;
}

/**
 * A transaction that claims or begins runs may be committed although its answer was lost: the store
 * then says that runs are ours, and nobody drives them. They are looked for when that may have
 * happened: a run that is ours, was not here, was not claimed meanwhile, and is ours still when all
 * that we had to say is committed, is one of them.
 */
export class DoubtfulClaims<Run extends { readonly id: string }> {
  #isDoubtful = false;
  /** Runs that were claimed since the search began. */
  #claimed: Set<string> | undefined;

  constructor(private readonly claims: Claims<Run>) {}

  /** An answer was lost. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** A run was claimed; it is on its way. */
  claimed(id: string): void {
    this.#claimed?.add(id);
  }

  /** Finds such runs and goes on with them. @throws what the store throws; then they are looked for again */
  async settle(): Promise<void> {
    if (!this.#isDoubtful) return;
    const { owned, isHere, barrier, resume } = this.claims;
    const claimed = (this.#claimed = new Set());
    try {
      const absent = new Set((await owned()).map(({ id }) => id).filter((id) => !isHere(id)));
      await barrier();
      this.#isDoubtful = false;
      const lost = absent.size === 0 ? [] : await owned();
      for (const run of lost)
        if (absent.has(run.id) && !claimed.has(run.id) && !isHere(run.id)) await resume(run);
    } catch (error) {
      this.#isDoubtful = true;
      throw error;
    } finally {
      this.#claimed = undefined;
    }
  }
}
