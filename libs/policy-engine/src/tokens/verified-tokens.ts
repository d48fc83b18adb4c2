import type { JsonWebKey, Jwt } from '@isthmus/dotnet';

/** Tokens that are remembered, and characters that they may have together. */
const mostTokens = 10_000;
const mostCharacters = 16 * 1024 * 1024;

interface Verified {
  readonly jwt: Jwt;
  readonly keys: readonly JsonWebKey[];
}

/**
 * Tokens whose signatures were verified, with the keys that did. A signature that fits a key fits it for ever, so
 * only this is remembered: lifetime, audience, issuer and claims are checked on every call, and a change of keys
 * leads to another verification.
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, Verified>();
  #characters = 0;

  /** The token as it was read, when these keys have verified it before. */
  find(token: string, keys: readonly JsonWebKey[]): Jwt | undefined {
    const known = this.#tokens.get(token);
    return known && sameKeys(known.keys, keys) ? known.jwt : undefined;
  }

  /** Keeps a token that these keys have verified; the oldest ones make room. */
  keep(token: string, keys: readonly JsonWebKey[], jwt: Jwt): void {
    // Without a signature there was nothing to verify.
    if (jwt.signature === '') return;
    if (this.#tokens.delete(token)) this.#characters -= token.length;
    this.#tokens.set(token, { jwt, keys });
    this.#characters += token.length;
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size <= mostTokens && this.#characters <= mostCharacters) break;
      this.#tokens.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}

/** Keys of a provider are the same objects until they are read again; keys of the document are made for each call. */
function sameKeys(one: readonly JsonWebKey[], other: readonly JsonWebKey[]): boolean {
  return (
    one.length === other.length &&
    one.every((key, at) => key === other[at] || JSON.stringify(key) === JSON.stringify(other[at]))
  );
}
