import cluster from 'node:cluster';
import { hostname } from 'node:os';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from '@isthmus/host';
import { GraphqlForward, InMemoryVectorStore, VerifiedTokens } from '@isthmus/policy-engine';
import type {
  BackendCredentials,
  CertificateInfo,
  Clock,
  Counters,
  DeploymentInfo,
  Forward,
  Ports,
  Resources,
} from '@isthmus/policy-engine';
import type { Redis } from 'ioredis';
import type { Entities } from '../configuration/compile-entities.js';
import type { CompileServices } from '../configuration/compile-gateway.js';
import type { ConfigurationPorts } from '../configuration/gateway-model.js';
import type { BackendModel } from '../forwarding/backend-model.js';
import { BackendStates } from '../forwarding/backend-states.js';
import { Dispatchers } from '../forwarding/dispatchers.js';
import { egressGuard } from '../forwarding/egress-guard.js';
import { HttpForward } from '../forwarding/forward.js';
import { CachingForward } from '../forwarding/http-cache/caching-forward.js';
import { SubscriptionHub } from '../graphql/subscription-hub.js';
import { SubscriptionSockets } from '../graphql/subscription-sockets.js';
import type { GatewaySettings } from '../settings.js';
import { Authorizations } from './authorizations.js';
import { GatewayCache } from './gateway-cache.js';
import { PolicyHttp } from './http.js';
import { CachedKeySets } from './key-sets.js';
import { MemoryCounters } from './memory-counters.js';
import { EventQueue } from './messages/event-queue.js';
import { GatewayMessages } from './messages/gateway-messages.js';
import type { MessageSinks } from './messages/gateway-messages.js';
import { MessagingClient } from './messages/messaging-client.js';
import { ServiceBus } from './messages/service-bus.js';
import type { ServiceBusSettings } from './messages/service-bus.js';
import { pinoLog } from './pino-log.js';
import { PrimaryCounters } from './primary-counters.js';
import type { CounterChannel } from './primary-counters.js';
import { connectRedis } from './redis-connection.js';
import { RedisCounters } from './redis-counters.js';
import { seldom } from './seldom.js';
import { steadyNow, systemClock } from './system-clock.js';
import { ClientCredentialTokens } from './tokens.js';
import { WorkspaceCache } from './workspace-cache.js';

/** The policy engine's ports of this process, and those of each configuration. */
export class GatewayPorts implements CompileServices, OnApplicationShutdown {
  readonly dispatchers: Dispatchers;
  readonly deployment: Omit<DeploymentInfo, 'certificates'>;
  readonly #shared: Omit<Ports, 'resources' | 'forward' | 'messages' | 'tokens'>;
  readonly #tokens: ClientCredentialTokens;
  readonly #authorizations: Authorizations;
  /** Subscribers of GraphQL APIs. */
  readonly subscriptions: SubscriptionSockets;
  readonly #hub: SubscriptionHub;
  readonly #states = new BackendStates(steadyNow);
  readonly #redis: Redis | undefined;
  readonly #sinks: MessageSinks;

