import { createHash } from 'node:crypto';
import type { Resource } from '@isthmus/artifacts';
import {
  compilePolicies,
  createCompilationCache,
  defaultGlobalPolicy,
} from '@isthmus/policy-engine';
import type {
  CertificateInfo,
  CompileOptions,
  DeploymentInfo,
  PolicySource,
  Ports,
  SchemaSource,
  ScopeDocuments,
} from '@isthmus/policy-engine';
import type { BackendModel } from '../forwarding/backend-model.js';
import { ApiTable } from '../routing/api-table.js';
import type { AuthorizationModel } from '../services/authorizations.js';
import { readCertificate } from '../services/certificates.js';
import type { EventHub } from '../services/messages/event-hub.js';
import { compileApi, policySource } from './compile-api.js';
import type { ApiSurroundings } from './compile-api.js';
import { compileAuthorizations } from './compile-authorizations.js';
import { compileBackends } from './compile-backends.js';
import { compileHostNames } from './compile-host-names.js';
import { compileLoggers } from './compile-loggers.js';
import { compileProducts, compileSubscriptions, compileUsers } from './compile-products.js';
import type { ApiModel, FailedPart, GatewayModel } from './gateway-model.js';
import { readNamedValues } from './named-values.js';
import { isOfApi, ownerOf, ResourceIndex } from './resource-index.js';

/** What a compilation gets from the running gateway. */
export interface CompileServices {
  readonly deployment: Omit<DeploymentInfo, 'certificates'>;
  /** The ports of one configuration: those with entities in them are its own. */
  ports(entities: Entities): Ports;
}

/** What the ports of a configuration need of it. */
export interface Entities {
  /** By lower-case id. */
  readonly backends: ReadonlyMap<string, BackendModel>;
  readonly certificates: readonly CertificateInfo[];
  /** Lower-case names of the APIs with `responseCaching: "standards"`. */
  readonly cachingApis: ReadonlySet<string>;
  /** Event hubs of the loggers, by lower-case name. */
  readonly eventHubs: ReadonlyMap<string, EventHub>;
  /** By "provider/authorization" in lower case. */
  readonly authorizations: ReadonlyMap<string, AuthorizationModel>;
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
  const { options, ...entities } = compileShared(index, failed);
  const context: ServiceCompilation = {
    index,
    options,
    previous: previous?.sharedSignature === shared ? previous : undefined,
    last: previous,
    own,
    failed,
  };
  const apis = new Map<string, ApiModel>();
  const owners = ['', ...index.in('/workspaces').map((one) => one.id)];
  for (const owner of owners) compileOwner(owner, context, apis);
  const { hostNames, failed: failedHosts } = compileHostNames(
    index,
    services.deployment.gatewayId,
    entities.certificates,
  );
  failed.push(...failedHosts);
  const unmatched = compilePolicies(
    { global: policySource(index, '') ?? defaultGlobalPolicy },
    options,
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
    subscriptions: compileSubscriptions(index),
    users: compileUsers(index),
    hostNames,
    deployment: {
      ...services.deployment,
      certificates: new Map(entities.certificates.map((one) => [one.id, one])),
    },
    ports: services.ports({ ...entities, cachingApis: cachingApis(index) }),
    unmatched: unmatched.operation ?? previous!.unmatched,
    failed,
    sharedSignature: shared,
    apiSignatures: own,
  };
}

interface ServiceCompilation {
  readonly index: ResourceIndex;
  readonly options: CompileOptions;
  /** Present when nothing that APIs share has changed. */
  readonly previous: GatewayModel | undefined;
  readonly last: GatewayModel | undefined;
  readonly own: ReadonlyMap<string, string>;
  readonly failed: FailedPart[];
}

