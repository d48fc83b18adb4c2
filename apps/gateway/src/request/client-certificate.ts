import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { ClientCertificate } from '@isthmus/policy-engine';

/** The certificate that the caller showed on this connection, if any. */
export function clientCertificate(socket: TLSSocket): ClientCertificate | undefined {
  const leaf = socket.getPeerCertificate(true);
  if (!leaf?.raw) return undefined;
  const chain: Uint8Array[] = [];
  const seen = new Set([leaf.fingerprint256]);
  for (
    let issuer: DetailedPeerCertificate | undefined = leaf.issuerCertificate;
    issuer && !seen.has(issuer.fingerprint256);
    issuer = issuer.issuerCertificate
  ) {
    seen.add(issuer.fingerprint256);
    chain.push(issuer.raw);
  }
  return { der: leaf.raw, chain, trusted: socket.authorized };
}
