import { Decimal } from '@isthmus/dotnet';
import { Float, writeJson } from '@isthmus/workflow-expressions';

/** What `JSON.stringify` writes as it stands. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (this: void, text: string) => unknown };

/**
 * Replacer for `JSON.stringify`: numbers of workflows keep the form that JSON text gave them (1.0 stays 1.0, integers
 * beyond 2^53 stay exact), in definitions and in histories.
 */
export function numbersAsWritten(_name: string, value: unknown): unknown {
  const isNumber = typeof value === 'bigint' || value instanceof Float || value instanceof Decimal;
  return isNumber ? rawJSON(writeJson(value)) : value;
}
