import http2 from 'node:http2';
import type { EventEmitter } from 'node:events';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import net from 'node:net';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { GatewaySettings } from '../settings.js';
import type { CertificateStore, KeyPair } from './certificate-store.js';
import { longestHello, readServerName } from './client-hello.js';
import { isSameTrust } from './client-certificate-mode.js';
import type { ClientTrust } from './client-certificate-mode.js';

/** HTTP/2 budgets: streams at a time, resets in a burst and a second (CVE-2023-44487), frames that mean nothing. */
const http2Limits = { maxConcurrentStreams: 128, maxHeaderListSize: 64 * 1024 };

/** What is spoken, the best first. */
const spoken = ['h2', 'http/1.1'];

/** Milliseconds for a ClientHello to arrive. */
const helloTimeout = 10_000;

/** Who speaks what was negotiated. */
export interface Protocols {
  /** Gets the sockets of HTTP/1.1. */
  http1(this: void, socket: TLSSocket): void;
  /** Gets every server of HTTP/2 before its first connection. */
  http2(server: Http2SecureServer): void;
}

/**
 * HTTP/1.1 and HTTP/2 over TLS 1.2 and later; certificates by server name. Whether a caller is asked for a certificate,
 * and whose are trusted, is decided by the host name too, so where host names differ the server name is read before
 * the handshake begins, and each has a server of its own: no session of one is resumed with another.
 */
export function createTlsListener(
  settings: GatewaySettings,
  certificates: CertificateStore,
  protocols: Protocols,
): Server {
  const byTrust = new Map<string, Http2SecureServer>();
  const shown = new WeakMap<Http2SecureServer, KeyPair>();
  const serverOf = (trust: ClientTrust): Http2SecureServer => {
    const key = `${trust.mode} ${trust.authorities ?? ''}`;
    let server = byTrust.get(key);
    if (!server) {
      byTrust.set(key, (server = createTlsServer(settings, certificates, trust)));
      server.on('unknownProtocol', protocols.http1);
      protocols.http2(server);
    }
    // Who names no host is not asked about by SNICallback: such get what the server itself has.
    const pair = certificates.usualPair;
    if (pair !== undefined && shown.get(server) !== pair) {
      shown.set(server, pair);
      server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
    }
    return server;
  };
  return net.createServer({ noDelay: true }, (socket) => {
    const hand = (trust: ClientTrust): void => void serverOf(trust).emit('connection', socket);
    const only = certificates.onlyTrust;
    if (only !== undefined) hand(only);
    else peek(socket, (name) => hand(certificates.trust(name)));
  });
}

function createTlsServer(
  settings: GatewaySettings,
  certificates: CertificateStore,
  trust: ClientTrust,
): Http2SecureServer {
  const { mode } = trust;
  const fallback = (): ReturnType<CertificateStore['context']> => certificates.context(undefined);
  const server = http2.createSecureServer({
    // The other one is not for node's server: such sockets come as "unknownProtocol".
    allowHTTP1: false,
    minVersion: 'TLSv1.2',
    // Not ALPNProtocols: node replaces them by "h2" alone, and who offers HTTP/1.1 alone would be refused.
    ALPNCallback: ({ protocols }) => spoken.find((one) => protocols.includes(one)),
    handshakeTimeout: 10_000,
    requestCert: mode !== 'ignore',
    // "request" shows the certificate to policies, which decide; "require" ends the handshake.
    rejectUnauthorized: mode === 'require',
    SNICallback: (serverName, done) => done(null, certificates.context(serverName) ?? fallback()),
    settings: http2Limits,
    // What a backend or a policy says twice reaches callers twice, as it does by HTTP/1.1.
    strictSingleValueFields: false,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    unknownProtocolTimeout: 5_000,
    streamResetBurst: 200,
    streamResetRate: 50,
  } as http2.SecureServerOptions);
  server.setTimeout(settings.keepAliveTimeout);
  // A call whose backend is slow is no reason to end: the connection is told to go, and its streams end by themselves.
  (server as EventEmitter).on('timeout', (silent: ServerHttp2Session) => silent.close());
  // The name that TLS itself read has the last word, whatever the bytes before looked like.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const { servername } = socket as TLSSocket & { servername?: string | false };
    if (!isSameTrust(certificates.trust(servername || undefined), trust)) socket.destroy();
  });
  return server;
}

/** Reads the server name of a connection and leaves its bytes to be read again. */
function peek(socket: Socket, done: (name: string | undefined) => void): void {
  let bytes = Buffer.alloc(0);
  const stop = (): void => void socket.destroy();
  const read = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const found = readServerName(bytes);
    if (found === 'incomplete' && bytes.length <= longestHello) return;
    clearTimeout(timer);
    socket.off('data', read).off('error', stop).pause();
    socket.unshift(bytes);
    done(found === 'incomplete' ? undefined : found.name);
  };
  const timer = setTimeout(stop, helloTimeout);
  socket.on('data', read).on('error', stop);
  socket.once('close', () => clearTimeout(timer));
}
