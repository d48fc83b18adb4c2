const customerId = { name: 'customerId', in: 'path', required: true, type: 'string' };
const customer = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    segment: { type: 'string' },
    email: { type: 'string' },
    country: { type: 'string' },
  },
};

/** The OpenAPI 2.0 document of the CRM connector. */
export const crmSwagger = {
  swagger: '2.0',
  info: { title: 'CRM', version: '1.0' },
  paths: {
    '/customers': {
      get: {
        operationId: 'ListCustomers',
        summary: 'All customers, whatever the page size of the system',
        responses: {
          200: {
            description: 'Customers',
            schema: { type: 'object', properties: { value: { type: 'array', items: customer } } },
          },
        },
      },
    },
    '/customers/{customerId}': {
      get: {
        operationId: 'GetCustomer',
        parameters: [customerId],
        responses: { 200: { description: 'The customer', schema: customer } },
      },
    },
    '/customers/{customerId}/notes': {
      post: {
        operationId: 'AddNote',
        parameters: [
          customerId,
          {
            name: 'body',
            in: 'body',
            required: true,
            schema: {
              type: 'object',
              required: ['text'],
              properties: { text: { type: 'string' } },
            },
          },
        ],
        responses: { 201: { description: 'The note' } },
      },
    },
  },
};
