import { parseArgs } from 'node:util';

/** What the development identity provider is told: `--port` and NODE_ENV. */
export interface IdentitySettings {
  readonly port: number;
  readonly environment: string;
}

/** @throws Error with a sentence that names the setting at fault. */
export function readSettings(): IdentitySettings {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8090' } } });
  if (!/^\d{1,5}$/.test(values.port))
    throw new Error(`--port must be a port but is '${values.port}'.`);
  return { port: Number(values.port), environment: process.env['NODE_ENV'] ?? 'development' };
}
