import { importApi } from '../import/formats/index.js';
import type { ImportedApi } from '../import/imported-api.js';
import { exportApi } from './openapi.js';
import type { ExportedApi } from './openapi.js';

const document = {
  openapi: '3.0.1',
  info: { title: 'Shop', version: '1.0' },
  servers: [{ url: 'https://shop.example' }],
  paths: {
    '/items/{id}': {
      get: {
        summary: 'Get item',
        operationId: 'get-item',
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'expand', in: 'query', schema: { type: 'string', enum: ['a', 'b'] } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
        ],
        responses: {
          200: {
            description: 'an item',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } },
          },
          404: { description: 'none' },
        },
      },
    },
    '/items': {
      post: {
        summary: 'Create item',
        operationId: 'create-item',
        requestBody: {
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/Item' },
              examples: { one: { value: { id: 'x' } } },
            },
          },
        },
        responses: { 201: { description: 'made' } },
      },
    },
  },
  components: { schemas: { Item: { type: 'object', properties: { id: { type: 'string' } } } } },
};

function imported(text: string): ImportedApi {
  const api = importApi({
    text,
    file: 'specification.json',
    operationNames: 'verbatim',
    requiredQueryParameters: 'template',
    report: ({ message }) => {
      throw new Error(message);
    },
  });
  if (!api) throw new Error('nothing was imported');
  return api;
}

function asResources(api: ImportedApi, properties: object = {}): ExportedApi {
  return {
    api: { id: '/apis/shop', properties: { path: 'shop', displayName: 'Shop', ...properties } },
    operations: api.operations.map((one) => ({
      id: `/apis/shop/operations/${one.name}`,
      properties: one.properties,
    })),
    schemas: api.schemas.map((one) => ({
      id: `/apis/shop/schemas/${one.name}`,
      properties: one.properties,
    })),
  };
}

describe('exportApi', () => {
  const api = imported(JSON.stringify(document));
  it.each(['openapi', 'swagger'] as const)(
    'gives %s that imports to the same operations',
    (format) => {
      const exported = exportApi(asResources(api), format);
      const again = imported(JSON.stringify(exported));
      expect(again.operations.map(({ name }) => name)).toEqual(['get-item', 'create-item']);
      for (const [index, { properties }] of again.operations.entries()) {
        const { displayName, method, urlTemplate } = api.operations[index]!.properties;
        expect(properties).toMatchObject({ displayName, method, urlTemplate });
      }
      expect(again.operations[0]?.properties['responses']).toMatchObject([
        {
          statusCode: 200,
          representations: [{ contentType: 'application/json', typeName: 'Item' }],
        },
        { statusCode: 404 },
      ]);
    },
  );
  it.each(['openapi', 'swagger'] as const)(
    'keeps fixed pairs of a template’s query in the paths of %s, its parameters beside them',
    (format) => {
      const operation = (name: string, urlTemplate: string) => ({
        id: `/apis/shop/operations/${name}`,
        properties: {
          displayName: name,
          method: 'GET',
          urlTemplate,
          templateParameters: [{ name: 'page', type: 'string', required: true }],
        },
      });
      const operations = [
        operation('list', '/items?op=list&page={page}'),
        operation('count', '/items?op=count&page={page}'),
      ];
      const exported = exportApi({ ...asResources(api), operations, schemas: [] }, format);
      expect(Object.keys(exported['paths'] as object)).toEqual([
        '/items?op=list',
        '/items?op=count',
      ]);
      const again = imported(JSON.stringify(exported));
      expect(again.operations.map(({ properties }) => properties['urlTemplate'])).toEqual([
        '/items?op=list&page={page}',
        '/items?op=count&page={page}',
      ]);
    },
  );
  it('tells path, keys and version', () => {
    const versioned = asResources(api, {
      apiVersion: 'v2',
      subscriptionKeyParameterNames: { header: 'api-key' },
    });
    const set = (properties: object): ExportedApi => ({
      ...versioned,
      versionSet: { id: '/apiVersionSets/v', properties: { ...properties } },
    });
    expect(exportApi(set({ versioningScheme: 'Segment' }), 'openapi')).toMatchObject({
      info: { title: 'Shop', version: 'v2' },
      servers: [{ url: '/shop/v2' }],
      components: { securitySchemes: { apiKeyHeader: { name: 'api-key', in: 'header' } } },
      security: [{ apiKeyHeader: [] }, { apiKeyQuery: [] }],
    });
    const query = exportApi(set({ versioningScheme: 'Query', versionQueryName: 'v' }), 'openapi');
    expect(JSON.stringify(query)).toContain('"name":"v","in":"query","required":true');
    const open = exportApi(asResources(api, { subscriptionRequired: false }), 'swagger');
    expect(open).toMatchObject({ swagger: '2.0', basePath: '/shop', definitions: { Item: {} } });
    expect(open).not.toHaveProperty('security');
  });
  it('keeps operations that only their query tells apart', () => {
    const operation = (id: string, urlTemplate: string) => ({
      id: `/apis/shop/operations/${id}`,
      properties: { displayName: id, method: 'GET', urlTemplate },
    });
    const exported = {
      ...asResources(api),
      operations: [operation('a', '/x?kind=a'), operation('b', '/x?kind=b')],
    };
    for (const format of ['openapi', 'swagger'] as const) {
      const again = imported(JSON.stringify(exportApi(exported, format)));
      expect(again.operations.map(({ name }) => name)).toEqual(['a', 'b']);
      expect(again.operations[1]?.properties['urlTemplate']).toBe('/x?kind=b');
    }
  });
  it('exports wildcards, forms and operations without anything', () => {
    const exported = exportApi(
      {
        ...asResources(api),
        operations: [
          { id: '/apis/shop/operations/any', properties: { method: 'GET', urlTemplate: '/*' } },
          {
            id: '/apis/shop/operations/form',
            properties: {
              method: 'POST',
              urlTemplate: '/form?kind={kind}',
              templateParameters: [{ name: 'kind', required: true, type: 'string' }],
              request: {
                representations: [
                  {
                    contentType: 'application/x-www-form-urlencoded',
                    formParameters: [{ name: 'a', required: true, type: 'string' }],
                  },
                ],
              },
            },
          },
        ],
      },
      'swagger',
    );
    expect(exported['paths']).toMatchObject({
      '/*': { get: { responses: { 200: {} } } },
      '/form': {
        post: {
          parameters: [
            { name: 'kind', in: 'query', required: true },
            { name: 'a', in: 'formData', required: true, type: 'string' },
          ],
        },
      },
    });
  });
});
