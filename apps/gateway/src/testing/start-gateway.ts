import net from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createLogger, hostSettings, Readiness, readSettings } from '@isthmus/host';
import type { Resource } from '@isthmus/artifacts';
import { compileGateway } from '../configuration/compile-gateway.js';
import type { Configuration } from '../configuration/configuration.js';
import type { GatewayModel } from '../configuration/gateway-model.js';
import { DataPlaneServer } from '../data-plane.server.js';
import { GatewayProcess } from '../gateway-process.js';
import { GatewayPorts } from '../services/gateway-ports.js';
import { gatewaySettings } from '../settings.js';
import type { GatewaySettings } from '../settings.js';

/** A data plane in this process on a free port of 127.0.0.1, for tests that look at sockets. */
export interface RunningGateway {
  readonly port: number;
  readonly server: DataPlaneServer;
  /** Lines of the log. */
  readonly log: { level: string; fields: unknown; message: string | undefined }[];
  /** Replaces the configuration. */
  publish(resources: readonly Resource[]): GatewayModel;
  close(): Promise<void>;
}

/** Starts a gateway on resources. `flags` are command-line flags ("--trusted-proxies=127.0.0.1"). */
export async function startGateway(
  resources: readonly Resource[],
  flags: readonly string[] = [],
): Promise<RunningGateway> {
  const all = ['--port=0', '--allow-private-backends', ...flags];
  const settings = readSettings(
    { ...hostSettings, ...gatewaySettings },
    all,
    {},
  ) as GatewaySettings;
  const log: RunningGateway['log'] = [];
  const logger = createLogger('gateway', 'debug', {
    write(line) {
      const { level, msg, ...fields } = JSON.parse(line) as { level: string; msg?: string };
      log.push({ level, fields, message: msg });
    },
  });
  const ports = await GatewayPorts.open(settings, logger);
  let revision = 0;
  const configuration = {
    model: undefined as GatewayModel | undefined,
    start: async () => {},
    publishTrace: () => {},
  };
  const publish = (list: readonly Resource[]): GatewayModel =>
    (configuration.model = compileGateway(
      { revision: String(++revision), resources: list },
      ports,
      configuration.model,
    ));
  publish(resources);
  const server = new DataPlaneServer(
    new GatewayProcess(settings, logger, new Readiness()),
    configuration as unknown as Configuration,
    ports,
  );
  await server.onApplicationBootstrap();
  const close = async (): Promise<void> => {
    await server.beforeApplicationShutdown();
    await ports.onApplicationShutdown();
  };
  return { port: server.listening.at(-1) ?? 0, server, log, publish, close };
}

/** A backend that is nothing but a socket: what it reads is told, what it sends is written byte by byte. */
export interface RawBackend {
  readonly port: number;
  readonly sockets: Set<Socket>;
  close(): void;
}

/** Listens; `serve` gets every connection. */
export function rawBackend(serve: (socket: Socket) => void): Promise<RawBackend> {
  const sockets = new Set<Socket>();
  const server: Server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ port: (server.address() as AddressInfo).port, sockets, close }),
    ),
  );
}

/** An API at /api with one operation for each method on every path below. */
export function wideApi(backendPort: number, policy?: string): Resource[] {
  const methods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD'];
  return [
    {
      id: '/apis/wide',
      properties: {
        displayName: 'Wide',
        path: 'api',
        serviceUrl: `http://127.0.0.1:${backendPort}`,
        subscriptionRequired: false,
      },
    },
    ...methods.map((method) => ({
      id: `/apis/wide/operations/${method.toLowerCase()}`,
      properties: { displayName: method, method, urlTemplate: '/*' },
    })),
    ...(policy === undefined
      ? []
      : [{ id: '/apis/wide/policies/policy', properties: { format: 'rawxml', value: policy } }]),
  ];
}

/** Longest wait for a first byte: a machine that is busy with other tests is slow. Milliseconds. */
const patience = 4000;

/** Sends bytes as they are and collects what comes back until the connection ends or, after a first byte, is quiet. */
export function talk(
  port: number,
  bytes: string | Buffer,
  quiet = 300,
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve, reject) => {
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    const done = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => done(false), text === '' ? Math.max(quiet, patience) : quiet);
    };
    wait();
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      wait();
    });
    socket.on('end', () => done(true)).on('close', () => done(true));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? done(true) : reject(error),
    );
  });
}
