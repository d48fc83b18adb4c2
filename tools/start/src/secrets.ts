import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys by which the processes of one clone know each other; made at the first start and kept. */
export interface PlatformSecrets {
  readonly adapterKey: string;
  readonly gatewayKey: string;
  /** Signs debug credentials: the catalog issues them, the gateway accepts them. */
  readonly traceSecret: string;
}

/** Reads the keys from the data folder, and makes those that are not there yet. */
export function platformSecrets(dataFolder: string): PlatformSecrets {
  const file = join(dataFolder, 'secrets.json');
  const key = () => randomBytes(32).toString('base64url');
  const made: PlatformSecrets = { adapterKey: key(), gatewayKey: key(), traceSecret: key() };
  const secrets = { ...made, ...keptSecrets(file) };
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

function keptSecrets(file: string): Partial<PlatformSecrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<PlatformSecrets>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {};
  }
}
