import type { DurationSeries } from '@isthmus/host';

/**
 * What calls are counted for: operations, and APIs. Each knows its own numbers, so that no table is searched with
 * every call; set by `countCall` at the first one.
 */
export interface Counted {
  readonly info: { readonly id: string };
  /** Place of its first number in `counts`. */
  series?: number | undefined;
  durations?: DurationSeries | undefined;
}
