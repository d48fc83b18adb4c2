import { createHash } from 'node:crypto';
import type { Resource } from '@isthmus/artifacts';
import { compilePolicies, defaultGlobalPolicy } from '@isthmus/policy-engine';
import type { DeploymentInfo } from '@isthmus/policy-engine';
import { ApiTable } from '../routing/api-table.js';
import { compileApi } from './compile-api.js';
import type { ApiSurroundings } from './compile-api.js';
import { compileEntities } from './compile-entities.js';
import type { CompiledEntities, Entities } from './compile-entities.js';
import { compileHostNames } from './compile-host-names.js';
import { compileProducts, compileSubscriptions, compileUsers } from './compile-products.js';
import type { ApiModel, ConfigurationPorts, FailedPart, GatewayModel } from './gateway-model.js';
import { policySource } from './policy-source.js';
import { isOfApi, ownerOf, ResourceIndex } from './resource-index.js';

/** What a compilation gets from the running gateway. */
export interface CompileServices {
  readonly deployment: Omit<DeploymentInfo, 'certificates'>;
  /** The ports of one configuration: those with entities in them are its own. */
  ports(entities: Entities): ConfigurationPorts;
}

/** A configuration as it came. */
export interface SourceConfiguration {
  readonly revision: string;
  readonly resources: readonly Resource[];
}

/**
 * Compiles a configuration. APIs whose own resources and surroundings are as before are taken from
 * the previous model; an API with problems keeps its previous model and is told in `failed`.
 * Throws only when there is no previous model and the global policy cannot be compiled.
 */
export function compileGateway(
  source: SourceConfiguration,
  services: CompileServices,
  previous: GatewayModel | undefined,
): GatewayModel {
  const index = new ResourceIndex(source.resources);
  const { shared, own } = signatures(source.resources);
  const failed: FailedPart[] = [];
  const { gatewayId } = services.deployment;
  const entities = compileEntities({ index, owner: '', gatewayId }, failed);
  const context: ServiceCompilation = {
    index,
    service: entities,
    services,
    previous: previous?.sharedSignature === shared ? previous : undefined,
    last: previous,
    own,
    failed,
  };
  const apis = new Map<string, ApiModel>();
  const owners = ['', ...workspacesOf(source.resources)];
  for (const owner of owners) compileOwner(owner, context, apis);
  const { hostNames, failed: failedHosts } = compileHostNames(index, gatewayId, entities);
  failed.push(...failedHosts);
  const unmatched = compilePolicies(
    { global: policySource(index, '') ?? defaultGlobalPolicy },
    entities.options,
  );
  if (!unmatched.operation) {
    failed.push({
      id: '/policies/policy',
      problems: unmatched.problems,
      keepsPrevious: previous !== undefined,
    });
    if (!previous)
      throw new Error(
        `The global policy: ${unmatched.problems.map((one) => one.message).join(' ')}`,
      );
  }
  return {
    revision: source.revision,
    apis: new ApiTable(apis.values()),
    apisById: apis,
    subscriptions: compileSubscriptions(index, owners),
    users: compileUsers(index),
    hostNames,
    deployment: {
      ...services.deployment,
      certificates: new Map(entities.certificates.map((one) => [one.id, one])),
    },
    ports: services.ports({ ...entities, cachingApis: cachingApis(index, '') }),
    unmatched: unmatched.operation ?? previous!.unmatched,
    failed,
    sharedSignature: shared,
    apiSignatures: own,
  };
}

interface ServiceCompilation {
  readonly index: ResourceIndex;
  readonly service: CompiledEntities;
  readonly services: CompileServices;
  /** Present when nothing that APIs share has changed. */
  readonly previous: GatewayModel | undefined;
  readonly last: GatewayModel | undefined;
  readonly own: ReadonlyMap<string, string>;
  readonly failed: FailedPart[];
}

/** Compiles the APIs of the service ("") or of a workspace. */
function compileOwner(
  owner: string,
  compilation: ServiceCompilation,
  apis: Map<string, ApiModel>,
): void {
  const { index, failed, service, services } = compilation;
  const source = { index, owner, gatewayId: services.deployment.gatewayId };
  const entities = owner === '' ? service : compileEntities(source, failed, service);
  const workspace = owner === '' ? undefined : policySource(index, owner);
  const surroundings: ApiSurroundings = {
    index,
    owner,
    options: entities.options,
    namedValues: entities.namedValues,
    products: [
      ...compileProducts(index, ''),
      ...(owner === '' ? [] : compileProducts(index, owner)),
    ],
    outer: {
      global: policySource(index, '') ?? defaultGlobalPolicy,
      ...(workspace ? { workspace } : {}),
    },
    serviceOptions: service.options,
    ports:
      owner === ''
        ? undefined
        : services.ports({ ...entities, cachingApis: cachingApis(index, owner) }),
  };
  for (const resource of index.in(`${owner}/apis`)) {
    const key = resource.id.toLowerCase();
    const known = compilation.previous?.apisById.get(key);
    const wasFailed = compilation.previous?.failed.some((one) => one.id.toLowerCase() === key);
    if (
      known &&
      !wasFailed &&
      compilation.previous?.apiSignatures.get(key) === compilation.own.get(key)
    ) {
      apis.set(key, known);
      continue;
    }
    const { model, problems } = compileApi(resource, surroundings);
    const serving = model ?? compilation.last?.apisById.get(key);
    if (serving) apis.set(key, serving);
    if (!model) failed.push({ id: resource.id, problems, keepsPrevious: serving !== undefined });
  }
}

/** Ids of the workspaces that have resources, described or not. */
function workspacesOf(resources: readonly Resource[]): string[] {
  const found = new Map<string, string>();
  for (const { id } of resources) {
    const workspace = /^\/workspaces\/[^/]+/i.exec(id)?.[0];
    if (workspace !== undefined && !found.has(workspace.toLowerCase()))
      found.set(workspace.toLowerCase(), workspace);
  }
  return [...found.values()];
}

/** APIs whose backends are cached by RFC 9111 (an addition to the ARM properties). */
function cachingApis(index: ResourceIndex, owner: string): Set<string> {
  const asking = index
    .in(`${owner}/apis`)
    .filter(({ properties }) => properties.text('responseCaching') === 'standards');
  return new Set(asking.map(({ name }) => name.toLowerCase().replace(/;rev=.*$/, '')));
}

/** Hashes of what APIs share and of each API's own resources: what decides whether to compile again. */
function signatures(resources: readonly Resource[]): { shared: string; own: Map<string, string> } {
  const shared = createHash('sha256');
  const hashes = new Map<string, ReturnType<typeof createHash>>();
  const sorted = [...resources].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (const { id, properties } of sorted) {
    // Keys and people are looked up at run time; they are no part of what is compiled.
    if (/^(\/workspaces\/[^/]+)?\/(subscriptions|users)\//i.test(id)) continue;
    const text = `${id}\0${JSON.stringify(properties)}\0`;
    if (!isOfApi(id)) {
      shared.update(text);
      continue;
    }
    const owner = ownerOf(id);
    let hash = hashes.get(owner);
    if (!hash) hashes.set(owner, (hash = createHash('sha256')));
    hash.update(text);
  }
  return {
    shared: shared.digest('hex'),
    own: new Map([...hashes].map(([id, hash]) => [id, hash.digest('hex')])),
  };
}
