import { join } from 'node:path';
import { runProcess } from '../processes/run-process.js';
import { hasNginx, startNginx } from './nginx.js';

/** What every proxy forwards to. */
export interface Backend {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** A JSON document of one KiB. */
export const oneKib = JSON.stringify({ id: 1, text: 'x'.repeat(1024 - 18) });

/** A backend that answers every call with one KiB of JSON: nginx, or node where there is none. */
export async function startBackend(scratch: string, core: number): Promise<Backend> {
  if (hasNginx()) {
    return startNginx({
      name: 'backend',
      scratch,
      core,
      server: `default_type application/json;
    add_header X-Powered-By backend;
    location / { return 200 '${oneKib}'; }`,
    });
  }
  const running = await runProcess({
    name: 'backend',
    command: process.execPath,
    args: [join(import.meta.dirname, 'backend.process.js'), oneKib],
    log: join(scratch, 'backend.log'),
    core,
  });
  return { port: running.started['port'] as number, stop: running.stop };
}
