import { definePolicy } from '../../pipeline/policy.js';

/**
 * The root of a GraphQL resolver's document, which `compileResolver` compiles. In a policy document it has no
 * place: `sections` is empty.
 */
export const httpDataSource = definePolicy<undefined>({
  element: 'http-data-source',
  sections: [],
  only: 'resolver',
  attributes: {},
  support: {
    level: 'partial',
    how: "stands in resolvers; the caller's headers are not those of the resolver's request: take them along in variables",
  },
  parse: () => undefined,
  compile: () => () => undefined,
});
