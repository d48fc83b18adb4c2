import { generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto';

/** RS256 tokens of several subjects under one key. */
export interface Tokens {
  readonly issuer: string;
  readonly audience: string;
  readonly publicKey: KeyObject;
  readonly jwk: JsonWebKey;
  readonly texts: readonly string[];
}

/** Makes tokens that are valid for an hour, each for another subject. */
export function makeTokens(count: number): Tokens {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const issuer = 'https://identity.example/v2.0';
  const audience = 'api://bench';
  const now = Math.floor(Date.now() / 1000);
  const texts = Array.from({ length: count }, (_, index) => {
    const claims = {
      iss: issuer,
      aud: audience,
      sub: `subject-${index}`,
      iat: now,
      nbf: now,
      exp: now + 3600,
      name: `Subject ${index}`,
      roles: ['Orders.Read', 'Orders.Write'],
      scp: 'orders.read orders.write',
      // Entra's tokens hold about this much more.
      xms: 'x'.repeat(400),
    };
    const head = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'bench' })}.${encoded(claims)}`;
    return `${head}.${sign('sha256', Buffer.from(head), privateKey).toString('base64url')}`;
  });
  return { issuer, audience, publicKey, jwk: publicKey.export({ format: 'jwk' }), texts };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
