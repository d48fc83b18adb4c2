import http2 from 'node:http2';
import type { Http2SecureServer } from 'node:http2';
import type { GatewaySettings } from '../settings.js';
import type { CertificateStore } from './certificate-store.js';

/** HTTP/2 budgets: streams at a time, resets in a burst and a second (CVE-2023-44487), frames that mean nothing. */
const http2Limits = { maxConcurrentStreams: 128, maxHeaderListSize: 64 * 1024 };

/** A server for HTTP/1.1 and HTTP/2 over TLS 1.2 and later; certificates by server name. */
export function createTlsServer(
  settings: GatewaySettings,
  certificates: CertificateStore,
): Http2SecureServer {
  const asks = settings.tlsClientCertificates !== 'ignore';
  const fallback = (): ReturnType<CertificateStore['context']> => certificates.context(undefined);
  const server = http2.createSecureServer({
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: 10_000,
    requestCert: asks,
    // "request" shows the certificate to policies, which decide; "require" ends the handshake.
    rejectUnauthorized: settings.tlsClientCertificates === 'require',
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
  return server;
}
