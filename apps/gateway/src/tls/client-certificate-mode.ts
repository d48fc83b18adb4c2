/** Whether callers are asked for a certificate: not at all, shown to policies, or without a trusted one no handshake. */
export type ClientCertificateMode = 'ignore' | 'request' | 'require';

/** How the callers of a host name show who they are. */
export interface ClientTrust {
  readonly mode: ClientCertificateMode;
  /** Authorities whose certificates are trusted, PEM; undefined: the public ones. */
  readonly authorities: string | undefined;
}

/** Whether two host names ask for the same and trust the same. */
export function isSameTrust(one: ClientTrust, other: ClientTrust): boolean {
  return one.mode === other.mode && one.authorities === other.authorities;
}

/** All of them. */
export const clientCertificateModes: readonly ClientCertificateMode[] = [
  'ignore',
  'request',
  'require',
];

/**
 * Reads `host=mode` entries ("request" where no mode is given). Throws an Error that names the entry.
 */
export function readModes(entries: readonly string[]): Map<string, ClientCertificateMode> {
  const modes = new Map<string, ClientCertificateMode>();
  for (const entry of entries) {
    const [host = '', name = 'request', ...more] = entry.split('=').map((part) => part.trim());
    const mode = clientCertificateModes.find((one) => one === name);
    if (host === '' || mode === undefined || more.length > 0)
      throw new Error(
        `tls-client-certificate-hosts: '${entry}' is no <host name>=ignore|request|require.`,
      );
    modes.set(host.toLowerCase(), mode);
  }
  return modes;
}
