import { join, resolve } from 'node:path';
import { freePort, runProcess, type RunningProgram } from '../processes/run-process.js';

/** Root of the clone. */
export const root = resolve(import.meta.dirname, '../../../..');

/** Starts our gateway on an APIOps folder, one worker, as it comes but for the access log. */
export async function startIsthmusGateway(options: {
  readonly folder: string;
  readonly scratch: string;
  /** Undefined: any. */
  readonly core?: number;
  readonly flags?: readonly string[];
  readonly nodeFlags?: readonly string[];
}): Promise<RunningProgram & { readonly port: number }> {
  const { folder, scratch, core, flags = ['--access-log', 'off'], nodeFlags = [] } = options;
  const port = await freePort();
  const running = await runProcess({
    name: 'gateway',
    command: process.execPath,
    args: [
      ...nodeFlags,
      join(root, 'apps/gateway/dist/main.js'),
      ...['--config', folder, '--port', String(port), '--management-port', '0'],
      ...['--backup-folder', join(scratch, 'backup'), '--allow-private-backends', 'true'],
      ...flags,
    ],
    log: join(scratch, 'gateway.log'),
    ...(core === undefined ? {} : { core }),
  });
  return { ...running, port };
}
