import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import net from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@isthmus/host';
import { Http1Server } from '@isthmus/http1';
import type { ServerExchange } from '@isthmus/http1';
import { Configuration } from './configuration/configuration.js';
import type { GatewayModel } from './configuration/gateway-model.js';
import { GatewayProcess } from './gateway-process.js';
import { reasonOf, refusalOfBytes, refuse } from './errors.js';
import type { Refusal } from './errors.js';
import { handleRequest } from './handle-request.js';
import type { DataPlane, FinishedCall } from './handle-request.js';
import { handleUpgrade, isWebSocket } from './handle-upgrade.js';
import type { UpgradeServices } from './handle-upgrade.js';
import { CallLog } from './observability/call-log.js';
import { CallTraces } from './observability/call-traces.js';
import { countCall, countRefusal, showBodyMemory } from './observability/metrics.js';
import { BodyMemory } from './request/call-bytes.js';
import type { CanonicalRequest, CanonicalRules } from './request/canonical-request.js';
import { trustedProxies } from './request/client-address.js';
import { GatewayPorts } from './services/gateway-ports.js';
import { bodyMemory, plainHttpRule } from './settings.js';
import type { GatewaySettings } from './settings.js';
import { CertificateStore } from './tls/certificate-store.js';
import { readModes } from './tls/client-certificate-mode.js';
import type { ClientCertificateMode } from './tls/client-certificate-mode.js';
import { redirected } from './tls/plain-http.js';
import { Http2Exchange } from './tls/http2-exchange.js';
import { StreamDeadlines } from './tls/stream-deadlines.js';
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
  readonly #http1: Http1Server;
  readonly #servers: (Server | Http2SecureServer)[] = [];
  readonly #upgraded = new Set<Socket>();
  readonly #upgrades: UpgradeServices;
  readonly #deadlines: StreamDeadlines;
  /** Ports of the listeners, in the order in which they were opened. */
  readonly listening: number[] = [];
  #certificates: CertificateStore | undefined;

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
    this.#upgrades = {
      subscriptions: ports.subscriptions,
      upgraded: (socket) => {
        this.#upgraded.add(socket);
        socket.on('close', () => this.#upgraded.delete(socket));
      },
    };
    this.#deadlines = new StreamDeadlines(settings.requestTimeout, (exchange) =>
      this.refuse(exchange, 408, 'The request did not arrive in time.'),
    );
    this.#http1 = new Http1Server({
      mostHeadBytes: settings.maxHeaderSize,
      headTimeout: settings.headersTimeout,
      requestTimeout: settings.requestTimeout,
      keepAliveTimeout: settings.keepAliveTimeout,
      refusal: (refused, socket) => {
        this.#tellRefusal(refused.status, refused.message, socket);
        return refusalOfBytes(refused);
      },
      serve: (exchange) => this.#handle(exchange),
      defect: (error) => logger.error({ err: error }, 'a request failed inside the gateway'),
    });
  }

  get model(): GatewayModel | undefined {
    return this.configuration.model;
  }

  extraHeaders({ socket }: ServerExchange): readonly string[] {
    return this.settings.hsts > 0 && (socket as TLSSocket).encrypted
      ? ['Strict-Transport-Security', `max-age=${this.settings.hsts}`]
      : noHeaders;
  }

  turnsAway(request: CanonicalRequest, exchange: ServerExchange): boolean {
    if (request.scheme === 'http') {
      if (this.#plain === 'serve') return false;
      if (!redirected(this.#plain, request, exchange, this.settings.tlsPort))
        this.refuse(exchange, 403, 'Plain HTTP where HTTPS is required.');
      return true;
    }
    const { servername } = exchange.socket as TLSSocket & { servername?: string | false };
    if (
      !servername ||
      this.#certificates === undefined ||
      this.#certificates.isSame(servername, request.host)
    )
      return false;
    this.refuse(exchange, 421, 'The certificate of the connection is not for this host.');
    return true;
  }

  finished(call: FinishedCall): void {
    countCall(call);
    this.#calls.write(call);
    if (call.context.recorder) this.traces.finish(call);
  }

  refuse(exchange: ServerExchange, status: Refusal, reason: string): void {
    this.#tellRefusal(status, reason, exchange.socket);
    refuse(exchange, status);
  }

  #tellRefusal(status: Refusal, reason: string, { remoteAddress }: Socket): void {
    countRefusal(status);
    this.#calls.refused({ status, reason, client: remoteAddress });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.configuration.start();
    const { port, tlsPort, tlsFolder } = this.settings;
    if (tlsPort !== undefined) {
      if (tlsFolder === undefined)
        throw new Error('tls-port needs tls-folder, the folder of the certificates.');
      this.#certificates = this.#openStore(tlsFolder);
      await this.#certificates.open();
      const listener = createTlsListener(this.settings, this.#certificates, {
        http1: (socket) => this.#http1.accept(socket),
        http2: (server) => this.#serveHttp2(server),
      });
      await this.#listen(listener, tlsPort);
    }
    // A caller that has sent all it wants may still be told why it was no request.
    const options = { noDelay: true, allowHalfOpen: true };
    const plain = net.createServer(options, (socket) => this.#http1.accept(socket));
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

  /** Answers what comes in by HTTP/2. */
  #serveHttp2(server: Http2SecureServer): void {
    const handle = (message: Http2ServerRequest, response: Http2ServerResponse): void =>
      this.#handle(new Http2Exchange(message, response, this.#deadlines));
    server.on('request', handle);
    server.on('checkContinue', handle);
    server.on('checkExpectation', handle);
    server.on('connect', handle);
    this.#servers.push(server);
  }

  async #listen(listener: Server, port: number): Promise<void> {
    listener.maxConnections = this.settings.maxConnections;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, this.settings.host, resolve);
    });
    this.#servers.push(listener);
    const address = listener.address() as AddressInfo;
    this.listening.push(address.port);
    this.logger.info({ host: address.address, port: address.port }, 'serving APIs');
  }

  #handle(exchange: ServerExchange): void {
    if (exchange.expects === 'unknown')
      return this.refuse(exchange, 417, 'The request expects what nobody knows.');
    try {
      const running = isWebSocket(exchange)
        ? handleUpgrade(this, this.#upgrades, exchange)
        : handleRequest(this, exchange);
      running?.then(undefined, (error: unknown) => this.#broken(exchange, error));
    } catch (error) {
      this.#broken(exchange, error);
    }
  }

  /** A defect of ours: the call ends, the process goes on. */
  #broken(exchange: ServerExchange, error: unknown): void {
    this.logger.error({ err: error }, 'a request failed inside the gateway');
    if (exchange.begun) exchange.abort();
    else exchange.answer({ status: 500, reason: reasonOf(500), fields: [] });
  }

  /** Readiness is off already: no new connections, `Connection: close` on what is running, then the rest is cut. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#certificates?.close();
    const closed = Promise.all(this.#servers.map(closeServer));
    this.#http1.drain();
    // Listeners count what was upgraded as well, and nobody says when a WebSocket ends.
    for (const socket of this.#upgraded) socket.end(() => socket.destroy());
    await closed;
  }
}

/** Takes no connections any more, and waits for those that are there; HTTP/2 sessions get their GOAWAY. */
function closeServer(server: Server | Http2SecureServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
