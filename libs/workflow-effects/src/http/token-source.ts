import { worded } from '@isthmus/workflow-engine';
import { createHash, randomUUID, sign, type X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ClientCredentials, TokenSource } from './authentication.js';
import { readClientCertificate } from './client-certificate.js';
import { ExchangeError } from './exchange-error.js';
import { wireTarget } from './wire-request.js';
import { exchange } from './http-exchange.js';

/** How the workload proves who it is where a definition says ManagedServiceIdentity. */
export type WorkloadIdentity =
  | { readonly kind: 'none' }
  /** A registered client stands for the identity. */
  | {
      readonly kind: 'client';
      readonly authority: string;
      readonly tenant: string;
      readonly clientId: string;
      readonly secret: string;
    }
  /** Kubernetes workload identity: a token file that is exchanged. */
  | {
      readonly kind: 'workload';
      readonly authority: string;
      readonly tenant: string;
      readonly clientId: string;
      readonly tokenFile: string;
    };

/** What proves to the provider who asks; made only when it is asked. */
type Proof = () => Promise<Record<string, string>>;

const margin = 300_000;
const timeout = 30_000;

/** Gets tokens over HTTP and keeps them until five minutes before they expire. */
export class HttpTokenSource implements TokenSource {
  private readonly kept = new Map<string, { token: string; expires: number }>();
  private readonly pending = new Map<string, Promise<string>>();

  constructor(
    private readonly identity: WorkloadIdentity,
    private readonly now: () => number = Date.now,
  ) {}

  async managedIdentity(
    audience: string,
    identity: string | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const { identity: own } = this;
    switch (own.kind) {
      case 'none':
        throw new ExchangeError(
          'ManagedIdentityNotConfigured',
          'The workflow uses a managed identity, and none is configured for this host.',
          false,
        );
      case 'client':
        return this.clientCredentials({ ...own, audience }, signal);
      case 'workload': {
        const assertion = (await readFile(own.tokenFile, 'utf8')).trim();
        const clientId = identity?.match(/^[\da-f-]{36}$/i) ? identity : own.clientId;
        return this.token({ ...own, clientId, audience }, signal, async () => ({
          client_assertion_type: jwtBearer,
          client_assertion: assertion,
        }));
      }
    }
  }

  clientCredentials(request: ClientCredentials, signal: AbortSignal): Promise<string> {
    const proof = async (): Promise<Record<string, string>> =>
      request.secret === undefined
        ? { client_assertion_type: jwtBearer, client_assertion: await this.assertion(request) }
        : { client_secret: request.secret };
    return this.token(request, signal, proof);
  }

  private token(request: ClientCredentials, signal: AbortSignal, proof: Proof): Promise<string> {
    const key = createHash('sha256')
      .update(
        JSON.stringify([
          request.authority,
          request.tenant,
          request.clientId,
          request.audience,
          request.secret ?? '',
          request.certificate?.pfx.toString('base64') ?? '',
        ]),
      )
      .digest('hex');
    const known = this.kept.get(key);
    if (known && known.expires - margin > this.now()) return Promise.resolve(known.token);
    const pending =
      this.pending.get(key) ??
      this.fetchToken(key, request, { signal, proof }).finally(() => this.pending.delete(key));
    this.pending.set(key, pending);
    return pending;
  }

  private async fetchToken(
    key: string,
    request: ClientCredentials,
    use: { signal: AbortSignal; proof: Proof },
  ): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: request.clientId,
      scope: `${request.audience.replace(/\/$/, '')}/.default`,
      ...(await use.proof()),
    });
    const response = await exchange(
      {
        method: 'POST',
        target: wireTarget(new URL(tokenEndpoint(request))),
        headers: [
          ...['Content-Type', 'application/x-www-form-urlencoded'],
          ...['Accept', 'application/json'],
        ],
        body: Buffer.from(form.toString()),
      },
      { signal: use.signal, timeout, contentSize: 1_000_000 },
    );
    const answer = parse(response.body);
    if (response.statusCode !== 200 || typeof answer['access_token'] !== 'string') {
      const told = answer['error_description'] ?? answer['error'];
      const reason = typeof told === 'string' ? told : String(response.statusCode);
      throw new ExchangeError(
        'AuthorizationFailed',
        worded`No token for the audience '${request.audience}' could be acquired: ${reason}`,
        response.statusCode >= 500,
      );
    }
    const seconds = Number(answer['expires_in'] ?? 3600);
    this.kept.set(key, { token: answer['access_token'], expires: this.now() + seconds * 1000 });
    return answer['access_token'];
  }

  /** A signed assertion instead of a secret (RFC 7523). */
  private async assertion(request: ClientCredentials): Promise<string> {
    const { certificate } = request;
    if (!certificate)
      throw new ExchangeError(
        'BadRequest',
        'The client has neither a secret nor a certificate.',
        false,
      );
    const encode = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const seconds = Math.floor(this.now() / 1000);
    const { key, certificate: own } = await readClientCertificate(certificate);
    const head = encode({ alg: 'RS256', typ: 'JWT', ...(own && thumbprints(own)) });
    const body = encode({
      aud: tokenEndpoint(request),
      iss: request.clientId,
      sub: request.clientId,
      jti: randomUUID(),
      nbf: seconds,
      exp: seconds + 600,
    });
    return `${head}.${body}.${sign('sha256', Buffer.from(`${head}.${body}`), key).toString('base64url')}`;
  }
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function tokenEndpoint({ authority, tenant }: ClientCredentials): string {
  return `${authority.replace(/\/$/, '')}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
}

/** By these the provider knows which of the client's certificates signed. */
function thumbprints({ raw }: X509Certificate): Record<string, string> {
  const digest = (algorithm: string) => createHash(algorithm).update(raw).digest('base64url');
  return { x5t: digest('sha1'), 'x5t#S256': digest('sha256') };
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
