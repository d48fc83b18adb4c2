import { join } from 'node:path';
import { runProcess, type RunningProgram } from '../processes/run-process.js';

/** A proxy of node:http and undici without anything else. */
export async function startBareProxy(
  backendPort: number,
  scratch: string,
  core: number,
): Promise<RunningProgram & { readonly port: number }> {
  const running = await runProcess({
    name: 'bare proxy',
    command: process.execPath,
    args: [join(import.meta.dirname, 'bare-proxy.process.js'), `http://127.0.0.1:${backendPort}`],
    log: join(scratch, 'bare-proxy.log'),
    core,
  });
  return { ...running, port: running.started['port'] as number };
}
