import { Type, validate } from '@isthmus/contracts';
import { secretText, type Connection, type Credentials } from './connection.js';
import { ConnectorError } from './connector.js';

/** What a connection's credentials add to a request. */
export interface Authorisation {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

const TokenAnswer = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  expires_in: Type.Optional(Type.Number()),
});

/** A token is renewed this long before it ends, so that it does not end on its way. */
const renewalMarginMs = 30_000;
const tokenTimeoutMs = 10_000;

/** Applies credentials; tokens are cached for each connection and fetched once at a time. */
export class CredentialStore {
  readonly #tokens = new Map<string, Promise<Token>>();

  constructor(
    private readonly send: typeof fetch = fetch,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws ConnectorError 502 `ConnectionAuthorizationFailed` when no token can be had. */
  async authorise(connection: Connection): Promise<Authorisation> {
    const { credentials } = connection;
    switch (credentials.type) {
      case 'none':
        return { headers: {}, query: {} };
      case 'apiKey': {
        const pair = { [credentials.name]: await secretText(credentials.value) };
        return credentials.in === 'header'
          ? { headers: pair, query: {} }
          : { headers: {}, query: pair };
      }
      case 'basic': {
        const text = `${credentials.username}:${await secretText(credentials.password)}`;
        return {
          headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
          query: {},
        };
      }
      case 'oauth2ClientCredentials': {
        const token = await this.#token(connection.name, credentials);
        return { headers: { authorization: `Bearer ${token.value}` }, query: {} };
      }
    }
  }

  /** Forgets a connection's token, after the system answered 401 to it. */
  forget(connection: Connection): void {
    this.#tokens.delete(connection.name);
  }

  async #token(
    name: string,
    credentials: Credentials & { type: 'oauth2ClientCredentials' },
  ): Promise<Token> {
    const known = this.#tokens.get(name);
    if (known) {
      const token = await known;
      if (token.expires - renewalMarginMs > this.now()) return token;
      // Only one of the waiters replaces the token that they all found too old.
      if (this.#tokens.get(name) === known) this.#tokens.delete(name);
      return this.#token(name, credentials);
    }
    const flight = this.#fetchToken(credentials);
    this.#tokens.set(name, flight);
    flight.catch(() => this.#tokens.delete(name));
    return flight;
  }

  /** RFC 6749 section 4.4. */
  async #fetchToken(
    credentials: Credentials & { type: 'oauth2ClientCredentials' },
  ): Promise<Token> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: await secretText(credentials.clientSecret),
      ...(credentials.scope ? { scope: credentials.scope } : {}),
    });
    const failed = (reason: string) =>
      new ConnectorError(
        502,
        'ConnectionAuthorizationFailed',
        `No token from ${credentials.tokenUrl}: ${reason}`,
      );
    let response: Response;
    try {
      response = await this.send(credentials.tokenUrl, {
        method: 'POST',
        redirect: 'error',
        body: form,
        signal: AbortSignal.timeout(tokenTimeoutMs),
      });
    } catch (error) {
      throw failed((error as Error).message);
    }
    const answer: unknown = await response.json().catch(() => undefined);
    const checked = validate(TokenAnswer, answer);
    if (!response.ok || !checked.ok) throw failed(`status ${response.status}`);
    const { access_token: value, expires_in: lifetime = 300 } = checked.value;
    return { value, expires: this.now() + Math.max(lifetime * 1000, renewalMarginMs + 1000) };
  }
}
