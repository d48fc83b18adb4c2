import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@isthmus/host';
import { Configuration } from './configuration/configuration.js';
import type { GatewayModel } from './configuration/gateway-model.js';
import { GatewayProcess } from './gateway-process.js';
import { isRefused, refuse } from './errors.js';
import { handleRequest } from './handle-request.js';
import type { Arrival, DataPlane, FinishedCall } from './handle-request.js';
import { handleUpgrade, isWebSocket } from './handle-upgrade.js';
import { endMalformed } from './malformed-bytes.js';
import { CallLog } from './observability/call-log.js';
import { CallTraces } from './observability/call-traces.js';
import { countCall, showBodyMemory } from './observability/metrics.js';
import { BodyMemory } from './request/call-bytes.js';
import type { CanonicalRequest, CanonicalRules } from './request/canonical-request.js';
import { trustedProxies } from './request/client-address.js';
import { GatewayPorts } from './services/gateway-ports.js';
import { bodyMemory, plainHttpRule } from './settings.js';
import type { GatewaySettings } from './settings.js';
import { CertificateStore } from './tls/certificate-store.js';
import { readModes } from './tls/client-certificate-mode.js';
import type { ClientCertificateMode } from './tls/client-certificate-mode.js';
import { answerPlain } from './tls/plain-http.js';
import { createTlsListener } from './tls/tls-server.js';

const noHeaders: readonly string[] = [];

