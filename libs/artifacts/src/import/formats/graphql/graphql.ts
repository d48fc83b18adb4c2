import type { ImportFormat } from '../../imported-api.js';

/**
 * GraphQL schema documents. A pass-through GraphQL API has no operations of its own: the schema is
 * kept as the API's schema and calls go to the backend as they are.
 */
export const graphql: ImportFormat = {
  name: 'graphql',
  recognises: (file) => /\.(graphql|gql)$/i.test(file),
  read: (input) => ({
    type: 'graphql',
    operations: [],
    schemas: [
      {
        name: 'graphql',
        properties: {
          contentType: 'application/vnd.ms-azure-apim.graphql.schema',
          document: { value: input.text },
        },
      },
    ],
  }),
};
