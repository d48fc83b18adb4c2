import { relativeReference, resourceName } from '@isthmus/artifacts';
import { compilePolicies } from '@isthmus/policy-engine';
import type {
  ApiInfo,
  CompiledOperation,
  CompileOptions,
  GraphqlApi,
  ScopeDocuments,
  WorkspaceInfo,
} from '@isthmus/policy-engine';
import { graphqlOf } from '../graphql/compile-graphql.js';
import type { Versioning } from '../routing/api-table.js';
import { OperationTable } from '../routing/operation-table.js';
import type { ProductWithApis } from './compile-products.js';
import type {
  ApiModel,
  ConfigurationPorts,
  ConfigurationProblem,
  Effective,
  OperationModel,
} from './gateway-model.js';
import { withNamedValues } from './named-values.js';
import { policySource } from './policy-source.js';
import { readServiceUrl } from './service-url.js';
import { apiSchemas, operationDefinition } from './operation-definition.js';
import type { IndexedResource, ResourceIndex } from './resource-index.js';

/** What the APIs of a service or workspace share. */
export interface ApiSurroundings {
  readonly index: ResourceIndex;
  /** "" for the service, "/workspaces/w" for a workspace. */
  readonly owner: string;
  readonly options: CompileOptions;
  readonly namedValues: ReadonlyMap<string, string>;
  /** Those of the service, and of the workspace. */
  readonly products: readonly ProductWithApis[];
  /** Global document, and the workspace's. */
  readonly outer: ScopeDocuments;
  /** What the documents of the service refer to: the global one, and those of its products. */
  readonly serviceOptions: CompileOptions;
  /** Ports of its APIs; those of the service are the model's. */
  readonly ports: ConfigurationPorts | undefined;
}

/** Compiles one revision of one API. All problems at once, or the model. */
export function compileApi(
  resource: IndexedResource,
  surroundings: ApiSurroundings,
): { readonly model?: ApiModel; readonly problems: readonly ConfigurationProblem[] } {
  const problems = new Set<ConfigurationProblem>();
  const compiler = new EffectiveCompiler(surroundings, problems);
  try {
    const model = apiModel(resource, surroundings, compiler);
    return problems.size > 0 ? { problems: [...problems] } : { model, problems: [] };
  } catch (error) {
    problems.add({ message: error instanceof Error ? error.message : String(error) });
    return { problems: [...problems] };
  }
}

/** Compiles documents for each product that an API is in, and for calls outside of products. */
class EffectiveCompiler {
  constructor(
    private readonly surroundings: ApiSurroundings,
    private readonly problems: Set<ConfigurationProblem>,
  ) {}

  effective(products: readonly ProductWithApis[], documents: ScopeDocuments): Effective {
    const { outer } = this.surroundings;
    const found = new Map<string, CompiledOperation>();
    for (const product of [undefined, ...products]) {
      const own = product?.document;
      const compiled = compilePolicies(
        { ...outer, ...(own ? { product: own } : {}), ...documents },
        this.#options(product),
      );
      for (const problem of compiled.problems) this.problems.add(problem);
      if (compiled.operation) found.set(product?.model.name ?? '', compiled.operation);
    }
    return found;
  }

  /** Documents of a workspace refer to what is in the workspace, those around it to what the service has. */
  #options(product: ProductWithApis | undefined): CompileOptions {
    const { owner, options, serviceOptions } = this.surroundings;
    if (owner === '') return options;
    const ofService = product !== undefined && !product.model.name.includes('/');
    const scopes = { global: serviceOptions, ...(ofService ? { product: serviceOptions } : {}) };
    return { ...options, scopes };
  }

  graphql(api: IndexedResource): GraphqlApi | undefined {
    const { index, options } = this.surroundings;
    const sources = { index, options, policyOf: (id: string) => policySource(index, id) };
    return graphqlOf(api, sources, this.problems);
  }
}

function apiModel(
  resource: IndexedResource,
  surroundings: ApiSurroundings,
  compiler: EffectiveCompiler,
): ApiModel {
  const { index, owner } = surroundings;
  const { id, name, properties } = resource;
  const baseName = name.toLowerCase().replace(/;rev=.*$/, '');
  const members = surroundings.products.filter((one) =>
    one.apis.has(`${owner}/apis/${baseName}`.toLowerCase()),
  );
  const products = new Map(members.map((one) => [one.model.name, one.model]));
  const type = apiType(properties.text('type') ?? properties.text('apiType') ?? 'http');
  const graphql = type === 'graphql' ? compiler.graphql(resource) : undefined;
  const info = { ...apiInfo(resource, surroundings.namedValues), ...(graphql ? { graphql } : {}) };
  const hosts = properties.texts('hostNames').map((host) => host.toLowerCase());
  const own = policySource(index, id);
  const documents: ScopeDocuments = own ? { api: own } : {};
  const effective = (more: ScopeDocuments): Effective =>
    compiler.effective(members, { ...documents, ...more });
  const ofApi = effective({});
  return {
    id,
    type,
    baseName,
    info,
    path: info.path.slice(1),
    revision: info.revision,
    isCurrent: info.isCurrentRevision,
    isOnline: properties.flag('isOnline') ?? true,
    version: info.version,
    versioning: versioning(properties.text('apiVersionSetId'), index, owner),
    hosts: hosts.length > 0 ? hosts : undefined,
    workspace: workspaceInfo(index, owner),
    ports: surroundings.ports,
    subscriptionRequired: properties.flag('subscriptionRequired') ?? true,
    products,
    keyNames: info.subscriptionKeyParameterNames,
    base: info.serviceUrl === undefined ? undefined : readServiceUrl(info.serviceUrl),
    operations: new OperationTable(
      // Operations without a document of their own have the policies of the API, not a copy of them.
      operationsOf(resource, type, (own) => (own ? effective({ operation: own }) : ofApi), index),
    ),
    effective: ofApi,
    series: undefined,
    durations: undefined,
  };
}

