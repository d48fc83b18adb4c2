import { median } from '../measurement/statistics.js';
import type { Row, Table } from '../report/table.js';

/** One unit of work, done here and by hand. */
export interface FunctionPair {
  readonly name: string;
  readonly ours: () => unknown;
  readonly byHand: () => unknown;
  /** Units that one call does. */
  readonly units?: number;
}

const rounds = 7;
const slotMs = 150;
const warmUpMs = 500;

/** Measures pairs in turn. Processor time of this process, so that other processes do not count. */
export async function measurePairs(
  name: string,
  title: string,
  pairs: readonly FunctionPair[],
): Promise<Table> {
  const rows: Row[] = [];
  for (const { name: row, ours, byHand, units = 1 } of pairs) {
    await slot(ours, warmUpMs);
    await slot(byHand, warmUpMs);
    const own: number[] = [];
    const hand: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      own.push((await slot(ours, slotMs)) / units);
      hand.push((await slot(byHand, slotMs)) / units);
    }
    rows.push({
      name: row,
      cells: {
        'µs here': median(own),
        'µs by hand': median(hand),
        'µs above by hand': median(own.map((cost, round) => cost - hand[round]!)),
        'cost ÷ by hand': median(own.map((cost, round) => cost / hand[round]!)),
      },
    });
  }
  const columns = ['µs here', 'µs by hand', 'µs above by hand', 'cost ÷ by hand'];
  return { name, title, columns, rows };
}

/** Microseconds of processor time that one call takes. */
async function slot(work: () => unknown, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  const began = process.cpuUsage();
  let calls = 0;
  while (performance.now() < end) {
    for (let index = 0; index < 20; index += 1) {
      const result = work();
      if (result instanceof Promise) await result;
    }
    calls += 20;
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / calls;
}
