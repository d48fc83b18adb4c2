import {
  compileGraphqlApi,
  type CompileOptions,
  type GraphqlProblem,
} from '@isthmus/policy-engine';
import type { StoredResource, ResourceStore } from '../resources/store/resource.store.js';
import { sourceOf } from './policy-source.js';

/** Mistakes of a resolver's document; its field stands in the GraphQL schema of its API. */
export async function resolverProblems(
  document: StoredResource,
  store: ResourceStore,
  options: CompileOptions,
): Promise<readonly GraphqlProblem[]> {
  const resolverId = document.id.split('/').slice(0, -2).join('/');
  const apiId = resolverId.split('/').slice(0, -2).join('/');
  const path = (await store.find(resolverId))?.properties['path'];
  if (typeof path !== 'string') return [{ message: `The resolver '${resolverId}' names no path.` }];
  const schema = (await store.ofType('apis/schemas'))
    .filter(({ id }) => id.toLowerCase().startsWith(`${apiId.toLowerCase()}/schemas/`))
    .find(({ properties }) => /graphql/i.test(String(properties['contentType'])));
  const text = (schema?.properties['document'] as { value?: unknown } | undefined)?.value;
  if (typeof text !== 'string') return [{ message: `'${apiId}' has no GraphQL schema.` }];
  const resolvers = [{ path, source: sourceOf(document) }];
  return compileGraphqlApi({ schema: text, resolvers }, options).problems;
}
