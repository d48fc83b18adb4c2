import { tokenValues } from '../token-values.js';

/** Puts values in place of the tokens of deployment pipelines. */
export type FillTokens = (text: string) => string;

/** `#{NAME}#`, `{#NAME#}`, `__NAME__`: as pipeline tasks write them. */
const token =
  /#\{\s*([\w.-]+?)\s*\}#|\{#\s*([\w.-]+?)\s*#\}|__([A-Za-z0-9.-]+(?:_[A-Za-z0-9.-]+)*)__/g;

/**
 * Reads `NAME=VALUE` pairs; tokens of other names stay as they are.
 * @throws UsageError for a text without a name or an equals sign
 */
export function tokenFiller(pairs: readonly string[]): FillTokens {
  const values = new Map(
    [...tokenValues(pairs)].map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (values.size === 0) return (text) => text;
  return (text) =>
    text.replace(
      token,
      (all, first: string | undefined, second: string | undefined, third: string | undefined) =>
        values.get((first ?? second ?? third ?? '').toLowerCase()) ?? all,
    );
}
