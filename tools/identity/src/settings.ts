import { parseArgs } from 'node:util';

/** What the development identity provider is told: `--port` and NODE_ENV. */
export function readSettings(): { readonly port: number; readonly environment: string } {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8090' } } });
  return { port: Number(values.port), environment: process.env['NODE_ENV'] ?? 'development' };
}
