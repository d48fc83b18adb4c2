import type { SecureContext } from 'node:tls';
import type { ClientCertificateMode } from './client-certificate-mode.js';

/** A host name of this gateway that is managed in the catalog. */
export interface HostName {
  /** In lower case; `*.example.com` for all names one label below. */
  readonly host: string;
  /** Name of its certificate; without one the certificates of the folder serve it. */
  readonly certificate: string | undefined;
  readonly context: SecureContext | undefined;
  /** When its certificate ends; milliseconds since 1970. */
  readonly expires: number | undefined;
  /** Authorities of the client certificates that are trusted, PEM; undefined: those of the certificate's host, or the public ones. */
  readonly authorities: string | undefined;
  readonly mode: ClientCertificateMode;
}
