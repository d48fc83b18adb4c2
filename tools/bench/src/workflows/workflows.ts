import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../baselines/backend.js';
import { compare } from '../measurement/compare.js';
import type { Table } from '../report/table.js';
import { profileFlags, type BenchSettings } from '../settings.js';
import {
  compositeLatency,
  compositeLoad,
  response,
  stateless,
  strict,
  type WorkflowBench,
} from './cases.js';
import { largeRuns } from './large-runs.js';
import { startIdentity } from './orchestrator.js';
import { workflowSoak } from './soak.js';

/** Core of the load and of what stands behind the servers. */
const loadCore = 0;
const added = 'p50 ms added to stateless';

/** Our orchestrator against a handler written by hand, Node-RED and n8n; then large runs on their own. */
export async function workflows(settings: BenchSettings): Promise<Table[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'isthmus-bench-'));
  const backend = await startBackend(scratch, loadCore);
  const identity = await startIdentity(scratch);
  const bench: WorkflowBench = {
    scratch,
    backendPort: backend.port,
    identityUrl: identity.url,
    peers: settings.peers,
    allPeers: settings.allPeers,
    nodeFlags: profileFlags(settings),
  };
  const wanted = (name: string) => settings.cases.length === 0 || settings.cases.includes(name);
  const connections = Math.max(1, Math.round(settings.connections / 4));
  try {
    const tables: Table[] = [];
    if (wanted('composite'))
      tables.push(await compare(compositeLoad(bench, connections), settings, scratch));
    if (wanted('latency'))
      tables.push(withAdded(await compare(compositeLatency(bench), settings, scratch)));
    if (wanted('large')) tables.push(await largeRuns(bench));
    if (settings.soak > 0) tables.push(await workflowSoak(bench, settings));
    return tables;
  } finally {
    await identity.stop();
    await backend.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A column for what an answer waits longer than that of a stateless workflow. */
function withAdded(table: Table): Table {
  const base = table.rows.find(({ name }) => name === stateless)?.cells['p50 ms'] ?? Number.NaN;
  return {
    ...table,
    columns: [...table.columns, added],
    rows: table.rows.map((row) => ({
      ...row,
      cells: { ...row.cells, [added]: (row.cells['p50 ms'] ?? Number.NaN) - base },
    })),
    targets: [
      { row: response, column: added, value: 1.5, better: 'less' },
      { row: strict, column: added, value: 3.5, better: 'less' },
    ],
  };
}
