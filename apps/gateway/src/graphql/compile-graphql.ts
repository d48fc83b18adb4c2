import { compileGraphqlApi } from '@isthmus/policy-engine';
import type {
  CompileOptions,
  GraphqlApi,
  PolicySource,
  ResolverSource,
} from '@isthmus/policy-engine';
import type { ConfigurationProblem } from '../configuration/gateway-model.js';
import type { IndexedResource, ResourceIndex } from '../configuration/resource-index.js';

/** What an API's schema and resolvers are compiled from. */
export interface GraphqlSources {
  readonly index: ResourceIndex;
  readonly options: CompileOptions;
  /** The policy document of a resource. */
  readonly policyOf: (id: string) => PolicySource | undefined;
}

/**
 * Schema and resolvers of a GraphQL API; undefined for one that has no schema (it is passed through). Mistakes are
 * added to `problems`.
 */
export function graphqlOf(
  api: IndexedResource,
  { index, options, policyOf }: GraphqlSources,
  problems: Set<ConfigurationProblem>,
): GraphqlApi | undefined {
  const resolvers = index
    .in(`${api.id}/resolvers`)
    .flatMap(({ id, properties }): ResolverSource[] => {
      const source = policyOf(id);
      const path = properties.text('path');
      if (path === undefined) problems.add({ message: `The resolver '${id}' names no path.` });
      // A resolver without a document takes the member of the parent, as a field without one does.
      return path === undefined || !source ? [] : [{ path, source }];
    });
  const schema = index
    .in(`${api.id}/schemas`)
    .find(({ properties }) => /graphql/i.test(properties.text('contentType') ?? ''))
    ?.properties.object('document')
    ?.text('value');
  if (schema === undefined) {
    if (resolvers.length > 0)
      problems.add({ message: `The API '${api.name}' has resolvers and no GraphQL schema.` });
    return undefined;
  }
  const compiled = compileGraphqlApi({ schema, resolvers }, options);
  for (const problem of compiled.problems) problems.add(problem);
  return compiled.api;
}
