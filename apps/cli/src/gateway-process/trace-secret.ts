import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Leaves the trace secret of the gateway at a port where only this user can read it, for `isthmus trace`.
 * @returns what takes it away again. The secret of a gateway that had the port before, and may have it still, comes
 * back then: whoever starts a second one at a taken port must not cut off the traces of the first.
 */
export function leaveSecret(port: string, traceSecret: string): () => void {
  const file = secretFile(port);
  const before = read(file);
  write(file, JSON.stringify({ traceSecret, pid: process.pid }));
  return () => {
    if (before !== undefined && isAlive(before)) write(file, before);
    else rmSync(file, { force: true });
  };
}

/** The trace secret of the gateway that `isthmus gateway` runs at a port of this machine. */
export function localSecret(port: string): string | undefined {
  const text = read(secretFile(port));
  if (text === undefined) return undefined;
  const { traceSecret } = content(text);
  return typeof traceSecret === 'string' ? traceSecret : undefined;
}

function secretFile(port: string): string {
  return join(tmpdir(), `isthmus-gateway-${port}.json`);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Always a new file: one that somebody else left there could be read by them. */
function write(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}

function isAlive(text: string): boolean {
  const { pid } = content(text);
  if (typeof pid !== 'number' || pid < 1) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function content(text: string): { traceSecret?: unknown; pid?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { traceSecret?: unknown; pid?: unknown };
  } catch {
    return {};
  }
}
