import type { BackendInfo, CertificateInfo } from '../model/entities.js';

/** Entities that policies name at run time. */
export interface Resources {
  backend(id: string): BackendEntity | undefined;
  certificate(
    by: { readonly id: string } | { readonly thumbprint: string },
  ): CertificateInfo | undefined;
}

/** A backend entity; `url` is absent for pools. */
export interface BackendEntity extends BackendInfo {
  readonly url?: string;
  readonly credentials?: BackendCredentials;
}

/** What a backend entity adds to the calls that policies themselves make to it. */
export interface BackendCredentials {
  readonly headers?: readonly (readonly [string, readonly string[]])[];
  readonly query?: readonly (readonly [string, readonly string[]])[];
  /** Value of Authorization: scheme and parameter. */
  readonly authorization?: string;
  /** A token of this identity of the gateway goes into Authorization. */
  readonly managedIdentity?: { readonly resource: string; readonly clientId?: string };
}

/** A fake from tables: backends by id, as URL or with credentials. */
export class FakeResources implements Resources {
  readonly #backends: Readonly<Record<string, string | FakeBackend>>;
  readonly #certificates: readonly CertificateInfo[];

  constructor(
    backends: Readonly<Record<string, string | FakeBackend>> = {},
    certificates: readonly CertificateInfo[] = [],
  ) {
    this.#backends = backends;
    this.#certificates = certificates;
  }

  backend(id: string): BackendEntity | undefined {
    const found = Object.entries(this.#backends).find(
      ([name]) => name.toLowerCase() === id.toLowerCase(),
    );
    if (!found) return undefined;
    const [name, given] = found;
    const backend = typeof given === 'string' ? { url: given } : given;
    return { id: name, type: backend.url === undefined ? 'Pool' : 'Single', ...backend };
  }

  certificate(by: { id: string } | { thumbprint: string }): CertificateInfo | undefined {
    return this.#certificates.find((one) =>
      'id' in by ? one.id === by.id : one.thumbprint.toLowerCase() === by.thumbprint.toLowerCase(),
    );
  }
}

/** A backend of the fake; a pool when it has no URL. */
export interface FakeBackend {
  readonly url?: string;
  readonly credentials?: BackendCredentials;
}
