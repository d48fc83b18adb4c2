import { UsageError } from './usage-error.js';

/**
 * Reads the `NAME=VALUE` pairs of `--token`, by name; a later one of a name wins.
 * @throws UsageError for a text without a name or an equals sign
 */
export function tokenValues(pairs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UsageError(`A token is given as NAME=VALUE, not as '${pair}'.`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}
