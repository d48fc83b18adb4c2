import type { Row, Table } from './table.js';

const memory = 'RSS MiB';

/**
 * The course of memory, with a verdict: the peak of the last third against that of the second. Between two collections
 * memory rises and falls by more than any verdict allows, so single values and their medians say where in that course
 * a look happened to fall; what a process leaks it adds to its peaks.
 */
export function soakTable(title: string, rows: readonly Row[]): Table {
  const third = Math.floor(rows.length / 3);
  const of = (part: readonly Row[]) => Math.max(...part.map(({ cells }) => cells[memory]!));
  const middle = of(rows.slice(third, 2 * third));
  const last = of(rows.slice(2 * third));
  const summary: Row = {
    name: 'peak of the last third ÷ of the second',
    cells: { [memory]: last / middle },
  };
  return {
    name: 'soak',
    title,
    columns: Object.keys(rows[0]?.cells ?? { [memory]: 0 }),
    rows: [...rows, summary],
    targets: [{ row: summary.name, column: memory, value: 1.05, better: 'less' }],
    notes: ['Memory counts as flat when the last third needs at most 5 % more than the second did.'],
  };
}
