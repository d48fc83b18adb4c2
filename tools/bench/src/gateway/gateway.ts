import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../baselines/backend.js';
import { compare } from '../measurement/compare.js';
import type { Table } from '../report/table.js';
import { profileFlags, type BenchSettings } from '../settings.js';
import { gatewayCases } from './cases.js';
import type { GatewayBench } from './isthmus-candidate.js';
import { idleConnections } from './idle-connections.js';
import { soak } from './soak.js';
import { makeTokens } from './tokens.js';

/** Core of the load and of what stands behind the servers. */
const loadCore = 0;

/** Our gateway against nginx (the limit), a bare proxy and express-gateway (the peer). */
export async function gateway(settings: BenchSettings): Promise<Table[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'isthmus-bench-'));
  const backend = await startBackend(scratch, loadCore);
  const bench: GatewayBench = {
    scratch,
    backendPort: backend.port,
    tokens: makeTokens(100),
    peers: settings.peers,
    nodeFlags: profileFlags(settings),
  };
  const wanted = (name: string) => settings.cases.length === 0 || settings.cases.includes(name);
  try {
    const tables: Table[] = [];
    for (const [name, comparison] of Object.entries(gatewayCases))
      if (wanted(name)) tables.push(await compare(comparison(bench), settings, scratch));
    if (wanted('idle')) tables.push(await idleConnections(bench));
    if (settings.soak > 0) tables.push(await soak(bench, settings));
    return tables;
  } finally {
    await backend.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}
