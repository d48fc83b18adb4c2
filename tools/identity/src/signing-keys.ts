import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/**
 * Makes an RS256 signing key, private part included. `kid` and `x5t` are equal, as in Entra's key
 * document; the value stands for a certificate thumbprint and belongs to no certificate.
 */
export async function createSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = createHash('sha1').update(randomUUID()).digest('base64url');
  return { ...(await exportJWK(privateKey)), kid, x5t: kid, use: 'sig', alg: 'RS256' };
}
