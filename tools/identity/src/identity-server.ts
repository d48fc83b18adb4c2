import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { createProvider, issuerOf } from './provider.js';
import { tenantId } from './seed.js';
import { createSigningKey } from './signing-keys.js';

/** A running provider. */
export interface IdentityServer {
  readonly server: Server;
  readonly url: string;
  readonly issuer: string;
  /** Signs with a new key from now on; the old key stays published until the next rotation. */
  rotateKeys(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Starts the development identity provider on a loopback port. `POST /dev/rotate-keys` rotates the
 * signing key.
 * @throws Error when the environment is production: its sign-in page asks for no real password.
 */
export async function startIdentity(port: number, environment: string): Promise<IdentityServer> {
  if (environment === 'production') {
    throw new Error('The development identity provider refuses to start with NODE_ENV=production.');
  }
  let handler: Handler = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => void handler(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  let keys: JWK[] = [];
  const rotateKeys = async () => {
    keys = [await createSigningKey(), ...keys.slice(0, 1)];
    handler = withEntraPaths(createProvider(url, keys).callback(), rotateKeys);
  };
  await rotateKeys();
  return { server, url, issuer: issuerOf(url), rotateKeys };
}

/** Maps Entra's discovery address to the provider's fixed one and adds the rotation command. */
function withEntraPaths(provider: Handler, rotateKeys: () => Promise<void>): Handler {
  const discovery = new RegExp(
    `^/(${tenantId}|common|organizations)/v2\\.0(/\\.well-known/openid-configuration)$`,
  );
  return async (request, response) => {
    const [path = '', query] = (request.url ?? '/').split('?');
    if (request.method === 'POST' && path === '/dev/rotate-keys') {
      await rotateKeys();
      response.writeHead(204).end();
      return;
    }
    const match = discovery.exec(path);
    if (match) request.url = query === undefined ? match[2] : `${match[2]}?${query}`;
    await provider(request, response);
  };
}
