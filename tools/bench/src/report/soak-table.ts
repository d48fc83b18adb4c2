import { median } from '../measurement/statistics.js';
import type { Row, Table } from './table.js';

const memory = 'RSS MiB';

/** The course of memory, with a verdict: the last third against the second. */
export function soakTable(title: string, rows: readonly Row[]): Table {
  const third = Math.floor(rows.length / 3);
  const of = (part: readonly Row[]) => median(part.map(({ cells }) => cells[memory]!));
  const middle = of(rows.slice(third, 2 * third));
  const last = of(rows.slice(2 * third));
  const summary: Row = {
    name: 'last third ÷ second third',
    cells: { [memory]: last / middle },
  };
  return {
    name: 'soak',
    title,
    columns: Object.keys(rows[0]?.cells ?? { [memory]: 0 }),
    rows: [...rows, summary],
    targets: [{ row: summary.name, column: memory, value: 1.05, better: 'less' }],
    notes: ['Memory counts as flat when the last third needs at most 5 % more than the second.'],
  };
}
