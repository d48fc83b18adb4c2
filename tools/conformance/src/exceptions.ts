import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** A vector or behaviour case that may fail, and why. */
export interface Exception {
  readonly id: string;
  readonly reason: string;
  readonly source: string;
}

/** The project's list of exceptions, by id. An entry without reason or source is an error. */
export function readExceptions(
  path = fileURLToPath(new URL('../exceptions.yaml', import.meta.url)),
): ReadonlyMap<string, Exception> {
  const entries = (parse(readFileSync(path, 'utf8')) ?? []) as Partial<Exception>[];
  return new Map(
    entries.map((entry) => {
      const { id, reason, source } = entry;
      if (!id || !reason || !source) {
        throw new Error(
          `${path}: every exception needs id, reason and source: ${JSON.stringify(entry)}`,
        );
      }
      return [id, { id, reason, source }];
    }),
  );
}
