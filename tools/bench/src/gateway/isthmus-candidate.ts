import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadRequest } from '../load/load.js';
import type { Candidate, Server } from '../measurement/compare.js';
import type { RunningProgram } from '../processes/run-process.js';
import { writeApiops } from './apiops-folder.js';
import { startIsthmusGateway } from './isthmus-gateway.js';
import type { Tokens } from './tokens.js';

/** What every case needs. */
export interface GatewayBench {
  readonly scratch: string;
  readonly backendPort: number;
  readonly tokens: Tokens;
  readonly peers: boolean;
  /** Node.js flags of our gateway. */
  readonly nodeFlags: readonly string[];
}

/** Core of the servers under test. */
export const serverCore = 1;
/** Name of our row. */
export const ours = 'isthmus gateway';
let folders = 0;

/** Our gateway on a folder of its own. */
export function isthmus(
  bench: GatewayBench,
  requests: readonly LoadRequest[],
  {
    name = ours,
    operations = 1,
    flags = ['--access-log', 'off'],
    pinned = true,
  }: {
    readonly name?: string;
    readonly operations?: number;
    readonly flags?: readonly string[];
    /** On one core. */
    readonly pinned?: boolean;
  } = {},
): Candidate {
  return {
    name,
    start: async () => {
      const scratch = join(bench.scratch, `gateway-${(folders += 1)}`);
      const folder = join(scratch, 'apim');
      await mkdir(scratch, { recursive: true });
      await writeApiops(folder, { ...bench, operations });
      const { nodeFlags } = bench;
      const running = await startIsthmusGateway({
        ...{ folder, scratch, flags, nodeFlags },
        ...(pinned ? { core: serverCore } : {}),
      });
      return serverOf(running, requests);
    },
  };
}

/** A program that serves, as the comparison sees it. */
export function serverOf(
  { pid, port, stop }: RunningProgram & { readonly port: number },
  requests: readonly LoadRequest[],
): Server {
  return { port, pids: [pid], requests, stop };
}