function compileOwner(
  owner: string,
  compilation: ServiceCompilation,
  apis: Map<string, ApiModel>,
): void {
  const { index, failed } = compilation;
  const products = compileProducts(index, owner);
  const namedValues = new Map([
    ...readNamedValues(index, ''),
    ...(owner === '' ? [] : readNamedValues(index, owner)),
  ]);
  const productDocuments = new Map<string, PolicySource>();
  for (const { model } of products) {
    const document = policySource(index, `${owner}/products/${model.name}`);
    if (document) productDocuments.set(model.name, document);
  }
  const workspace = owner === '' ? undefined : policySource(index, owner);
  const outer: ScopeDocuments = {
    global: policySource(index, '') ?? defaultGlobalPolicy,
    ...(workspace ? { workspace } : {}),
  };
  const options =
    owner === ''
      ? compilation.options
      : { ...compilation.options, namedValues, cache: createCompilationCache() };
  const surroundings: ApiSurroundings = {
    index,
    owner,
    options,
    namedValues,
    products,
    outer,
    productDocuments,
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

/** APIs whose backends are cached by RFC 9111 (an addition to the ARM properties). */
function cachingApis(index: ResourceIndex): Set<string> {
  const asking = index
    .in('/apis')
    .filter(({ properties }) => properties.text('responseCaching') === 'standards');
  return new Set(asking.map(({ name }) => name.toLowerCase().replace(/;rev=.*$/, '')));
}

/** What all APIs may refer to. */
function compileShared(
  index: ResourceIndex,
  failed: FailedPart[],
): {
  certificates: CertificateInfo[];
  options: CompileOptions;
  backends: Map<string, BackendModel>;
  eventHubs: Map<string, EventHub>;
  authorizations: Map<string, AuthorizationModel>;
} {
  const namedValues = readNamedValues(index, '');
  const certificates: CertificateInfo[] = [];
  const certificateAuthorities: string[] = [];
  for (const { id, name, properties } of index.in('/certificates')) {
    try {
      const certificate = readCertificate(
        name,
        properties.text('data') ?? '',
        properties.text('password'),
      );
      certificates.push(certificate);
    } catch (error) {
      failed.push({
        id,
        problems: [{ message: error instanceof Error ? error.message : String(error) }],
        keepsPrevious: false,
      });
    }
  }
  const byId = new Map(certificates.map((one) => [one.id.toLowerCase(), one]));
  const compiled = compileBackends(index, {
    namedValues,
    certificates: byId,
    certificateAuthorities,
  });
  const loggers = compileLoggers(index, namedValues);
  const { authorizations, failed: refused } = compileAuthorizations(index, namedValues);
  failed.push(...compiled.failed, ...loggers.failed, ...refused);
  const fragments = new Map<string, PolicySource>();
  for (const { name, id, properties } of index.in('/policyFragments')) {
    fragments.set(name, {
      text: properties.text('value') ?? '',
      format: properties.text('format') === 'xml' ? 'xml' : 'rawxml',
      path: id,
    });
  }
  const options: CompileOptions = {
    namedValues,
    fragments,
    schemas: readSchemas(index),
    backends: new Set(index.in('/backends').map((one) => one.name)),
    loggers: new Set(index.in('/loggers').map((one) => one.name)),
    cache: createCompilationCache(),
  };
  const { backends } = compiled;
  return { certificates, options, backends, authorizations, eventHubs: loggers.hubs };
}

function readSchemas(index: ResourceIndex): Map<string, SchemaSource> {
  const schemas = new Map<string, SchemaSource>();
  for (const { name, properties } of index.in('/schemas')) {
    const type = properties.text('schemaType')?.toLowerCase() === 'xml' ? 'xml' : 'json';
    const value = properties.text('value') ?? properties.object('document')?.text('value');
    const document = properties.object('document')?.raw ?? properties.object('value')?.raw;
    const text = value ?? (document ? JSON.stringify(document) : undefined);
    if (text !== undefined) schemas.set(name, { type, text });
  }
  return schemas;
}

/** Hashes of what APIs share and of each API's own resources: what decides whether to compile again. */
function signatures(resources: readonly Resource[]): { shared: string; own: Map<string, string> } {
  const shared = createHash('sha256');
  const hashes = new Map<string, ReturnType<typeof createHash>>();
  const sorted = [...resources].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (const { id, properties } of sorted) {
    // Keys and people are looked up at run time; they are no part of what is compiled.
    if (/^\/(subscriptions|users)\//i.test(id)) continue;
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
