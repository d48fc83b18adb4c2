import type { ArtifactProblem } from '../../resource.js';
import type { ImportedApi, ImportInput } from '../imported-api.js';
import { normaliseOperationName } from '../operation-name.js';
import { importApi } from './index.js';

function read(
  file: string,
  text: string,
  more: Partial<ImportInput> = {},
): { api: ImportedApi | undefined; problems: ArtifactProblem[] } {
  const problems: ArtifactProblem[] = [];
  const api = importApi({
    file,
    text,
    operationNames: 'normalised',
    requiredQueryParameters: 'template',
    report: (one) => problems.push(one),
    ...more,
  });
  return { api, problems };
}

const orders = `
openapi: 3.0.3
info: { title: Orders, description: All orders }
servers: [{ url: 'http://{host}/v1', variables: { host: { default: o.example } } }, { url: https://secure.example/v1/ }]
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }, { name: lang, in: query, schema: { type: string } }]
    get:
      operationId: GetOrder
      parameters:
        - { name: lang, in: query, required: true, schema: { type: string, enum: [de, en] } }
        - { name: X-Page, in: header, schema: { type: integer, maximum: 9 } }
        - { $ref: '#/components/parameters/Size' }
      responses:
        '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Order' }, examples: { one: { value: { id: 1 } } } } } }
        default: { $ref: '#/components/responses/Problem' }
    put:
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: {}
components:
  parameters: { Size: { name: size, in: query, schema: { type: integer, default: 10 } } }
  schemas: { Order: { type: object, properties: { self: { $ref: '#/components/schemas/Order' } } } }
  responses: { Problem: { description: bad, content: { application/problem+json: {} } } }
`;

describe('OpenAPI 3', () => {
  const { api, problems } = read('specification.yaml', orders);
  const [get, put] = api?.operations ?? [];
  it('reads without problems', () => expect(problems).toEqual([]));
  it('takes the first https server', () =>
    expect(api?.serviceUrl).toBe('https://secure.example/v1'));
  it('normalises operation names, and makes one where there is none', () =>
    expect(api?.operations.map((one) => one.name)).toEqual(['getorder', 'put-orders-id']));
  it('puts required query parameters into the template', () =>
    expect(get?.properties['urlTemplate']).toBe('/orders/{id}?lang={lang}'));
  it('leaves them out of the template when asked to', () => {
    const other = read('specification.yaml', orders, { requiredQueryParameters: 'query' });
    expect(other.api?.operations[0]?.properties['urlTemplate']).toBe('/orders/{id}');
  });
  it('keeps operation names as they are written when asked to', () => {
    expect(
      read('specification.yaml', orders, { operationNames: 'verbatim' }).api?.operations[0]?.name,
    ).toBe('GetOrder');
  });
  it('lets the parameters of an operation win over those of its path', () => {
    const parameters = get?.properties['templateParameters'] as {
      name: string;
      values: string[];
    }[];
    expect(parameters.map((one) => one.name)).toEqual(['id', 'lang']);
    expect(parameters[1]?.values).toEqual(['de', 'en']);
  });
  it('follows references of parameters and responses', () => {
    const request = get?.properties['request'] as {
      queryParameters: { name: string; defaultValue: string }[];
    };
    expect(request.queryParameters).toEqual([
      expect.objectContaining({ name: 'size', defaultValue: '10' }),
    ]);
    expect(
      (get!.properties['responses'] as { statusCode: unknown }[]).map((one) => one.statusCode),
    ).toEqual([200, 'default']);
  });
  it('names schemas, and makes names for those written in place', () => {
    const [response] = get!.properties['responses'] as {
      representations: { typeName: string; examples: unknown }[];
    }[];
    expect(response?.representations[0]).toEqual({
      contentType: 'application/json',
      schemaId: 'openapi-components',
      typeName: 'Order',
      examples: { one: { value: { id: 1 } } },
    });
    const request = put?.properties['request'] as { representations: { typeName: string }[] };
    expect(request.representations[0]?.typeName).toBe('OrdersIdPutRequest');
  });
  it('keeps recursive schemas as references', () => {
    const document = api?.schemas[0]?.properties['document'] as {
      components: { schemas: Record<string, unknown> };
    };
    expect(document.components.schemas['Order']).toEqual({
      type: 'object',
      properties: { self: { $ref: '#/components/schemas/Order' } },
    });
  });
});

