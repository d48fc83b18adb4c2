import { relativeReference } from '@isthmus/artifacts';
import { compilePolicies } from '@isthmus/policy-engine';
import type {
  ApiInfo,
  CompiledOperation,
  CompileOptions,
  GraphqlApi,
  PolicySource,
  ScopeDocuments,
} from '@isthmus/policy-engine';
import { graphqlOf } from '../graphql/compile-graphql.js';
import type { Versioning } from '../routing/api-table.js';
import { OperationTable } from '../routing/operation-table.js';
import type { ProductWithApis } from './compile-products.js';
import type {
  ApiModel,
  ConfigurationProblem,
  Effective,
  OperationModel,
  ProductModel,
} from './gateway-model.js';
import { withNamedValues } from './named-values.js';
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
  readonly products: readonly ProductWithApis[];
  /** Global document, and the workspace's. */
  readonly outer: ScopeDocuments;
  /** Product documents by lower-case product name. */
  readonly productDocuments: ReadonlyMap<string, PolicySource>;
}

/** The document of a policy resource. */
export function policySource(index: ResourceIndex, id: string): PolicySource | undefined {
  const properties = index.get(`${id}/policies/policy`)?.properties;
  const text = properties?.text('value');
  if (text === undefined) return undefined;
  return {
    text,
    format: properties?.text('format') === 'xml' ? 'xml' : 'rawxml',
    path: `${id}/policies/policy`,
  };
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

  effective(products: ReadonlyMap<string, ProductModel>, documents: ScopeDocuments): Effective {
    const { outer, productDocuments, options } = this.surroundings;
    const found = new Map<string, CompiledOperation>();
    for (const product of ['', ...products.keys()]) {
      const own = productDocuments.get(product);
      const compiled = compilePolicies(
        { ...outer, ...(own ? { product: own } : {}), ...documents },
        options,
      );
      for (const problem of compiled.problems) this.problems.add(problem);
      if (compiled.operation) found.set(product, compiled.operation);
    }
    return found;
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
  const members = surroundings.products.filter((one) => one.apis.has(baseName));
  const products = new Map(members.map((one) => [one.model.name, one.model]));
  const type = apiType(properties.text('type') ?? properties.text('apiType') ?? 'http');
  const graphql = type === 'graphql' ? compiler.graphql(resource) : undefined;
  const info = { ...apiInfo(resource, surroundings.namedValues), ...(graphql ? { graphql } : {}) };
  const hosts = properties.texts('hostNames').map((host) => host.toLowerCase());
  const own = policySource(index, id);
  const documents: ScopeDocuments = own ? { api: own } : {};
  const effective = (more: ScopeDocuments): Effective =>
    compiler.effective(products, { ...documents, ...more });
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
    workspace: owner === '' ? undefined : owner.split('/').at(-1),
    subscriptionRequired: properties.flag('subscriptionRequired') ?? true,
    products,
    keyNames: info.subscriptionKeyParameterNames,
    base: info.serviceUrl === undefined ? undefined : readServiceUrl(info.serviceUrl),
    operations: new OperationTable(operationsOf(resource, type, effective, index)),
    effective: effective({}),
  };
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
  const id = relativeReference(reference);
  const set = index.get(id) ?? index.get(`${owner}${id}`);
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
  effective: (documents: ScopeDocuments) => Effective,
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
      return { method, urlTemplate, info, effective: effective(own ? { operation: own } : {}) };
    });
  if (operations.length > 0 || type === 'http' || type === 'soap') return operations;
  const id = type === 'websocket' ? 'onHandshake' : 'graphql';
  const methods = type === 'websocket' ? ['GET'] : ['POST', 'GET', 'OPTIONS'];
  return methods.map((method) => ({
    method,
    urlTemplate: '/*',
    info: { id, name: id, method, urlTemplate: '/*' },
    effective: effective({}),
  }));
}
