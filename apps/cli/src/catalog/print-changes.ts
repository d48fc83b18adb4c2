import type { ResourceChange } from './difference.js';

const signs = { created: '+', updated: '~', deleted: '-' } as const;

/** The changes as text: a line for each resource, what differs in it below, a summary. */
export function printChanges({
  changes,
  unchanged,
  kept,
  dryRun,
}: {
  readonly changes: readonly ResourceChange[];
  readonly unchanged: number;
  readonly kept: readonly string[];
  readonly dryRun: boolean;
}): string {
  const lines = changes.flatMap(({ change, id, lines: details }) => [
    `${signs[change]} ${id}`,
    ...details.map((line) => `    ${line}`),
  ]);
  const count = (change: ResourceChange['change']): number =>
    changes.filter((one) => one.change === change).length;
  const counts = `${count('created')} created, ${count('updated')} updated, ${count('deleted')} deleted, ${unchanged} unchanged`;
  lines.push(dryRun ? `would be: ${counts}` : counts);
  if (kept.length > 0)
    lines.push(
      `${kept.length} in the catalog are not in the folder and stay (--delete deletes them)`,
    );
  return lines.map(printable).join('\n');
}

/** What came over the wire must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    character === '\t' ? character : JSON.stringify(character).slice(1, -1),
  );
}
