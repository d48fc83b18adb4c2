import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '@isthmus/policy-engine';
import { clientCertificate } from './client-certificate.js';
import { canonicalAddress, clientAddress } from './client-address.js';
import type { TrustedProxies } from './client-address.js';
import { isHost } from './request-framing.js';
import { PresentedKey } from '../subscriptions/presented-key.js';

/** A host as it was asked for. */
export interface Authority {
  /** Host name in lower case without port; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * What holds for all requests of one connection, or is mostly the same from one to the next, found out once: who
 * is at its other end, the host that is asked for, the key that is shown.
 */
export class Connection {
  /** Address of the other end, as the system spells it. */
  readonly peer: string;
  /** The same in its one spelling. */
  readonly peerAddress: string;
  /** Whether the other end is a proxy whose word about the caller counts. */
  readonly trusted: boolean;
  readonly secure: boolean;
  /** What the caller showed in the handshake. */
  readonly certificate: ClientCertificate | undefined;
  readonly key = new PresentedKey();
  readonly #localPort: number | undefined;
  #host: string | undefined;
  #authority: string | undefined;
  #scheme = '';
  #origin: Authority = { host: 'localhost', port: 0 };

  // The socket is not kept: the one that HTTP/2 shows belongs to a stream, and is of no use after it.
  constructor(socket: Socket, proxies: TrustedProxies) {
    this.peer = socket.remoteAddress ?? '';
    this.peerAddress = canonicalAddress(this.peer);
    this.trusted = proxies.trusts(this.peer);
    this.secure = (socket as TLSSocket).encrypted === true;
    this.certificate = this.secure ? clientCertificate(socket as TLSSocket) : undefined;
    this.#localPort = socket.localPort;
  }

  /** Whether a value of Host is a host, see `isHost`. */
  isHost(value: string): boolean {
    if (value === this.#host) return true;
    if (!isHost(value)) return false;
    this.#host = value;
    return true;
  }

  /** Host and port of an authority; without a port, that of the scheme. */
  origin(authority: string, scheme: 'http' | 'https'): Authority {
    if (authority !== this.#authority || scheme !== this.#scheme) {
      this.#origin = splitHost(authority, scheme, this.#localPort);
      this.#authority = authority;
      this.#scheme = scheme;
    }
    return this.#origin;
  }

  /** The caller's address, see `clientAddress`. */
  client(forwardedFor: string | undefined, proxies: TrustedProxies): string {
    return this.trusted && forwardedFor !== undefined
      ? clientAddress(this.peer, forwardedFor, proxies)
      : this.peerAddress;
  }
}

const known = Symbol('connection');

/** What is known of the connection that a request came on. */
export function connectionOf(socket: Socket, proxies: TrustedProxies): Connection {
  const holder = socket as Socket & { [known]?: Connection };
  return (holder[known] ??= new Connection(socket, proxies));
}

function splitHost(
  authority: string,
  scheme: 'http' | 'https',
  localPort: number | undefined,
): Authority {
  const match = /^(.*?)(?::(\d{1,5}))?$/.exec(authority);
  const host = (match?.[1] ?? authority).toLowerCase().replace(/\.$/, '');
  const standard = scheme === 'https' ? 443 : 80;
  return {
    host: host === '' ? 'localhost' : host,
    port: match?.[2] ? Number(match[2]) : authority === '' ? (localPort ?? standard) : standard,
  };
}
