import { availableParallelism } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { defineSettings } from '@isthmus/host';
import type { hostSettings, Settings } from '@isthmus/host';

/** The settings of a gateway; `isthmus-gateway --help` prints them. */
export const gatewaySettings = defineSettings({
  port: { kind: 'port', default: 8080, description: 'port for API calls over HTTP' },
  managementPort: {
    kind: 'port',
    default: 8180,
    description: 'port for health, metrics and configuration status',
  },
  config: {
    kind: 'path',
    optional: true,
    description: 'APIOps folder to serve, in place of a catalog',
  },
  configEnvironment: {
    kind: 'string',
    optional: true,
    description: 'environment whose configuration.<name>.yaml is laid over the folder',
  },
  tokens: {
    kind: 'list',
    default: [],
    description: 'values of pipeline tokens in the folder, as NAME=value',
  },
  catalogUrl: {
    kind: 'url',
    optional: true,
    description: 'catalog to read the configuration from',
  },
  gatewayId: {
    kind: 'string',
    default: 'managed',
    description: 'name of this gateway in the catalog',
  },
  gatewayKey: {
    kind: 'secret',
    optional: true,
    description: 'credential of this gateway at the catalog',
  },
  region: { kind: 'string', default: 'local', description: 'what context.Deployment.Region says' },
  serviceName: {
    kind: 'string',
    default: 'isthmus',
    description: 'what context.Deployment.ServiceName says',
  },
  backupFolder: {
    kind: 'path',
    default: '.isthmus/gateway',
    description: 'where the last good configurations are kept',
  },
  backupSecret: {
    kind: 'secret',
    optional: true,
    description: 'key that signs the kept configurations',
  },
  allowPrivateBackends: {
    kind: 'boolean',
    default: false,
    description: 'backends may have private addresses',
  },
  trustedProxies: {
    kind: 'list',
    default: [],
    description: 'addresses and ranges whose X-Forwarded-* headers count',
  },
  encodedSlashes: {
    kind: 'choice',
    choices: ['keep', 'decode', 'refuse'],
    default: 'keep',
    description: 'what %2F and %5C in a path mean',
  },
  bodyBuffer: {
    kind: 'integer',
    default: 64 * 1024 * 1024,
    description: 'largest body in bytes that policies may read',
  },
  bodyMemory: {
    kind: 'integer',
    optional: true,
    description:
      'bytes of bodies that all calls together may hold in memory, in each process; without it a quarter of the heap',
  },
  maxHeaderSize: {
    kind: 'integer',
    default: 32 * 1024,
    description: 'largest request head in bytes',
  },
  headersTimeout: {
    kind: 'duration',
    default: 30_000,
    description: 'time for a request head to arrive',
  },
  requestTimeout: {
    kind: 'duration',
    default: 300_000,
    description: 'time for a whole request to arrive, and for a caller to take more of an answer',
  },
  keepAliveTimeout: {
    kind: 'duration',
    default: 75_000,
    description: 'time that idle connections stay open',
  },
  maxConnections: {
    kind: 'integer',
    default: 50_000,
    description: 'connections of callers at a time',
  },
  connectTimeout: {
    kind: 'duration',
    default: 10_000,
    description: 'time to connect to a backend',
  },
  redisUrl: {
    kind: 'secret',
    optional: true,
    env: 'REDIS_URL',
    description: 'Redis that shares counters and caches between gateways',
  },
  redisAway: {
    kind: 'choice',
    choices: ['local-share', 'refuse'],
    default: 'local-share',
    description: 'what limits do while Redis is away',
  },
  replicas: {
    kind: 'integer',
    default: 1,
    description: 'gateways that share a limit while Redis is away',
  },
  cacheSize: {
    kind: 'integer',
    default: 64 * 1024 * 1024,
    description: 'bytes of the internal cache',
  },
  verifiedTokenAge: {
    kind: 'duration',
    default: 300_000,
    description:
      'how long the signature of a token is known to fit its key before it is verified again, 0 for each call',
  },
  identityTokenUrl: {
    kind: 'url',
    optional: true,
    description: "token endpoint of the gateway's own identity",
  },
  identityClientId: {
    kind: 'string',
    optional: true,
    description: "application id of the gateway's own identity",
  },
  identityClientSecret: {
    kind: 'secret',
    optional: true,
    description: "secret of the gateway's own identity",
  },
  serviceBusConnections: {
    kind: 'secret',
    optional: true,
    description:
      'connection strings of Service Bus namespaces, separated by blanks; others are reached with the identity',
  },
  serviceBusEndpoint: {
    kind: 'url',
    optional: true,
    description: 'where Service Bus listens, in place of https://<namespace>',
  },
  eventHubsEndpoint: {
    kind: 'url',
    optional: true,
    description: 'where Event Hubs listens, in place of https://<namespace>',
  },
  daprUrl: {
    kind: 'url',
    default: 'http://127.0.0.1:3500',
    description: 'where the Dapr sidecar listens',
  },
  tlsPort: { kind: 'port', optional: true, description: 'port for API calls over HTTPS' },
  tlsFolder: {
    kind: 'path',
    optional: true,
    description:
      'folder with <host name>.crt and <host name>.key files, read again when they change',
  },
  tlsClientCertificates: {
    kind: 'choice',
    choices: ['ignore', 'request', 'require'],
    default: 'ignore',
    description: 'whether callers are asked for a certificate',
  },
  tlsClientCertificateHosts: {
    kind: 'list',
    default: [],
    description: 'host names for which that differs, as <host name>=ignore|request|require',
  },
  plainHttp: {
    kind: 'choice',
    choices: ['serve', 'redirect', 'refuse'],
    optional: true,
    description: 'calls over HTTP: served in development, refused elsewhere',
  },
  hsts: {
    kind: 'integer',
    default: 31_536_000,
    description: 'seconds of Strict-Transport-Security on HTTPS answers, 0 for none',
  },
  traceSecret: { kind: 'secret', optional: true, description: 'key that signs debug credentials' },
  accessLog: {
    kind: 'choice',
    choices: ['all', 'errors', 'off'],
    default: 'all',
    description: 'which calls are logged',
  },
  workers: {
    kind: 'integer',
    default: 1,
    description: 'processes that serve calls, 0 for one a core',
  },
});

/** The validated settings of a gateway. */
export type GatewaySettings = Settings<typeof gatewaySettings & typeof hostSettings>;

/** Number of serving processes: the setting, or one for each core. */
export function workerCount(settings: Pick<GatewaySettings, 'workers'>): number {
  return settings.workers > 0 ? settings.workers : availableParallelism();
}

/** Bytes of bodies that a process may hold: the setting, or a quarter of the heap's limit; one body always fits in. */
export function bodyMemory(
  settings: Pick<GatewaySettings, 'bodyMemory' | 'bodyBuffer'>,
  heap = getHeapStatistics().heap_size_limit,
): number {
  return settings.bodyMemory ?? Math.max(settings.bodyBuffer, Math.floor(heap / 4));
}

/** What happens to calls over plain HTTP. */
export function plainHttpRule(
  settings: Pick<GatewaySettings, 'plainHttp' | 'environment'>,
): string {
  return settings.plainHttp ?? (settings.environment === 'production' ? 'refuse' : 'serve');
}
