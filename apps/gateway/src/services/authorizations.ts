import { createHash } from 'node:crypto';
import type { AuthorizationRequest, Http, StoredAuthorization } from '@isthmus/policy-engine';
import { requestToken } from './token-request.js';

/** An authorization of the credential manager: how a gateway gets its access token. */
export interface AuthorizationModel {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Fields of the token request beside those (scope, resource). */
  readonly fields: Readonly<Record<string, string>>;
  /** Present for an authorization that a user gave: refreshed instead of asked for by client credentials. */
  readonly refreshToken?: string;
  /** Whether any access policy lets the gateway's identity use it. */
  readonly allowed: boolean;
}

/** Access tokens of stored authorizations: kept until shortly before they expire, fetched by one request at a time. */
export class Authorizations {
  readonly #http: Http;
  readonly #now: () => number;
  readonly #kept = new Map<string, { token: string; until: number }>();
  readonly #fetching = new Map<string, Promise<string>>();
  /** A provider may give a new refresh token with each answer; the old one is then worth nothing. */
  readonly #refreshTokens = new Map<string, string>();

  constructor(http: Http, now: () => number) {
    this.#http = http;
    this.#now = now;
  }

  /**
   * The authorization that a policy names, by "provider/authorization" in lower case; undefined when there is none.
   * @throws Error when it may not be used, or its provider gives no token
   */
  async find(
    models: ReadonlyMap<string, AuthorizationModel>,
    { providerId, authorizationId, identityType }: AuthorizationRequest,
  ): Promise<StoredAuthorization | undefined> {
    const model = models.get(`${providerId}/${authorizationId}`.toLowerCase());
    if (!model) return undefined;
    if (identityType === 'jwt')
      throw new Error("The identity type 'jwt' is not available here; use 'managed'.");
    if (!model.allowed)
      throw new Error(`No access policy of '${authorizationId}' allows the gateway to use it.`);
    return { accessToken: await this.#token(model), claims: {} };
  }

  #token(model: AuthorizationModel): string | Promise<string> {
    const key = createHash('sha256').update(JSON.stringify(model)).digest('base64');
    const known = this.#kept.get(key);
    if (known && known.until > this.#now()) return known.token;
    let fetching = this.#fetching.get(key);
    if (!fetching) {
      fetching = this.#fetch(key, model).finally(() => this.#fetching.delete(key));
      this.#fetching.set(key, fetching);
    }
    return fetching;
  }

  async #fetch(key: string, model: AuthorizationModel): Promise<string> {
    const { tokenUrl, clientId, clientSecret, fields } = model;
    const refreshToken = this.#refreshTokens.get(key) ?? model.refreshToken;
    const grant: Record<string, string> =
      refreshToken === undefined
        ? { grant_type: 'client_credentials' }
        : { grant_type: 'refresh_token', refresh_token: refreshToken };
    const client = { client_id: clientId, client_secret: clientSecret };
    const answer = await requestToken(this.#http, tokenUrl, { ...grant, ...client, ...fields });
    if (answer.refreshToken !== undefined && refreshToken !== undefined)
      this.#refreshTokens.set(key, answer.refreshToken);
    const until = this.#now() + Math.max(0, answer.seconds - 60) * 1000;
    this.#kept.set(key, { token: answer.token, until });
    return answer.token;
  }
}
