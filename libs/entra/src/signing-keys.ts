import { createPublicKey, type JsonWebKey } from 'node:crypto';

/** Where the keys come from and how patiently. Times are milliseconds. */
export interface SigningKeysOptions {
  /** The OpenID discovery document, `<issuer>/.well-known/openid-configuration`. */
  readonly metadataUrl: string;
  /** Plain http is for development only: whoever sits on the wire could hand out keys. */
  readonly allowHttp: boolean;
  /** Age at which keys are fetched again; default one hour. */
  readonly maxAge?: number;
  /** Least time between two fetches for unknown key ids or after a failure; default 30 seconds. */
  readonly cooldown?: number;
  /** Time limit of one fetch; default 3 seconds. */
  readonly timeout?: number;
}

/** What passport-azure-ad asks of a metadata object. */
export interface KeyView {
  readonly oidc: { readonly issuer: string; readonly algorithms: readonly string[] };
  generateOidcPEM(keyId: string): string;
}

interface Discovery {
  readonly issuer: string;
  readonly jwks_uri: string;
}
type Jwk = JsonWebKey & { kid?: string; use?: string; alg?: string };

const longestAnswer = 512 * 1024;

/**
 * The signing keys of the identity provider: one fetch for any number of waiting requests, a time limit, no redirects,
 * refetch on an unknown key id (at most once per cooldown), last good keys while the provider is away.
 * Only RSA keys for RS256 signatures of at least 2048 bits are taken.
 */
export class SigningKeys {
  #issuer = '';
  #pem: ReadonlyMap<string, string> = new Map();
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #flight: Promise<void> | undefined;

  constructor(private readonly options: SigningKeysOptions) {}

  /**
   * The keys, fresh enough to judge a token with this key id.
   * @throws Error when the provider cannot be reached and no keys are known from before
   */
  async view(keyId: string): Promise<KeyView> {
    await this.#refresh(keyId);
    const pem = this.#pem;
    return {
      // Never from the metadata: a provider that lists HS256 would open the door to forgery with the public key.
      oidc: { issuer: this.#issuer, algorithms: ['RS256'] },
      generateOidcPEM(id) {
        const found = pem.get(id);
        if (found === undefined) throw new Error('no key of that id');
        return found;
      },
    };
  }

  async #refresh(keyId: string): Promise<void> {
    const { maxAge = 3_600_000, cooldown = 30_000 } = this.options;
    const now = performance.now();
    const known = this.#pem.size > 0;
    const wanted = !this.#pem.has(keyId) || now - this.#fetchedAt > maxAge;
    if (!wanted) return;
    // The very first fetch may be repeated at once; later ones are rationed, so that made-up key ids cause no traffic.
    if (known && !this.#flight && now - this.#triedAt < cooldown) return;
    try {
      await (this.#flight ??= this.#load().finally(() => (this.#flight = undefined)));
    } catch (error) {
      if (!known) throw error;
    }
  }

  async #load(): Promise<void> {
    const first = this.#pem.size === 0;
    if (!first) this.#triedAt = performance.now();
    const discovery = (await this.#json(this.options.metadataUrl)) as Partial<Discovery>;
    if (typeof discovery.issuer !== 'string' || typeof discovery.jwks_uri !== 'string')
      throw new Error('the identity provider’s discovery document lacks issuer or jwks_uri');
    const { keys } = (await this.#json(discovery.jwks_uri)) as { keys?: unknown };
    const pem = new Map<string, string>();
    for (const key of Array.isArray(keys) ? (keys as Jwk[]) : []) addKey(pem, key);
    if (pem.size === 0) throw new Error('the identity provider offers no RS256 signing key');
    this.#issuer = discovery.issuer;
    this.#pem = pem;
    this.#fetchedAt = performance.now();
  }

  async #json(url: string): Promise<unknown> {
    const { protocol } = new URL(url);
    if (protocol !== 'https:' && !(protocol === 'http:' && this.options.allowHttp))
      throw new Error(`the identity provider must be reached by https, not ${url}`);
    const response = await fetch(url, {
      signal: AbortSignal.timeout(this.options.timeout ?? 3000),
      redirect: 'error',
      headers: { accept: 'application/json' },
    });
    const text = await readCapped(response);
    if (!response.ok) throw new Error(`the identity provider answered ${response.status}`);
    return JSON.parse(text);
  }
}

/** Adds a key that can verify RS256. Of two keys with one id neither is trusted. */
function addKey(pem: Map<string, string>, key: Jwk): void {
  if (key?.kty !== 'RSA' || typeof key.kid !== 'string') return;
  if ((key.use ?? 'sig') !== 'sig' || (key.alg ?? 'RS256') !== 'RS256') return;
  if (pem.has(key.kid)) {
    pem.delete(key.kid);
    return;
  }
  try {
    const { kty, n, e } = key;
    const parsed = createPublicKey({
      key: { kty, n, e } as JsonWebKey,
      format: 'jwk',
    });
    if ((parsed.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return;
    pem.set(key.kid, parsed.export({ type: 'spki', format: 'pem' }).toString());
  } catch {
    // one malformed key must not take the others with it
  }
}

async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > longestAnswer) throw new Error('the identity provider’s answer is too long');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}
