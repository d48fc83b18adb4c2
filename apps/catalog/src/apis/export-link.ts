import type { Vault } from '../resources/secrets.js';

/** What a link to an export names. */
export interface ExportLink {
  readonly api: string;
  readonly format: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** How long a link works, as long as Azure's. Milliseconds. */
export const linkLife = 5 * 60 * 1000;

/** A token that stands for an export: `<payload>.<signature>`; whoever has it can read that export, nothing else. */
export function exportToken(link: ExportLink, vault: Vault): string {
  const payload = Buffer.from(JSON.stringify(link)).toString('base64url');
  return `${payload}.${vault.sign(`export:${payload}`)}`;
}

/** The export that a token stands for; undefined for one that is made up, changed or over. */
export function readExportToken(token: string, vault: Vault, now: number): ExportLink | undefined {
  const [payload = '', signature = '', ...more] = token.split('.');
  if (more.length > 0 || !vault.isSigned(`export:${payload}`, signature)) return undefined;
  const link = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as ExportLink;
  return link.expires > now ? link : undefined;
}