/** Owns the listeners of the data plane: opens them after the first configuration, drains them at the end. */
@Injectable()
export class DataPlaneServer
  implements DataPlane, OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly settings: GatewaySettings;
  private readonly logger: Logger;
  readonly rules: CanonicalRules;
  readonly traces: CallTraces;
  readonly #calls: CallLog;
  readonly #plain: string;
  readonly #servers: (Server | http.Server | Http2SecureServer)[] = [];
  readonly #upgraded = new Set<Duplex>();
  /** Ports of the listeners, in the order in which they were opened. */
  readonly listening: number[] = [];
  #certificates: CertificateStore | undefined;
  #draining = false;

  constructor(
    @Inject(GatewayProcess) private readonly process: GatewayProcess,
    @Inject(Configuration) private readonly configuration: Configuration,
    @Inject(GatewayPorts) private readonly ports: GatewayPorts,
  ) {
    const { settings, logger } = process;
    this.settings = settings;
    this.logger = logger;
    this.rules = {
      encodedSlashes: settings.encodedSlashes as CanonicalRules['encodedSlashes'],
      trustedProxies: trustedProxies(settings.trustedProxies),
      bodyBuffer: settings.bodyBuffer,
      bodyMemory: new BodyMemory(bodyMemory(settings)),
    };
    showBodyMemory(this.rules.bodyMemory);
    this.traces = new CallTraces(settings.traceSecret, settings.serviceName, (trace) =>
      configuration.publishTrace(trace),
    );
    this.#plain = plainHttpRule(settings);
    this.#calls = new CallLog(logger, settings.accessLog);
  }

  get model(): GatewayModel | undefined {
    return this.configuration.model;
  }

  extraHeaders(message: IncomingMessage): readonly string[] {
    if (!this.#draining && !(this.settings.hsts > 0 && (message.socket as TLSSocket).encrypted))
      return noHeaders;
    const headers: string[] = [];
    if (this.#draining && message.httpVersionMajor === 1) headers.push('Connection', 'close');
    if (this.settings.hsts > 0 && (message.socket as TLSSocket).encrypted)
      headers.push('Strict-Transport-Security', `max-age=${this.settings.hsts}`);
    return headers;
  }

  turnsAway(
    message: IncomingMessage,
    request: CanonicalRequest,
    response: ServerResponse,
  ): boolean {
    if (request.scheme === 'http') {
      if (this.#plain === 'serve') return false;
      answerPlain(this.#plain, request, response, this.settings.tlsPort);
      return true;
    }
    const { servername } = message.socket as TLSSocket & { servername?: string | false };
    if (
      !servername ||
      this.#certificates === undefined ||
      this.#certificates.isSame(servername, request.host)
    )
      return false;
    refuse(response, 421);
    return true;
  }

  finished(call: FinishedCall): void {
    countCall(call);
    this.#calls.write(call);
    if (call.context.recorder) this.traces.finish(call);
    // An answer that began before the drain did not say "Connection: close".
    if (this.#draining) setImmediate(() => this.#servers.forEach(closeIdle));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.configuration.start();
    const { port, tlsPort, tlsFolder } = this.settings;
    if (tlsPort !== undefined) {
      if (tlsFolder === undefined)
        throw new Error('tls-port needs tls-folder, the folder of the certificates.');
      this.#certificates = this.#openStore(tlsFolder);
      await this.#certificates.open();
      const serve = (server: Http2SecureServer): void => this.#serve(server);
      await this.#listen(createTlsListener(this.settings, this.#certificates, serve), tlsPort);
    }
    const plain = this.#createServer();
    this.#serve(plain);
    await this.#listen(plain, port);
    this.process.readiness.announce(`http://${this.settings.host}:${this.listening.at(-1)}`);
  }

  #openStore(folder: string): CertificateStore {
    const { tlsClientCertificates, tlsClientCertificateHosts } = this.settings;
    return new CertificateStore(
      folder,
      (level, message, details) => this.logger[level](details, message),
      {
        usual: tlsClientCertificates as ClientCertificateMode,
        modes: readModes(tlsClientCertificateHosts),
        managed: () => this.model?.hostNames ?? new Map(),
      },
    );
  }

  #createServer(): http.Server {
    const { maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout } = this.settings;
    const options = {
      maxHeaderSize,
      headersTimeout,
      requestTimeout,
      keepAliveTimeout,
      insecureHTTPParser: false,
      // The gateway refuses in its own words.
      requireHostHeader: false,
      connectionsCheckingInterval: 5_000,
    };
    // Only WebSocket handshakes leave HTTP; other offers ("h2c") are ignored, as RFC 9110 section 7.8 allows.
    return http.createServer({
      ...options,
      shouldUpgradeCallback: isWebSocket,
      // A message without a body is no stream: nothing would ever read it.
      optimizeEmptyRequests: true,
    } as http.ServerOptions);
  }

  /** Answers what comes in on a server. */
  #serve(server: http.Server | Http2SecureServer): void {
    // The size of a head is limited; a limit of their number would drop the rest without a word.
    if ('maxHeadersCount' in server) server.maxHeadersCount = 0;
    const listener = server as http.Server;
    listener.on('request', (message, response) => this.#handle(message, response));
    listener.on('checkContinue', (message, response) => {
      // Node takes a list with "100-continue" in it for the same.
      if (message.headers.expect?.toLowerCase() !== '100-continue') refuse(response, 417);
      else this.#handle(message, response, { sendContinue: expected(message, response) });
    });
    listener.on('checkExpectation', (_message, response) => refuse(response, 417));
    listener.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      const { subscriptions } = this.ports;
      this.#upgraded.add(socket);
      socket.on('close', () => this.#upgraded.delete(socket));
      handleUpgrade(this, subscriptions, { message, socket, head }).catch((error: unknown) => {
        this.logger.error({ err: error }, 'an upgrade failed inside the gateway');
        socket.destroy();
      });
    });
    // No forward proxy; over HTTP/2 the second argument is the answer.
    listener.on('connect', (_message: IncomingMessage, target: Duplex | ServerResponse) => {
      if ('writeHead' in target) refuse(target, 405);
      else void endMalformed(new Error('CONNECT'), target);
    });
    listener.on(
      'clientError',
      (error: NodeJS.ErrnoException, socket: Socket) => void endMalformed(error, socket),
    );
    this.#servers.push(server);
  }

  async #listen(listener: Server, port: number): Promise<void> {
    listener.maxConnections = this.settings.maxConnections;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, this.settings.host, resolve);
    });
    if (!this.#servers.some((one) => one === listener)) this.#servers.push(listener);
    const address = listener.address() as AddressInfo;
    this.listening.push(address.port);
    this.logger.info({ host: address.address, port: address.port }, 'serving APIs');
  }

  #handle(message: IncomingMessage, response: ServerResponse, arrival?: Arrival): void {
    // Behind a refusal, which closes the connection, nothing is a request (RFC 9112 section 9.6).
    if (isRefused(message.socket)) return;
    try {
      const running = handleRequest(this, message, response, arrival);
      running?.then(undefined, (error: unknown) => this.#broken(response, error));
    } catch (error) {
      this.#broken(response, error);
    }
  }

  /** A defect of ours: the call ends, the process goes on. */
  #broken(response: ServerResponse, error: unknown): void {
    this.logger.error({ err: error }, 'a request failed inside the gateway');
    if (response.headersSent) response.destroy();
    else {
      response.writeHead(500, { 'Content-Length': 0 });
      response.end();
    }
  }

  /** Readiness is off already: no new connections, `Connection: close` on what is running, then the rest is cut. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#draining = true;
    this.#certificates?.close();
    const closed = Promise.all(this.#servers.map(closeServer));
    // Servers count what was upgraded as well, and nobody says when a WebSocket ends.
    for (const socket of this.#upgraded) socket.end(() => socket.destroy());
    await closed;
  }
}

/**
 * Says "100 Continue" when it is called. A caller who is answered without may send the body or leave it out: the
 * connection closes, as nobody could tell the body from the next request (RFC 9110 section 10.1.1).
 */
function expected(message: IncomingMessage, response: ServerResponse): () => void {
  if (message.httpVersionMajor === 2 || !hasBody(message)) return () => response.writeContinue();
  const { shouldKeepAlive } = response;
  response.shouldKeepAlive = false;
  return () => {
    response.shouldKeepAlive = shouldKeepAlive;
    response.writeContinue();
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Node's close ends idle connections of HTTP/1.1; HTTP/2 sessions get their GOAWAY. */
function closeServer(server: Server | Http2SecureServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    closeIdle(server);
  });
}

function closeIdle(server: Server | Http2SecureServer): void {
  if (server instanceof http.Server) server.closeIdleConnections();
}
