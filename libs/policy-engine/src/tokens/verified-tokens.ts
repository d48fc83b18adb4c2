import type { JsonWebKey, Jwt } from '@isthmus/dotnet';

/** Tokens that are remembered, and characters that they may have together. */
const mostTokens = 10_000;
const mostCharacters = 16 * 1024 * 1024;

/** How long a verification is believed, unless a host says otherwise. Milliseconds. */
const usualAge = 5 * 60 * 1000;

/**
 * Characters at the end of a token by which it is looked up; the whole of it is compared then. They are of its
 * signature, and no two signatures end alike but by chance; a longer text would only be hashed longer.
 */
const tail = 40;

interface Verified {
  readonly jwt: Jwt;
  readonly keys: readonly JsonWebKey[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Known extends Verified {
  readonly token: string;
}

/**
 * Tokens whose signatures were verified, with the keys that did. A signature that fits a key fits it for ever, so
 * only this is remembered: lifetime, audience, issuer and claims are checked on every call, and a change of keys
 * leads to another verification.
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, Known>();
  readonly #age: number;
  #characters = 0;

  /** `age`: milliseconds after which a token is verified again; 0: each time. */
  constructor(age = usualAge) {
    this.#age = age;
  }

  /** The token as it was read, when these keys have verified it not long before `now`. */
  find(token: string, keys: readonly JsonWebKey[], now: number): Jwt | undefined {
    const known = this.#tokens.get(token.slice(-tail));
    // A clock that was set back says nothing about the age.
    return known?.token === token &&
      now >= known.at &&
      now < known.at + this.#age &&
      sameKeys(known.keys, keys)
      ? known.jwt
      : undefined;
  }

  /** Keeps a token that these keys have verified; the oldest ones make room. */
  keep(token: string, { keys, jwt, at }: Verified): void {
    // Without a signature there was nothing to verify.
    if (jwt.signature === '' || this.#age <= 0) return;
    const end = token.slice(-tail);
    this.#forget(end);
    this.#tokens.set(end, { token, jwt, keys, at });
    this.#characters += token.length;
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size <= mostTokens && this.#characters <= mostCharacters) break;
      this.#forget(oldest);
    }
  }

  #forget(end: string): void {
    this.#characters -= this.#tokens.get(end)?.token.length ?? 0;
    this.#tokens.delete(end);
  }
}

/** Keys of a provider are the same objects until they are read again, and so are those of a document. */
function sameKeys(one: readonly JsonWebKey[], other: readonly JsonWebKey[]): boolean {
  if (one === other) return true;
  return (
    one.length === other.length &&
    one.every((key, at) => key === other[at] || JSON.stringify(key) === JSON.stringify(other[at]))
  );
}