describe('OpenAPI 2.0', () => {
  const text = `{ "swagger": "2.0", "host": "p.example", "basePath": "/v2", "schemes": ["http", "https"], "consumes": ["application/json"], "produces": ["application/json"],
    "paths": { "/pets": { "post": { "operationId": "addPet", "parameters": [{ "name": "body", "in": "body", "schema": { "$ref": "#/definitions/Pet" } }], "responses": { "201": { "description": "", "schema": { "$ref": "#/definitions/Pet" }, "examples": { "application/json": { "name": "rex" } } } } } },
      "/photo": { "post": { "consumes": ["multipart/form-data"], "parameters": [{ "name": "file", "in": "formData", "type": "file", "required": true }], "responses": {} } } },
    "definitions": { "Pet": { "properties": { "mate": { "$ref": "#/definitions/Pet" } } } } }`;
  const { api } = read('specification.json', text);
  it('takes the https address', () => expect(api?.serviceUrl).toBe('https://p.example/v2'));
  it('makes representations of body parameters', () => {
    expect(api?.operations[0]?.properties['request']).toMatchObject({
      representations: [{ contentType: 'application/json', typeName: 'Pet' }],
    });
  });
  it('makes form parameters', () => {
    expect(api?.operations[1]?.properties['request']).toMatchObject({
      representations: [
        { contentType: 'multipart/form-data', formParameters: [{ name: 'file', required: true }] },
      ],
    });
  });
  it('keeps examples', () => {
    expect(api?.operations[0]?.properties['responses']).toMatchObject([
      { representations: [{ examples: { default: { value: { name: 'rex' } } } }] },
    ]);
  });
  it('moves definitions to components', () => {
    expect(api?.schemas[0]?.properties['document']).toMatchObject({
      openapi: '2.0',
      components: {
        schemas: { Pet: { properties: { mate: { $ref: '#/components/schemas/Pet' } } } },
      },
    });
  });
});

