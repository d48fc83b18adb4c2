/** What an OpenID provider publishes. */
export interface OpenIdConfiguration {
  readonly issuer: string;
  /** Public keys in JWK form. */
  readonly keys: readonly Record<string, unknown>[];
}

/**
 * OpenID discovery and key sets. Implementations cache one hour and refetch for an unknown key id at most
 * every five minutes (`refresh`). Rejects when the provider cannot be read and nothing is cached.
 */
export interface KeySets {
  discover(url: string): Promise<OpenIdConfiguration> | OpenIdConfiguration;
  /** Asked when a token names a key that the cached set does not have. */
  refresh(url: string): Promise<OpenIdConfiguration> | OpenIdConfiguration;
}

/** A fake from a table of discovery URLs. */
export class FakeKeySets implements KeySets {
  readonly #configurations: Readonly<Record<string, OpenIdConfiguration>>;

  constructor(configurations: Readonly<Record<string, OpenIdConfiguration>> = {}) {
    this.#configurations = configurations;
  }

  discover(url: string): OpenIdConfiguration {
    const configuration = this.#configurations[url];
    if (!configuration) throw new Error(`Unable to obtain configuration from: '${url}'.`);
    return configuration;
  }

  refresh(url: string): OpenIdConfiguration {
    return this.discover(url);
  }
}
