import type { Http, Tokens } from '@isthmus/policy-engine';
import { requestToken } from './token-request.js';

/** The gateway's own identity: an application that gets tokens by client credentials. */
export interface GatewayIdentity {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Tokens by client credentials, in place of Azure's managed identities; kept until shortly before they expire. */
export class ClientCredentialTokens implements Pick<Tokens, 'managedIdentity'> {
  readonly #http: Http;
  readonly #identity: GatewayIdentity | undefined;
  readonly #now: () => number;
  readonly #cache = new Map<string, { token: string; until: number }>();
  readonly #fetching = new Map<string, Promise<string>>();

  constructor(http: Http, identity: GatewayIdentity | undefined, now: () => number) {
    this.#http = http;
    this.#identity = identity;
    this.#now = now;
  }

  managedIdentity(resource: string, clientId?: string): string | Promise<string> {
    const key = `${clientId ?? ''}|${resource}`;
    const known = this.#cache.get(key);
    if (known && known.until > this.#now()) return known.token;
    let fetching = this.#fetching.get(key);
    if (!fetching) {
      fetching = this.#fetch(resource, clientId)
        .then(({ token, seconds }) => {
          this.#cache.set(key, { token, until: this.#now() + Math.max(0, seconds - 60) * 1000 });
          return token;
        })
        .finally(() => this.#fetching.delete(key));
      this.#fetching.set(key, fetching);
    }
    return fetching;
  }

  async #fetch(
    resource: string,
    clientId: string | undefined,
  ): Promise<{ token: string; seconds: number }> {
    const identity = this.#identity;
    if (!identity)
      throw new Error(
        'The gateway has no identity: set identity-token-url, identity-client-id and identity-client-secret.',
      );
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId ?? identity.clientId,
      client_secret: identity.clientSecret,
      scope: resource.endsWith('/.default') ? resource : `${resource.replace(/\/+$/, '')}/.default`,
    };
    const { token, seconds } = await requestToken(this.#http, identity.tokenUrl, form);
    return { token, seconds };
  }
}
