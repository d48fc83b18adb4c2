import type { CertificateInfo } from '@isthmus/policy-engine';
import { resourceName } from '@isthmus/artifacts';
import type { BackendModel } from '../forwarding/backend-model.js';
import type { BreakerRule } from '../forwarding/circuit-breaker.js';
import type { ConnectionChoice } from '../forwarding/dispatchers.js';
import { usualConnection } from '../forwarding/dispatchers.js';
import { tlsCertificate } from '../services/certificates.js';
import type { FailedPart } from './gateway-model.js';
import { withNamedValues } from './named-values.js';
import { readServiceUrl } from './service-url.js';
import { Properties } from './resource-index.js';
import type { IndexedResource, ResourceIndex } from './resource-index.js';

/** What a backend may refer to. */
export interface BackendSurroundings {
  readonly namedValues: ReadonlyMap<string, string>;
  /** By certificate id in lower case. */
  readonly certificates: ReadonlyMap<string, CertificateInfo>;
}

/** Compiles the backend entities of the service ("") or a workspace; those with mistakes are left out and told. */
export function compileBackends(
  index: ResourceIndex,
  owner: string,
  surroundings: BackendSurroundings,
): { backends: Map<string, BackendModel>; failed: FailedPart[] } {
  const backends = new Map<string, BackendModel>();
  const failed: FailedPart[] = [];
  for (const resource of index.in(`${owner}/backends`)) {
    try {
      backends.set(resource.name.toLowerCase(), compileBackend(resource, surroundings));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failed.push({ id: resource.id, problems: [{ message }], keepsPrevious: false });
    }
  }
  return { backends, failed };
}

function compileBackend(
  resource: IndexedResource,
  surroundings: BackendSurroundings,
): BackendModel {
  const properties = new Properties(
    withNamedValues(resource.properties.raw, surroundings.namedValues),
  );
  const isPool =
    properties.text('type')?.toLowerCase() === 'pool' || properties.object('pool') !== undefined;
  const url = properties.text('url');
  if (!isPool && url === undefined) throw new Error(`The backend '${resource.name}' has no url.`);
  if (properties.object('properties')?.object('serviceFabricCluster')) {
    throw new Error(
      `The backend '${resource.name}' is a Service Fabric cluster, which is not supported.`,
    );
  }
  const credentials = properties.object('credentials');
  const authorization = credentials?.object('authorization');
  const scheme = authorization?.text('scheme');
  return {
    key: resource.id.toLowerCase(),
    info: { id: resource.name, type: isPool ? 'Pool' : 'Single' },
    base: url === undefined || isPool ? undefined : readServiceUrl(url),
    url: isPool ? undefined : url,
    headers: valueLists(credentials?.object('header')),
    query: valueLists(credentials?.object('query')),
    authorization:
      scheme === undefined
        ? undefined
        : `${scheme} ${authorization?.text('parameter') ?? ''}`.trim(),
    managedIdentity: managedIdentityOf(credentials),
    connection: connectionOf(properties, surroundings),
    breaker: breakerRules(properties.object('circuitBreaker')),
    pool: (properties.object('pool')?.objects('services') ?? []).map((member) => ({
      id: resourceName(member.text('id') ?? ''),
      priority: member.number('priority') ?? 1,
      weight: Math.max(1, member.number('weight') ?? 1),
    })),
    affinityCookie: affinity(properties.object('pool')),
  };
}

function managedIdentityOf(credentials: Properties | undefined): BackendModel['managedIdentity'] {
  const identity = credentials?.object('managedIdentity');
  const resource = identity?.text('resource');
  if (resource === undefined) return undefined;
  const clientId = identity?.text('clientId');
  return { resource, ...(clientId ? { clientId } : {}) };
}

function valueLists(lists: Properties | undefined): [string, string[]][] {
  return Object.keys(lists?.raw ?? {}).map((name) => {
    const values = lists?.texts(name) ?? [];
    const single = lists?.text(name);
    return [name, single === undefined ? values : [single]];
  });
}

function connectionOf(
  properties: Properties,
  { certificates }: BackendSurroundings,
): ConnectionChoice {
  const tls = properties.object('tls');
  const proxy = properties.object('proxy');
  const certificate = clientCertificate(properties.object('credentials'), certificates);
  const choice: ConnectionChoice = {
    ...usualConnection,
    verifyChain: tls?.flag('validateCertificateChain') ?? true,
    verifyName: tls?.flag('validateCertificateName') ?? true,
    ...(certificate ? { certificate } : {}),
    ...(proxy?.text('url') ? { proxy: proxyOf(proxy) } : {}),
  };
  const isUsual = JSON.stringify(choice) === JSON.stringify(usualConnection);
  return isUsual ? usualConnection : choice;
}

function proxyOf(proxy: Properties): NonNullable<ConnectionChoice['proxy']> {
  const username = proxy.text('username');
  const password = proxy.text('password');
  return {
    url: proxy.text('url') ?? '',
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  };
}

function clientCertificate(
  credentials: Properties | undefined,
  certificates: ReadonlyMap<string, CertificateInfo>,
): ConnectionChoice['certificate'] {
  const id = credentials?.texts('certificateIds')[0];
  const thumbprint = credentials?.texts('certificate')[0];
  if (id === undefined && thumbprint === undefined) return undefined;
  const found =
    id !== undefined
      ? certificates.get(resourceName(id).toLowerCase())
      : [...certificates.values()].find((one) => one.thumbprint === thumbprint?.toUpperCase());
  const pem = found && tlsCertificate(found);
  if (!pem)
    throw new Error(
      `The client certificate '${id ?? thumbprint}' is not there, or has no private key.`,
    );
  return pem;
}

function breakerRules(breaker: Properties | undefined): BreakerRule[] {
  return (breaker?.objects('rules') ?? []).map((rule) => {
    const condition = rule.object('failureCondition');
    return {
      name: rule.text('name') ?? '',
      count: condition?.number('count'),
      percentage: condition?.number('percentage'),
      interval: isoDuration(condition?.text('interval') ?? 'PT1M'),
      statusCodeRanges: (condition?.objects('statusCodeRanges') ?? []).map((range) => ({
        min: range.number('min') ?? 500,
        max: range.number('max') ?? 599,
      })),
      errorReasons: condition?.texts('errorReasons') ?? [],
      tripDuration: isoDuration(rule.text('tripDuration') ?? 'PT1M'),
      acceptRetryAfter: rule.flag('acceptRetryAfter') ?? false,
    };
  });
}

function affinity(pool: Properties | undefined): string | undefined {
  const session = pool?.object('sessionAffinity')?.object('sessionId');
  return session?.text('source')?.toLowerCase() === 'cookie' ? session.text('name') : undefined;
}

/** "PT1M30S", "P1D" in milliseconds. Throws an Error for anything else. */
export function isoDuration(text: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T'))
    throw new Error(`'${text}' is no ISO 8601 duration.`);
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  return (
    (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  );
}