function workspaceInfo(index: ResourceIndex, owner: string): WorkspaceInfo | undefined {
  if (owner === '') return undefined;
  const id = resourceName(owner);
  return { id, name: index.get(owner)?.properties.text('displayName') ?? id };
}

/** What `context.Api` shows; the defaults are those of the service. */
function apiInfo(
  { name, properties }: IndexedResource,
  namedValues: ReadonlyMap<string, string>,
): ApiInfo & Required<Pick<ApiInfo, 'subscriptionKeyParameterNames'>> {
  const written = properties.text('serviceUrl');
  const serviceUrl = written ? withNamedValues(written, namedValues) : undefined;
  const version = properties.text('apiVersion');
  const names = properties.object('subscriptionKeyParameterNames');
  return {
    id: name.replace(/;rev=.*$/i, ''),
    name: properties.text('displayName') ?? name,
    path: `/${(properties.text('path') ?? '').replace(/^\/+|\/+$/g, '')}`,
    protocols: properties.texts('protocols'),
    revision: properties.text('apiRevision') ?? '1',
    isCurrentRevision: properties.flag('isCurrent') ?? !/;rev=/i.test(name),
    subscriptionKeyParameterNames: {
      header: names?.text('header') ?? 'Ocp-Apim-Subscription-Key',
      query: names?.text('query') ?? 'subscription-key',
    },
    ...(serviceUrl ? { serviceUrl } : {}),
    ...(version ? { version } : {}),
  };
}

function apiType(text: string): ApiModel['type'] {
  const type = text.toLowerCase();
  if (type === 'http' || type === 'soap' || type === 'websocket' || type === 'graphql') return type;
  throw new Error(`APIs of type '${text}' are not supported.`);
}

function versioning(
  reference: string | undefined,
  index: ResourceIndex,
  owner: string,
): Versioning | undefined {
  if (reference === undefined || reference === '') return undefined;
  const relative = relativeReference(reference);
  const id = /^\/workspaces\//i.test(relative) ? relative : `${owner}${relative}`;
  const set = index.get(id);
  if (!set) throw new Error(`The API version set '${id}' could not be found.`);
  const { properties } = set;
  switch ((properties.text('versioningScheme') ?? '').toLowerCase()) {
    case 'segment':
      return { scheme: 'Segment' };
    case 'header':
      return { scheme: 'Header', header: properties.text('versionHeaderName') ?? 'Api-Version' };
    case 'query':
      return { scheme: 'Query', query: properties.text('versionQueryName') ?? 'api-version' };
    default:
      throw new Error(`The API version set '${id}' has no versioning scheme.`);
  }
}

/** Operations of an API; pass-through kinds have one that takes everything. */
function operationsOf(
  api: IndexedResource,
  type: ApiModel['type'],
  effective: (own: ScopeDocuments['operation']) => Effective,
  index: ResourceIndex,
): OperationModel[] {
  const schemas = apiSchemas(index.in(`${api.id}/schemas`));
  const operations = index
    .in(`${api.id}/operations`)
    .map(({ id, name, properties }): OperationModel => {
      const own = policySource(index, id);
      const method = properties.text('method') ?? 'GET';
      const urlTemplate = properties.text('urlTemplate') ?? '/';
      const info = {
        id: name,
        name: properties.text('displayName') ?? name,
        method,
        urlTemplate,
        definition: operationDefinition(properties, schemas),
      };
      return { method, urlTemplate, info, effective: effective(own), series: undefined };
    });
  if (operations.length > 0 || type === 'http' || type === 'soap') return operations;
  const id = type === 'websocket' ? 'onHandshake' : 'graphql';
  const methods = type === 'websocket' ? ['GET'] : ['POST', 'GET', 'OPTIONS'];
  return methods.map((method) => ({
    method,
    urlTemplate: '/*',
    info: { id, name: id, method, urlTemplate: '/*' },
    effective: effective(undefined),
    series: undefined,
  }));
}
