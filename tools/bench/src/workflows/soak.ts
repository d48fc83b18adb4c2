import { chooseLoad } from '../load/load.js';
import { usageOf } from '../measurement/process-tree.js';
import { soakTable } from '../report/soak-table.js';
import type { Row, Table } from '../report/table.js';
import type { BenchSettings } from '../settings.js';
import { openOrchestrator, type WorkflowBench } from './cases.js';

const slotSeconds = 20;

/** Memory of an orchestrator over time while durable runs come in as fast as they are answered. */
export async function workflowSoak(bench: WorkflowBench, settings: BenchSettings): Promise<Table> {
  const { load } = chooseLoad();
  const orchestrator = await openOrchestrator(bench, 'response');
  const path = await orchestrator.callbackPath('composite-stateful');
  const rows: Row[] = [];
  const began = performance.now();
  try {
    while (performance.now() < began + settings.soak * 60_000) {
      const result = await load({
        port: orchestrator.port,
        requests: [{ method: 'POST', path, headers: {} }],
        connections: 16,
        seconds: slotSeconds,
        scratch: bench.scratch,
      });
      rows.push({
        name: `${((performance.now() - began) / 60_000).toFixed(1)} min`,
        cells: {
          'RSS MiB': (usageOf(orchestrator.pids.slice(0, 1))?.memory ?? Number.NaN) / 2 ** 20,
          'heap MiB': (await orchestrator.heap()) / 2 ** 20,
          'calls/s': result.requests / result.seconds,
          errors: result.errors,
        },
      });
    }
  } finally {
    await orchestrator.stop();
  }
  return soakTable('orchestrator under full load, memory over time', rows);
}
