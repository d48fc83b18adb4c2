import { createCompilationCache } from '@isthmus/policy-engine';
import type {
  CertificateInfo,
  CompileOptions,
  PolicySource,
  SchemaSource,
} from '@isthmus/policy-engine';
import type { BackendModel } from '../forwarding/backend-model.js';
import type { AuthorizationModel } from '../services/authorizations.js';
import type { EventHub } from '../services/messages/event-hub.js';
import { compileAuthorizations } from './compile-authorizations.js';
import { compileBackends } from './compile-backends.js';
import { compileCertificates } from './compile-certificates.js';
import type { EntitySource } from './compile-certificates.js';
import { compileLoggers } from './compile-loggers.js';
import type { FailedPart } from './gateway-model.js';
import { readNamedValues } from './named-values.js';
import type { ResourceIndex } from './resource-index.js';

/** What the ports of a configuration, or of a workspace in it, need. */
export interface Entities {
  /** "" for the service, "/workspaces/w" for a workspace. */
  readonly owner: string;
  /** By lower-case id. */
  readonly backends: ReadonlyMap<string, BackendModel>;
  readonly certificates: readonly CertificateInfo[];
  /** Trusted beside the public ones, PEM. */
  readonly authorities: readonly string[];
  /** Lower-case names of the APIs with `responseCaching: "standards"`. */
  readonly cachingApis: ReadonlySet<string>;
  /** Event hubs of the loggers, by lower-case name. */
  readonly eventHubs: ReadonlyMap<string, EventHub>;
  /** By "provider/authorization" in lower case. */
  readonly authorizations: ReadonlyMap<string, AuthorizationModel>;
}

/** What the documents of the service, or of a workspace, refer to. */
export interface CompiledEntities extends Omit<Entities, 'cachingApis'> {
  readonly namedValues: ReadonlyMap<string, string>;
  readonly options: CompileOptions;
}

/**
 * Compiles what documents refer to. A workspace's documents refer to what is in the workspace only; calls to its APIs
 * also run the documents of the service (`service`), so those of its entities are at hand that these documents name.
 */
export function compileEntities(
  source: EntitySource,
  failed: FailedPart[],
  service?: CompiledEntities,
): CompiledEntities {
  const { index, owner } = source;
  const namedValues = readNamedValues(index, owner);
  const own = compileCertificates(source, failed);
  const byId = new Map(own.certificates.map((one) => [one.id.toLowerCase(), one]));
  const { backends, ...compiled } = compileBackends(index, owner, {
    namedValues,
    certificates: byId,
  });
  const loggers = compileLoggers(index, owner, namedValues);
  const { authorizations, failed: refused } = compileAuthorizations(index, owner, namedValues);
  failed.push(...compiled.failed, ...loggers.failed, ...refused);
  const lent = service ? namedByService(index, service.namedValues) : new Set<string>();
  return {
    owner,
    namedValues,
    certificates: [
      ...(service?.certificates ?? []).filter((one) => isLent(one.id) || isLent(one.thumbprint)),
      ...own.certificates,
    ],
    authorities: service?.authorities ?? own.authorities,
    backends: new Map([...lentOf(service?.backends), ...backends]),
    eventHubs: new Map([...lentOf(service?.eventHubs), ...loggers.hubs]),
    authorizations: new Map([...lentOf(service?.authorizations), ...authorizations]),
    options: {
      namedValues,
      fragments: readFragments(index, owner),
      schemas: readSchemas(index, owner),
      backends: new Set(index.in(`${owner}/backends`).map((one) => one.name)),
      loggers: new Set(index.in(`${owner}/loggers`).map((one) => one.name)),
      cache: createCompilationCache(),
    },
  };

  function isLent(name: string): boolean {
    return lent.has(name.toLowerCase());
  }

  function lentOf<T>(all: ReadonlyMap<string, T> | undefined): [string, T][] {
    return [...(all ?? [])].filter(([name]) => isLent(name.split('/')[0] ?? ''));
  }
}

/** Names, in lower case, of the entities that documents of the service name by attributes. */
function namedByService(
  index: ResourceIndex,
  namedValues: ReadonlyMap<string, string>,
): Set<string> {
  const holders = [
    '/policies',
    '/policyFragments',
    ...index.in('/products').map((product) => `${product.id}/policies`),
  ];
  const texts = holders.flatMap((holder) =>
    index.in(holder).map((one) => one.properties.text('value') ?? ''),
  );
  const named =
    /\b(?:backend-id|certificate-id|thumbprint|logger-id|provider-id)\s*=\s*["']([^"']+)/g;
  const values = new Map([...namedValues].map(([name, value]) => [name.toLowerCase(), value]));
  const names = texts.flatMap((text) => [...text.matchAll(named)].map((match) => match[1] ?? ''));
  return new Set(
    names.map((name) =>
      name
        .replaceAll(
          /\{\{\s*([\w.-]+)\s*\}\}/g,
          (_, key: string) => values.get(key.toLowerCase()) ?? '',
        )
        .toLowerCase(),
    ),
  );
}

function readFragments(index: ResourceIndex, owner: string): Map<string, PolicySource> {
  const fragments = new Map<string, PolicySource>();
  for (const { name, id, properties } of index.in(`${owner}/policyFragments`)) {
    fragments.set(name, {
      text: properties.text('value') ?? '',
      format: properties.text('format') === 'xml' ? 'xml' : 'rawxml',
      path: id,
    });
  }
  return fragments;
}

function readSchemas(index: ResourceIndex, owner: string): Map<string, SchemaSource> {
  const schemas = new Map<string, SchemaSource>();
  for (const { name, properties } of index.in(`${owner}/schemas`)) {
    const type = properties.text('schemaType')?.toLowerCase() === 'xml' ? 'xml' : 'json';
    const value = properties.text('value') ?? properties.object('document')?.text('value');
    const document = properties.object('document')?.raw ?? properties.object('value')?.raw;
    const text = value ?? (document ? JSON.stringify(document) : undefined);
    if (text !== undefined) schemas.set(name, { type, text });
  }
  return schemas;
}
