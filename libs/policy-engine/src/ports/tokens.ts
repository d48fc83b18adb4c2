/** Tokens of the gateway's own identities (managed identity and its substitutes) and of stored authorizations. */
export interface Tokens {
  /** A token for a resource; `clientId` chooses a user-assigned identity. Cached until it expires. */
  managedIdentity(resource: string, clientId?: string): Promise<string> | string;
  /** A stored authorization of the credential manager; undefined when there is none. */
  authorization(
    request: AuthorizationRequest,
  ): Promise<StoredAuthorization | undefined> | StoredAuthorization | undefined;
}

export interface AuthorizationRequest {
  readonly providerId: string;
  readonly authorizationId: string;
  readonly identityType: 'managed' | 'jwt';
  /** Bearer token of the identity, for `jwt`. */
  readonly identity?: string;
}

export interface StoredAuthorization {
  readonly accessToken: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A fake: `token-for-<resource>`, and authorizations from a table keyed `provider/authorization`. */
export class FakeTokens implements Tokens {
  readonly #authorizations: Readonly<Record<string, StoredAuthorization>>;

  constructor(authorizations: Readonly<Record<string, StoredAuthorization>> = {}) {
    this.#authorizations = authorizations;
  }

  managedIdentity(resource: string, clientId?: string): string {
    return clientId ? `token-for-${resource}-by-${clientId}` : `token-for-${resource}`;
  }

  authorization(request: AuthorizationRequest): StoredAuthorization | undefined {
    return this.#authorizations[`${request.providerId}/${request.authorizationId}`];
  }
}
