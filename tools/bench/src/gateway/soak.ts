import { chooseLoad } from '../load/load.js';
import { usageOf } from '../measurement/process-tree.js';
import type { Row, Table } from '../report/table.js';
import type { BenchSettings } from '../settings.js';
import { isthmus, type GatewayBench } from './isthmus-candidate.js';
import { getCached, getOrder, getSecured, postOrder } from './requests.js';
import { soakTable } from '../report/soak-table.js';

const slotSeconds = 20;

/** Memory over time under full load: the GET, POST and JWT cases in turn on one gateway. */
export async function soak(bench: GatewayBench, settings: BenchSettings): Promise<Table> {
  const { load } = chooseLoad();
  const server = await isthmus(bench, []).start();
  if (typeof server === 'string') throw new Error(server);
  const turns = [getOrder, postOrder, getSecured(bench.tokens), getCached];
  const rows: Row[] = [];
  const began = performance.now();
  const end = began + settings.soak * 60_000;
  try {
    for (let turn = 0; performance.now() < end; turn += 1) {
      const requests = turns[turn % turns.length]!;
      const result = await load({
        port: server.port,
        requests,
        connections: settings.connections,
        seconds: slotSeconds,
        scratch: bench.scratch,
      });
      rows.push({
        name: `${((performance.now() - began) / 60_000).toFixed(1)} min`,
        cells: {
          'RSS MiB': (usageOf(server.pids)?.memory ?? Number.NaN) / 2 ** 20,
          'calls/s': result.requests / result.seconds,
          errors: result.errors,
        },
      });
    }
  } finally {
    await server.stop();
  }
  return soakTable('gateway under full load, memory over time', rows);
}
