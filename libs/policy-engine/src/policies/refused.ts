import { definePolicy, type AnyPolicy } from '../pipeline/policy.js';

/** A policy of Azure that this product cannot do, with the reason that validation gives. */
function refused(element: string, why: string): AnyPolicy {
  return definePolicy<undefined>({
    element,
    sections: [],
    attributes: {},
    support: { level: 'refused', why },
    parse: () => undefined,
    compile: () => () => undefined,
  });
}

const resolvers =
  'GraphQL resolvers are not run by this gateway; publish the GraphQL API as pass-through to a GraphQL server.';

/** Validation refuses these with their reason. */
export const refusedPolicies: readonly AnyPolicy[] = [
  refused('http-data-source', resolvers),
  refused('sql-data-source', resolvers),
  refused('cosmosdb-data-source', resolvers),
  refused('publish-event', resolvers),
];
