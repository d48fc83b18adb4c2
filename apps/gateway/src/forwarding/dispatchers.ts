import type { Socket } from 'node:net';
import { checkServerIdentity, createSecureContext, rootCertificates, TLSSocket } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { Http1Client } from '@isthmus/http1';
import type { TlsCertificate } from '../services/certificates.js';
import type { EgressGuard } from './egress-guard.js';
import { addressGuard, guardedConnector } from './egress-guard.js';

/** How connections to a backend are made; backends with equal options share connections. */
export interface ConnectionChoice {
  readonly verifyChain: boolean;
  readonly verifyName: boolean;
  readonly certificate?: TlsCertificate | undefined;
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

/** What carries exchanges: our own client, or undici for whatever is more than plain HTTP/1.1. */
export interface Transport {
  /** For `http://` origins; absent where calls go through a proxy. */
  readonly plain: Http1Client | undefined;
  readonly dispatcher: Dispatcher;
}

/** Limits of every pool; times in milliseconds. */
const limits = {
  connections: 512,
  keepAlive: 30_000,
  mostKeepAlive: 300_000,
  bodyTimeout: 300_000,
};

/** The same for undici. */
const dispatcherLimits = {
  connections: limits.connections,
  pipelining: 1,
  keepAliveTimeout: limits.keepAlive,
  keepAliveMaxTimeout: limits.mostKeepAlive,
  maxHeaderSize: 64 * 1024,
};

/** The keep-alive pools of a gateway, one for each way of connecting; none leaves the egress guard. */
export class Dispatchers {
  readonly #guard: EgressGuard;
  readonly #connectTimeout: number;
  readonly #byChoice = new Map<string, Transport>();
  #usual: Transport;
  #authorities: readonly string[] = [];
  readonly #retired: Transport[] = [];
  /** Plain connections know no choices, so there is one client for all. */
  readonly #plain: Http1Client;

  /** `connectTimeout` in milliseconds. */
  constructor(guard: EgressGuard, connectTimeout: number) {
    this.#guard = guard;
    this.#connectTimeout = connectTimeout;
    this.#plain = new Http1Client(addressGuard(guard), {
      ...limits,
      mostAge: 300_000,
      connectTimeout,
    });
    this.#usual = this.#transport(usualConnection);
  }

  get guard(): EgressGuard {
    return this.#guard;
  }

  /** From the next call on, trusts authorities (PEM) beside the public ones. */
  trust(authorities: readonly string[]): void {
    if (authorities.join() === this.#authorities.join()) return;
    this.#authorities = authorities;
    // Calls that are under way end as they began.
    this.#retired.push(this.#usual, ...this.#byChoice.values());
    this.#byChoice.clear();
    this.#usual = this.#transport(usualConnection);
  }

  for(choice: ConnectionChoice): Transport {
    if (choice === usualConnection) return this.#usual;
    const key = JSON.stringify(choice);
    let transport = this.#byChoice.get(key);
    if (!transport) this.#byChoice.set(key, (transport = this.#transport(choice)));
    return transport;
  }

  /**
   * Connections of a choice that nobody else uses, HTTP/1.1 alone, a proxy asked for a tunnel: what becomes a
   * WebSocket never comes back. The caller destroys the dispatcher when the exchange is over.
   */
  fresh(choice: ConnectionChoice): Transport {
    const { proxy } = choice;
    const dispatcher = this.#make({ ...choice, allowHttp2: false }, proxy !== undefined);
    return { plain: proxy ? undefined : this.#plain, dispatcher };
  }

  async close(): Promise<void> {
    this.#plain.close();
    const all = [this.#usual, ...this.#byChoice.values(), ...this.#retired];
    await Promise.all(all.map(({ dispatcher }) => dispatcher.destroy()));
  }

  #transport(choice: ConnectionChoice): Transport {
    return { plain: choice.proxy ? undefined : this.#plain, dispatcher: this.#make(choice) };
  }

  /** Node forgets the public authorities where others are named; all of them are read once, not for each connection. */
  #trustOptions({ certificate }: ConnectionChoice): Pick<ConnectionOptions, 'secureContext'> {
    if (this.#authorities.length === 0) return {};
    const ca = [...rootCertificates, ...this.#authorities];
    const own = certificateOptions(certificate);
    return { secureContext: createSecureContext({ ...own, ca, minVersion: 'TLSv1.2' }) };
  }

  #make(choice: ConnectionChoice, proxyTunnel = false): Dispatcher {
    const tls: Omit<ConnectionOptions, 'path'> = {
      rejectUnauthorized: choice.verifyChain,
      minVersion: 'TLSv1.2',
      ...(choice.verifyName ? {} : { checkServerIdentity: () => undefined }),
      ...certificateOptions(choice.certificate),
      ...this.#trustOptions(choice),
    };
    if (choice.proxy) {
      const { url, username, password } = choice.proxy;
      const token =
        username === undefined
          ? undefined
          : `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
      return new ProxyAgent({
        ...dispatcherLimits,
        uri: url,
        proxyTunnel,
        connectTimeout: this.#connectTimeout,
        requestTls: tls as object,
        ...(token ? { token } : {}),
      });
    }
    const options = { ...tls, timeout: this.#connectTimeout, allowH2: choice.allowHttp2 };
    const nameAlone = !choice.verifyChain && choice.verifyName;
    const connect = guardedConnector(
      this.#guard,
      options as never,
      nameAlone ? verifyName : undefined,
    );
    return new Agent({ ...dispatcherLimits, allowH2: choice.allowHttp2, connect });
  }
}

/** The name on its own: Node looks at it only where it verifies the chain as well. */
function verifyName(socket: Socket, host: string): Error | undefined {
  return socket instanceof TLSSocket
    ? checkServerIdentity(host, socket.getPeerCertificate())
    : undefined;
}

function certificateOptions(certificate: TlsCertificate | undefined): ConnectionOptions {
  if (!certificate) return {};
  if ('cert' in certificate) return certificate;
  return { pfx: Buffer.from(certificate.pfx, 'base64'), passphrase: certificate.passphrase };
}
