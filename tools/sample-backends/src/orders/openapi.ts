const line = {
  type: 'object',
  required: ['sku', 'quantity'],
  properties: {
    sku: { type: 'string' },
    name: { type: 'string' },
    quantity: { type: 'integer', minimum: 1 },
    unitPrice: { type: 'number' },
  },
};

const problem = {
  description: 'A problem document',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const orderContent = { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } };
const orderId = { name: 'orderId', in: 'path', required: true, schema: { type: 'string' } };

/** The OpenAPI 3.1 document of the order service, served at /openapi.json. */
export const openApi = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1.0.0', description: 'Orders of the sample company' },
  paths: {
    '/orders': {
      get: {
        operationId: 'list-orders',
        summary: 'List orders',
        parameters: [{ name: 'customerId', in: 'query', schema: { type: 'string' } }],
        responses: { 200: { description: 'Orders' } },
      },
      post: {
        operationId: 'create-order',
        summary: 'Create an order',
        requestBody: { required: true, content: orderContent },
        responses: { 201: { description: 'Created', content: orderContent }, 422: problem },
      },
    },
    '/orders/{orderId}': {
      get: {
        operationId: 'get-order',
        summary: 'Get an order',
        parameters: [orderId],
        responses: { 200: { description: 'The order', content: orderContent }, 404: problem },
      },
      put: {
        operationId: 'replace-order',
        summary: 'Replace an order',
        parameters: [
          orderId,
          { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } },
        ],
        requestBody: { required: true, content: orderContent },
        responses: {
          200: { description: 'The order', content: orderContent },
          412: problem,
          422: problem,
        },
      },
    },
    '/delivery-options/{country}': {
      get: {
        operationId: 'get-delivery-options',
        summary: 'Carriers and days to a country',
        parameters: [{ name: 'country', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'Options' } },
      },
    },
  },
  components: {
    schemas: {
      Order: {
        type: 'object',
        required: ['customerId', 'lines'],
        properties: {
          id: { type: 'string' },
          customerId: { type: 'string', pattern: '^C-\\d+$' },
          status: { type: 'string', enum: ['open', 'shipped', 'closed'] },
          country: { type: 'string', minLength: 2, maxLength: 2 },
          placedAt: { type: 'string', format: 'date-time' },
          lines: { type: 'array', minItems: 1, items: line },
        },
      },
      Problem: {
        type: 'object',
        properties: {
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string' },
          errors: { type: 'array', items: { type: 'object' } },
        },
      },
    },
  },
};