  constructor(
    private readonly settings: GatewaySettings,
    logger: Logger,
    redis: Redis | undefined,
  ) {
    const clock = systemClock;
    const tell = seldom((message, details) => logger.warn(details, message));
    this.dispatchers = new Dispatchers(
      egressGuard(settings.allowPrivateBackends),
      settings.connectTimeout,
    );
    this.#redis = redis;
    this.#hub = new SubscriptionHub(redis);
    this.subscriptions = new SubscriptionSockets(this.#hub);
    this.deployment = {
      gatewayId: settings.gatewayId,
      instanceId: hostname(),
      region: settings.region,
      serviceId: settings.serviceName,
      serviceName: settings.serviceName,
    };
    const http = new PolicyHttp(this.dispatchers, settings.bodyBuffer);
    const away = {
      rule: settings.redisAway as 'local-share' | 'refuse',
      replicas: Math.max(1, settings.replicas),
      tell,
    };
    const local = localCounters(clock);
    const tokens = new ClientCredentialTokens(http, identityOf(settings), Date.now);
    this.#tokens = tokens;
    this.#authorizations = new Authorizations(http, Date.now);
    const messaging = new MessagingClient(http, tokens, Date.now);
    this.#sinks = {
      events: new EventQueue(messaging, tell, settings.eventHubsEndpoint),
      serviceBus: new ServiceBus(messaging, serviceBusOf(settings)),
      subscriptions: this.#hub,
      logger,
    };
    this.#shared = {
      cache: new GatewayCache(clock, settings.cacheSize, { redis: this.#redis, tell }),
      clock,
      counters: this.#redis ? new RedisCounters(this.#redis, clock, { ...away, local }) : local,
      http,
      keySets: new CachedKeySets(http, Date.now),
      log: pinoLog(logger),
      random: Math.random,
      vectorStore: new InMemoryVectorStore(clock),
      verifiedTokens: new VerifiedTokens(settings.verifiedTokenAge),
    };
  }

  /** The ports of a process; connects to Redis where there is one. */
  static async open(settings: GatewaySettings, logger: Logger): Promise<GatewayPorts> {
    const tell = seldom((message, details) => logger.warn(details, message));
    const redis =
      settings.redisUrl === undefined ? undefined : await connectRedis(settings.redisUrl, tell);
    return new GatewayPorts(settings, logger, redis);
  }

  ports(entities: Entities): ConfigurationPorts {
    const { backends, certificates, authorizations, cachingApis, eventHubs } = entities;
    const { bodyBuffer, daprUrl } = this.settings;
    this.dispatchers.trust(entities.authorities);
    const forwarding = {
      dispatchers: this.dispatchers,
      states: this.#states,
      backends,
      bodyBuffer,
      daprUrl,
    };
    const shared = this.#shared.cache;
    const cache = entities.owner === '' ? shared : new WorkspaceCache(shared, entities.owner);
    const direct = new HttpForward(forwarding);
    const forward = new GraphqlForward(
      cachingApis.size === 0
        ? direct
        : cachingForward(new CachingForward(direct, cache, Date.now), direct, cachingApis),
    );
    return {
      ...this.#shared,
      cache,
      forward,
      forwarding,
      messages: new GatewayMessages(this.#sinks, eventHubs, entities.owner),
      tokens: {
        managedIdentity: (resource, clientId) => this.#tokens.managedIdentity(resource, clientId),
        authorization: (request) => this.#authorizations.find(authorizations, request),
      },
      resources: resourcesOf(backends, certificates),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.subscriptions.close();
    this.#hub.close();
    this.#redis?.disconnect();
    await this.#sinks.events.close();
    await this.dispatchers.close();
  }
}

/** APIs that ask for caching by the standards have it between themselves and their backends. */
function cachingForward(caching: Forward, direct: Forward, apis: ReadonlySet<string>): Forward {
  return {
    forward: (context, options) =>
      (apis.has((context.parts.api?.id ?? '').toLowerCase()) ? caching : direct).forward(
        context,
        options,
      ),
  };
}

/** Counters without Redis: of this process, or of all workers where it is one of several. */
function localCounters(clock: Clock): Counters {
  const counters = new MemoryCounters(clock, steadyNow);
  return cluster.isWorker ? new PrimaryCounters(process as CounterChannel, counters) : counters;
}

function resourcesOf(
  backends: ReadonlyMap<string, BackendModel>,
  certificates: readonly CertificateInfo[],
): Resources {
  return {
    backend(id) {
      const model = backends.get(id.toLowerCase());
      return (
        model && {
          ...model.info,
          ...(model.url === undefined ? {} : { url: model.url }),
          credentials: credentialsOf(model),
        }
      );
    },
    certificate: (by) =>
      certificates.find((one) =>
        'id' in by
          ? one.id.toLowerCase() === by.id.toLowerCase()
          : one.thumbprint === by.thumbprint.toUpperCase(),
      ),
  };
}

function credentialsOf({
  headers,
  query,
  authorization,
  managedIdentity,
}: BackendModel): BackendCredentials {
  return {
    headers,
    query,
    ...(authorization === undefined ? {} : { authorization }),
    ...(managedIdentity ? { managedIdentity } : {}),
  };
}

function serviceBusOf(settings: GatewaySettings): ServiceBusSettings {
  const connections = (settings.serviceBusConnections ?? '').split(/\s+/);
  return {
    connections: connections.filter((one) => one !== ''),
    endpoint: settings.serviceBusEndpoint,
  };
}

function identityOf(
  settings: GatewaySettings,
): ConstructorParameters<typeof ClientCredentialTokens>[1] {
  const {
    identityTokenUrl: tokenUrl,
    identityClientId: clientId,
    identityClientSecret: clientSecret,
  } = settings;
  return tokenUrl !== undefined && clientId !== undefined && clientSecret !== undefined
    ? { tokenUrl, clientId, clientSecret }
    : undefined;
}
