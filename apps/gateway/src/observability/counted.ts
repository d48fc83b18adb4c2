/** How long the calls of one API took. */
export interface Durations {
  /** Calls by the first bound that they fit, the last one beyond all. */
  readonly buckets: number[];
  /** Seconds. */
  sum: number;
}

/**
 * What calls are counted for: operations, and APIs. Each knows its own numbers, so that no table is searched with
 * every call; set by `countCall` at the first one.
 */
export interface Counted {
  readonly info: { readonly id: string };
  /** Place of its first number in `counts`. */
  series?: number | undefined;
  durations?: Durations | undefined;
}
