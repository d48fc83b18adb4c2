import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const cli = join(resolve(import.meta.dirname, '../../..'), 'apps/cli/dist/main.js');

/** What a command printed, and its exit status. */
export interface CommandResult {
  readonly output: string;
  readonly status: number | null;
}

/** Runs `isthmus` with these arguments and additions to the environment. */
export function isthmus(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [cli, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', fail);
    child.once('close', (status) => done({ output, status }));
  });
}
