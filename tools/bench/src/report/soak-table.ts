import { median } from '../measurement/statistics.js';
import type { Row, Table } from './table.js';

const memory = 'RSS MiB';

/**
 * The course of memory, with a verdict: the last third against the second, by the median and by the peak. Between two
 * collections memory rises and falls, and the median says where in that course most looks fell; what a process leaks it
 * adds to its peaks as well.
 */
export function soakTable(title: string, rows: readonly Row[]): Table {
  const third = Math.floor(rows.length / 3);
  const ratio = (name: string, of: (values: number[]) => number): Row => {
    const part = (from: number, to?: number) =>
      of(rows.slice(from, to).map(({ cells }) => cells[memory]!));
    return { name, cells: { [memory]: part(2 * third) / part(third, 2 * third) } };
  };
  const summary = [
    ratio('last third ÷ second third', median),
    ratio('peak of the last third ÷ of the second', (values) => Math.max(...values)),
  ];
  return {
    name: 'soak',
    title,
    columns: Object.keys(rows[0]?.cells ?? { [memory]: 0 }),
    rows: [...rows, ...summary],
    targets: summary.map(({ name }) => ({
      row: name,
      column: memory,
      value: 1.05,
      better: 'less' as const,
    })),
    notes: ['Memory counts as flat when the last third needs at most 5 % more than the second.'],
  };
}