describe('bad input', () => {
  it.each([
    ['a list', 'x.yaml', '[]'],
    ['no version', 'x.yaml', 'paths: {}'],
    ['broken YAML', 'x.yaml', 'a: [b'],
    ['broken XML', 'x.wsdl', '<definitions>'],
    ['a DTD', 'x.wsdl', '<!DOCTYPE x [<!ENTITY a "b">]><definitions/>'],
    ['another root', 'x.wsdl', '<x/>'],
    ['nothing', 'x.json', ''],
  ])('refuses %s with an error and its place', (_name, file, text) => {
    const { api, problems } = read(file, text);
    expect(api).toBeUndefined();
    expect(problems[0]).toMatchObject({
      severity: 'error',
      file,
      line: expect.any(Number) as number,
    });
  });
  it('tells a reference that leads nowhere and goes on', () => {
    const { api, problems } = read(
      'x.yaml',
      "openapi: 3.1.0\npaths: { /a: { get: { parameters: [{ $ref: '#/components/parameters/Gone' }], responses: {} } } }",
    );
    expect(api?.operations).toHaveLength(1);
    expect(problems[0]?.message).toContain("'#/components/parameters/Gone' leads nowhere");
    expect(problems[0]).toMatchObject({ line: 2, column: 45 });
  });
  it('ends a chain of references that never ends', () => {
    const { problems } = read(
      'x.yaml',
      "openapi: 3.1.0\npaths: { /a: { $ref: '#/paths/~1b' }, /b: { $ref: '#/paths/~1a' } }",
    );
    expect(problems[0]?.message).toContain('never ends');
    expect(problems[0]).toMatchObject({ line: 2 });
  });
  it('warns of a path that is given twice, where the second one stands', () => {
    const { api, problems } = read(
      'x.yaml',
      'openapi: 3.1.0\npaths:\n  /a: { get: { responses: {} } }\n  /a: { post: { responses: {} } }',
    );
    expect(api?.operations).toHaveLength(1);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: 'warning', line: 4, column: 3 });
  });
  it('tells the same broken reference once', () => {
    const response = "responses: { '200': { $ref: '#/components/responses/Gone' } }";
    const { problems } = read(
      'x.yaml',
      `openapi: 3.1.0\npaths: { /a: { get: { ${response} } }, /b: { get: { ${response} } } }`,
    );
    expect(problems).toHaveLength(1);
  });
  it('refuses a document that is nested too deeply', () => {
    const { api, problems } = read(
      'x.json',
      `{"openapi":"3.0.0","paths":{},"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    );
    expect(api).toBeUndefined();
    expect(problems[0]?.message).toBe('The document is nested too deeply.');
  });
  it('does not let names reach the prototype', () => {
    const { api } = read(
      'x.json',
      '{"openapi":"3.0.0","components":{"schemas":{"__proto__":{"type":"object"}}},"paths":{"/a":{"get":{"responses":{}}}}}',
    );
    expect(api?.operations).toHaveLength(1);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });
});

const stock = `<definitions name="Stock" targetNamespace="urn:stock" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:stock" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <types><xsd:schema targetNamespace="urn:stock"><xsd:element name="GetStock"/><xsd:element name="GetStockResponse"/></xsd:schema></types>
  <message name="in"><part name="p" element="tns:GetStock"/></message><message name="out"><part name="p" element="tns:GetStockResponse"/></message>
  <portType name="pt"><operation name="GetStock"><documentation>Tells  the stock.</documentation><input message="tns:in"/><output message="tns:out"/></operation></portType>
  <binding name="b" type="tns:pt"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="GetStock"><soap:operation soapAction="urn:stock#Get"/></operation></binding>
  <service name="StockService"><port name="p" binding="tns:b"><soap:address location="https://stock.example/soap"/></port></service>
</definitions>`;

describe('WSDL', () => {
  const { api, problems } = read('service.wsdl', stock);
  it('makes a pass-through operation of each SOAP operation', () => {
    expect(problems).toEqual([]);
    expect(api).toMatchObject({
      type: 'soap',
      displayName: 'StockService',
      serviceUrl: 'https://stock.example/soap',
    });
    expect(api?.operations[0]).toMatchObject({
      name: 'GetStock',
      properties: {
        method: 'POST',
        urlTemplate: '/?soapAction=urn:stock#Get',
        description: 'Tells the stock.',
        request: { representations: [{ contentType: 'text/xml', typeName: 'GetStock' }] },
      },
    });
  });
  it('keeps the types with the namespaces around them', () => {
    expect(api?.schemas[0]?.properties['document']).toMatchObject({
      value: expect.stringContaining('xmlns:tns="urn:stock"') as string,
    });
  });
  it('takes imported documents that are at hand', () => {
    const main =
      '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import location="service.wsdl"/></definitions>';
    expect(
      read('main.wsdl', main, { related: new Map([['service.wsdl', stock]]) }).api?.operations,
    ).toHaveLength(1);
    expect(read('main.wsdl', main).problems[0]?.message).toContain("'service.wsdl' is not here");
  });
});

describe('WSDL with several ports', () => {
  const binding = (name: string, soap: string, actions: string[]): string =>
    `<binding name="${name}" type="tns:pt"><${soap}:binding transport="http://schemas.xmlsoap.org/soap/http"/>${['A', 'B'].map((one, index) => `<operation name="${one}"><${soap}:operation soapAction="${actions[index]}"/></operation>`).join('')}</binding>`;
  const document = (services: string, actions = ['urn:a', 'urn:b']): string =>
    `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:t" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"><portType name="pt"><operation name="A"/><operation name="B"/></portType>${binding('b11', 'soap', actions)}${binding('b12', 'soap12', actions)}${services}</definitions>`;
  const port = (name: string, soap: '11' | '12', address: string): string =>
    `<port name="${name}" binding="tns:b${soap}"><soap${soap === '12' ? '12' : ''}:address location="https://${address}"/></port>`;
  const both = `<service name="S">${port('p11', '11', 's.example')}${port('p12', '12', 's.example')}</service>`;
  const templates = (api: ReturnType<typeof read>['api']): unknown[] =>
    (api?.operations ?? []).map(({ properties }) => properties['urlTemplate']);

  it('makes one operation of an action in SOAP 1.1 and 1.2', () => {
    const { api, problems } = read('service.wsdl', document(both));
    expect(problems).toEqual([]);
    expect(templates(api)).toEqual(['/?soapAction=urn:a', '/?soapAction=urn:b']);
    expect(api?.operations[0]?.properties['request']).toMatchObject({
      representations: [{ contentType: 'text/xml' }, { contentType: 'application/soap+xml' }],
    });
  });
  it('takes what the selector names', () => {
    const two = `<service name="One">${port('p', '11', 'one.example')}</service><service name="Two">${port('p', '12', 'two.example')}</service>`;
    const chosen = read('service.wsdl', document(two), {
      wsdlSelector: { wsdlServiceName: 'Two' },
    });
    expect(chosen.api).toMatchObject({ displayName: 'Two', serviceUrl: 'https://two.example' });
    expect(read('service.wsdl', document(two)).api?.serviceUrl).toBe('https://one.example');
    const none = read('service.wsdl', document(two), { wsdlSelector: { wsdlEndpointName: 'x' } });
    expect(none.api).toBeUndefined();
    expect(none.problems[0]?.message).toContain('it has One/p, Two/p');
  });
  it('takes any action where several operations have the same', () => {
    const { api } = read('service.wsdl', document(both, ['', '']));
    expect(templates(api)).toEqual(['/?soapAction={any}']);
    expect(api?.operations[0]?.properties['templateParameters']).toMatchObject([{ name: 'any' }]);
  });
  it('takes any action of a port that tells no operations', () => {
    const bare = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"><service name="S"><port name="p"><soap12:address location="https://s.example"/></port></service></definitions>`;
    const { api, problems } = read('service.wsdl', bare);
    expect(templates(api)).toEqual(['/?soapAction={any}']);
    expect(problems[0]?.severity).toBe('warning');
  });
  it('reads schemas and definitions that stand beside it, wherever they name theirs', () => {
    const main =
      '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import location="parts/service.wsdl"/></definitions>';
    const service = document(both).replace(
      '<portType',
      '<types><schema xmlns="http://www.w3.org/2001/XMLSchema"><include schemaLocation="../types.xsd"/></schema></types><portType',
    );
    const related = new Map([
      ['parts/service.wsdl', service],
      [
        'types.xsd',
        '<schema xmlns="http://www.w3.org/2001/XMLSchema"><import schemaLocation="parts/more.xsd"/><element name="e"/></schema>',
      ],
      [
        'parts/more.xsd',
        '<schema xmlns="http://www.w3.org/2001/XMLSchema"><include schemaLocation="../types.xsd"/><element name="more"/></schema>',
      ],
    ]);
    const { api, problems } = read('main.wsdl', main, { related });
    expect(problems).toEqual([]);
    expect(templates(api)).toHaveLength(2);
    expect(JSON.stringify(api?.schemas)).toMatch(/name=..e.*name=..more/);
  });
});

