import type { BackendInfo, CertificateInfo } from '../model/entities.js';

/** Entities that policies name at run time. */
export interface Resources {
  /** A backend entity; `url` is absent for pools. */
  backend(id: string): (BackendInfo & { readonly url?: string }) | undefined;
  certificate(
    by: { readonly id: string } | { readonly thumbprint: string },
  ): CertificateInfo | undefined;
}

/** A fake from tables. */
export class FakeResources implements Resources {
  readonly #backends: Readonly<Record<string, string>>;
  readonly #certificates: readonly CertificateInfo[];

  constructor(
    backends: Readonly<Record<string, string>> = {},
    certificates: readonly CertificateInfo[] = [],
  ) {
    this.#backends = backends;
    this.#certificates = certificates;
  }

  backend(id: string): (BackendInfo & { url: string }) | undefined {
    const url = this.#backends[id];
    return url === undefined ? undefined : { id, type: 'Single', url };
  }

  certificate(by: { id: string } | { thumbprint: string }): CertificateInfo | undefined {
    return this.#certificates.find((one) =>
      'id' in by ? one.id === by.id : one.thumbprint.toLowerCase() === by.thumbprint.toLowerCase(),
    );
  }
}
