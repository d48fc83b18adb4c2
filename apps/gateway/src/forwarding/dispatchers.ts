import type { ConnectionOptions } from 'node:tls';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import type { TlsCertificate } from '../services/certificates.js';
import type { EgressGuard } from './egress-guard.js';
import { guardedConnector } from './egress-guard.js';

/** How connections to a backend are made; backends with equal options share connections. */
export interface ConnectionChoice {
  readonly verifyChain: boolean;
  readonly verifyName: boolean;
  readonly certificate?: TlsCertificate | undefined;
  /** Additional authorities, PEM. */
  readonly ca?: readonly string[] | undefined;
  readonly allowHttp2: boolean;
  readonly proxy?:
    | { readonly url: string; readonly username?: string; readonly password?: string }
    | undefined;
}

/** Connections as most backends want them. */
export const usualConnection: ConnectionChoice = {
  verifyChain: true,
  verifyName: true,
  allowHttp2: false,
};

/** Limits of every pool. */
const limits = {
  connections: 512,
  pipelining: 1,
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 300_000,
  maxHeaderSize: 64 * 1024,
};

/** The keep-alive pools of a gateway, one for each way of connecting; none leaves the egress guard. */
export class Dispatchers {
  readonly #guard: EgressGuard;
  readonly #connectTimeout: number;
  readonly #byChoice = new Map<string, Dispatcher>();
  readonly #usual: Dispatcher;

  /** `connectTimeout` in milliseconds. */
  constructor(guard: EgressGuard, connectTimeout: number) {
    this.#guard = guard;
    this.#connectTimeout = connectTimeout;
    this.#usual = this.#make(usualConnection);
  }

  get guard(): EgressGuard {
    return this.#guard;
  }

  for(choice: ConnectionChoice): Dispatcher {
    if (choice === usualConnection) return this.#usual;
    const key = JSON.stringify(choice);
    let dispatcher = this.#byChoice.get(key);
    if (!dispatcher) this.#byChoice.set(key, (dispatcher = this.#make(choice)));
    return dispatcher;
  }

  async close(): Promise<void> {
    await Promise.all([this.#usual, ...this.#byChoice.values()].map((one) => one.destroy()));
  }

  #make(choice: ConnectionChoice): Dispatcher {
    const tls: Omit<ConnectionOptions, 'path'> = {
      rejectUnauthorized: choice.verifyChain,
      minVersion: 'TLSv1.2',
      ...(choice.verifyName ? {} : { checkServerIdentity: () => undefined }),
      ...certificateOptions(choice.certificate),
      ...(choice.ca ? { ca: [...choice.ca] } : {}),
    };
    if (choice.proxy) {
      const { url, username, password } = choice.proxy;
      const token =
        username === undefined
          ? undefined
          : `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
      return new ProxyAgent({ uri: url, requestTls: tls as object, ...(token ? { token } : {}) });
    }
    const connect = guardedConnector(this.#guard, {
      ...tls,
      timeout: this.#connectTimeout,
      allowH2: choice.allowHttp2,
    } as never);
    return new Agent({ ...limits, allowH2: choice.allowHttp2, connect });
  }
}

function certificateOptions(certificate: TlsCertificate | undefined): ConnectionOptions {
  if (!certificate) return {};
  if ('cert' in certificate) return certificate;
  return { pfx: Buffer.from(certificate.pfx, 'base64'), passphrase: certificate.passphrase };
}
