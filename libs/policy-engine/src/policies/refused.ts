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

/** Validation refuses these with their reason. */
export const refusedPolicies: readonly AnyPolicy[] = [
  refused(
    'sql-data-source',
    'the gateway speaks HTTP to data sources; put an HTTP API before the database and use http-data-source.',
  ),
  refused(
    'cosmosdb-data-source',
    'the gateway signs no Cosmos DB requests; use http-data-source with an API before the database.',
  ),
];
