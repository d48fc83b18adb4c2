import http2 from 'node:http2';
import type { Http2SecureServer } from 'node:http2';
import net from 'node:net';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { GatewaySettings } from '../settings.js';
import type { CertificateStore } from './certificate-store.js';
import { longestHello, readServerName } from './client-hello.js';
import { clientCertificateModes } from './client-certificate-mode.js';
import type { ClientCertificateMode } from './client-certificate-mode.js';

/** HTTP/2 budgets: streams at a time, resets in a burst and a second (CVE-2023-44487), frames that mean nothing. */
const http2Limits = { maxConcurrentStreams: 128, maxHeaderListSize: 64 * 1024 };

/** Milliseconds for a ClientHello to arrive. */
const helloTimeout = 10_000;

/** The TLS listener: one socket to listen on, and behind it a server for each way to ask for client certificates. */
export interface TlsListener {
  readonly listener: Server;
  readonly servers: readonly Http2SecureServer[];
}

/**
 * HTTP/1.1 and HTTP/2 over TLS 1.2 and later; certificates by server name. Whether a caller is asked for a
 * certificate is decided by the host name too, so where host names differ the server name is read before the
 * handshake begins.
 */
export function createTlsListener(
  settings: GatewaySettings,
  certificates: CertificateStore,
): TlsListener {
  const byMode = new Map<ClientCertificateMode, Http2SecureServer>(
    clientCertificateModes.map((mode) => [mode, createTlsServer(settings, certificates, mode)]),
  );
  const listener = net.createServer({ noDelay: true }, (socket) => {
    const hand = (mode: ClientCertificateMode): void =>
      void byMode.get(mode)?.emit('connection', socket);
    const only = certificates.onlyMode;
    if (only !== undefined) hand(only);
    else peek(socket, (name) => hand(certificates.mode(name)));
  });
  return { listener, servers: [...byMode.values()] };
}

function createTlsServer(
  settings: GatewaySettings,
  certificates: CertificateStore,
  mode: ClientCertificateMode,
): Http2SecureServer {
  const fallback = (): ReturnType<CertificateStore['context']> => certificates.context(undefined);
  const server = http2.createSecureServer({
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: 10_000,
    requestCert: mode !== 'ignore',
    // "request" shows the certificate to policies, which decide; "require" ends the handshake.
    rejectUnauthorized: mode === 'require',
    SNICallback: (serverName, done) => done(null, certificates.context(serverName) ?? fallback()),
    settings: http2Limits,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    unknownProtocolTimeout: 5_000,
    streamResetBurst: 200,
    streamResetRate: 50,
    maxHeaderSize: settings.maxHeaderSize,
    headersTimeout: settings.headersTimeout,
    requestTimeout: settings.requestTimeout,
    keepAliveTimeout: settings.keepAliveTimeout,
  } as http2.SecureServerOptions);
  server.setTimeout(settings.keepAliveTimeout);
  // The name that TLS itself read has the last word, whatever the bytes before looked like.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const { servername } = socket as TLSSocket & { servername?: string | false };
    if (certificates.mode(servername || undefined) !== mode) socket.destroy();
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
