/** Replaces references to named values. Textual, one pass: what a value holds is not looked at again (2.7). */

const reference = /\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g;

export interface Substitution {
  readonly text: string;
  /** Names without a value, in order. */
  readonly missing: readonly string[];
}

/** `values` is undefined when the named values are not known (validation of single files): nothing is missing then. */
export function substituteNamedValues(
  text: string,
  values: ReadonlyMap<string, string> | undefined,
): Substitution {
  if (!text.includes('{{')) return { text, missing: [] };
  const missing: string[] = [];
  const result = text.replace(reference, (all, name: string) => {
    const value = values?.get(name.toLowerCase());
    if (value === undefined) missing.push(name);
    return value ?? all;
  });
  return { text: result, missing };
}

/** Display names are found without case. */
export function namedValueIndex(
  values: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> | undefined {
  if (!values) return undefined;
  return new Map([...values].map(([name, value]) => [name.toLowerCase(), value]));
}