describe('a required query parameter named as one of the path', () => {
  it('stays in the query', () => {
    const parameter = (place: string, type: string) =>
      `{"name":"id","in":"${place}","required":true,"schema":{"type":"${type}"}}`;
    const text = `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{"/lists/{id}":{"get":{"parameters":[${parameter('path', 'string')},${parameter('query', 'integer')}],"responses":{}}}}}`;
    expect(read('specification.json', text).api?.operations[0]?.properties).toMatchObject({
      urlTemplate: '/lists/{id}',
      templateParameters: [{ name: 'id', type: 'string' }],
      request: { queryParameters: [{ name: 'id', type: 'integer' }] },
    });
  });
});

describe('other formats', () => {
  it('reads WADL', () => {
    const text =
      '<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="https://w.example/api/"><resource path="items/{id}"><param name="id" style="template"/><method name="GET" id="getItem"><request><param name="q" style="query" required="true"/></request></method></resource></resources></application>';
    const { api } = read('service.wadl', text);
    expect(api).toMatchObject({ serviceUrl: 'https://w.example/api' });
    expect(api?.operations[0]).toMatchObject({
      name: 'getItem',
      properties: {
        method: 'GET',
        urlTemplate: '/items/{id}?q={q}',
        templateParameters: [
          { name: 'id', required: true },
          { name: 'q', required: true },
        ],
      },
    });
  });
  it('follows references within a WADL and leaves patterns out of its paths', () => {
    const text = `<application xmlns="http://wadl.dev.java.net/2009/02">
      <resources base="https://w.example/"><resource path="days/{day: [0-9]{4}}/{rest:.+}">
        <param name="day" style="template" type="xs:int"/><method href="#list"/>
      </resource></resources>
      <method id="list" name="GET"><request><param href="#page"/></request>
        <response status="200"><representation href="#days"/></response></method>
      <param id="page" name="page" style="query" type="xs:int" default="1"/>
      <representation id="days" mediaType="application/json"/>
    </application>`;
    const { api } = read('service.wadl', text);
    expect(api?.operations[0]).toMatchObject({
      name: 'list',
      properties: {
        method: 'GET',
        urlTemplate: '/days/{day}/{rest}',
        request: { queryParameters: [{ name: 'page', type: 'int', defaultValue: '1' }] },
        responses: [{ statusCode: 200, representations: [{ contentType: 'application/json' }] }],
      },
    });
  });
  it.each([
    ['items/', '/items/'],
    ['/items', '/items'],
    ['/', '/'],
    ['items/"><resource path="/', '/items/'],
    ['items/"><resource path="{id}', '/items/{id}'],
  ])('reads the path %s of a WADL', (path, urlTemplate) => {
    const nested = path.includes('><') ? '</resource>' : '';
    const text = `<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="https://w.example/"><resource path="${path}"><method name="GET" id="get"/></resource>${nested}</resources></application>`;
    expect(read('service.wadl', text).api?.operations[0]?.properties).toMatchObject({
      urlTemplate,
    });
  });
  it('keeps a GraphQL schema', () =>
    expect(read('schema.graphql', 'type Query { a: Int }').api).toMatchObject({
      type: 'graphql',
      schemas: [{ properties: { document: { value: 'type Query { a: Int }' } } }],
    }));
  it('refuses what it does not know', () =>
    expect(read('service.proto', 'syntax = "proto3";').problems[0]?.message).toContain(
      'no API description of a known format',
    ));
});

describe('normaliseOperationName', () => {
  it.each([
    ['GET-/foo/{bar}?buzz={quix}', 'get-foo-bar-buzz-quix'],
    ['createOrder', 'createorder'],
    ['--x--', 'x'],
    ['é', ''],
  ])('makes %s to %s', (id, name) => expect(normaliseOperationName(id)).toBe(name));
  it('cuts at 76 characters', () =>
    expect(normaliseOperationName('x'.repeat(100))).toHaveLength(76));
});
