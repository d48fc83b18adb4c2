import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CredentialStore, type Connector, type OperationCall } from '@isthmus/connectors';
import { loadSoapConnectors } from './load-soap-connectors.js';
import { soapConnector } from './soap-connector.js';

const schema = `<xsd:schema targetNamespace="urn:t" elementFormDefault="qualified" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t">
  <xsd:element name="Find"><xsd:complexType><xsd:sequence><xsd:element name="id" type="xsd:string"/></xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="FindResponse"><xsd:complexType><xsd:sequence>
    <xsd:element name="item" type="t:Item" minOccurs="0" maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:complexType name="Item"><xsd:sequence>
    <xsd:element name="count" type="xsd:int"/><xsd:element name="price" type="xsd:decimal"/><xsd:element name="at" type="xsd:dateTime"/>
  </xsd:sequence></xsd:complexType>
</xsd:schema>`;
const wsdl = `<wsdl:definitions targetNamespace="urn:t" xmlns:t="urn:t" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <wsdl:types><xsd:schema><xsd:import namespace="urn:t" schemaLocation="types.xsd"/></xsd:schema></wsdl:types>
  <wsdl:message name="In"><wsdl:part name="p" element="t:Find"/></wsdl:message>
  <wsdl:message name="Out"><wsdl:part name="p" element="t:FindResponse"/></wsdl:message>
  <wsdl:portType name="P"><wsdl:operation name="Find"><wsdl:input message="t:In"/><wsdl:output message="t:Out"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="t:P"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Find"><soap:operation soapAction="urn:t/Find"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="B" binding="t:B"><soap:address location="http://127.0.0.1:1/"/></wsdl:port></wsdl:service>
</wsdl:definitions>`;
const envelope = (body: string) =>
  `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`;
const found = (items: string) => envelope(`<FindResponse xmlns="urn:t">${items}</FindResponse>`);
const item =
  '<item><count>2</count><price>9007199254740993.12</price><at>2026-03-01T00:00:00+02:00</at></item>';

describe('a SOAP connector', () => {
  let server: Server;
  let baseUrl = '';
  let folder = '';
  let connector: Connector;
  let answer: [number, string] = [200, found(item)];
  const seen: { headers: Record<string, unknown>; body: string }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ headers: request.headers, body });
        response.writeHead(answer[0], { 'content-type': 'text/xml' }).end(answer[1]);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    folder = await mkdtemp(join(tmpdir(), 'isthmus soap '));
    await writeFile(join(folder, 'service.wsdl'), wsdl);
    await writeFile(join(folder, 'types.xsd'), schema);
    connector = await soapConnector('finder', join(folder, 'service.wsdl'), new CredentialStore());
  });
  beforeEach(() => {
    seen.length = 0;
    answer = [200, found(item)];
  });
  afterAll(() => server.close());

  const call = (over: Partial<OperationCall> = {}): OperationCall => ({
    method: 'POST',
    path: '/Find',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from('{"id":"a<b"}'),
    connection: {
      name: 'c',
      connector: 'finder',
      baseUrl,
      parameters: {},
      credentials: { type: 'none' },
    },
    signal: AbortSignal.timeout(5000),
    ...over,
  });

  it('resolves imported schemas and publishes the operations', () => {
    expect(JSON.stringify(connector.swagger)).toContain('"operationId":"Find"');
  });

  it('sends the input escaped and answers numbers, with decimals and dates as they came', async () => {
    const { status, body } = await connector.call(call());
    expect(seen[0]!.body).toContain('a&lt;b');
    expect(status).toBe(200);
    expect(body).toEqual({
      item: [{ count: 2, price: '9007199254740993.12', at: '2026-03-01T00:00:00+02:00' }],
    });
  });

  it('sends the action’s idempotency key and the connection’s credentials', async () => {
    const connection = {
      ...call().connection,
      credentials: { type: 'basic', username: 'u', password: 'p' },
    } as const;
    await connector.call(call({ connection, headers: { 'x-ms-client-request-id': 'run:Find' } }));
    expect(seen[0]!.headers).toMatchObject({
      'idempotency-key': 'run:Find',
      authorization: 'Basic dTpw',
    });
  });

  it.each([
    ['Client', 400],
    ['Server', 500],
  ])('answers a %s fault with %i, its code, text and detail', async (code, status) => {
    const fault = `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>no</faultstring><detail><why>x</why></detail></soap:Fault>`;
    answer = [500, envelope(fault)];
    const got = await connector.call(call());
    expect(got.status).toBe(status);
    expect(got.body).toMatchObject({
      error: { code: `soap:${code}`, message: 'no', detail: { why: 'x' } },
    });
  });

  it.each([
    ['a number that is none', found(item.replace('>2<', '>two<'))],
    ['HTML', '<html><body>Bad'],
  ])('answers 502 to %s', async (_, text) => {
    answer = [200, text];
    const outcome = await connector.call(call()).catch((error: { status: number }) => error);
    expect(outcome.status).toBe(502);
  });

  it('answers 502 when the service cannot be reached', async () => {
    const connection = { ...call().connection, baseUrl: 'http://127.0.0.1:1/' };
    expect((await connector.call(call({ connection }))).status).toBe(502);
  });

  it.each([
    ['another method', { method: 'GET' }, 404],
    ['an unknown operation', { path: '/Nope' }, 404],
    ['a body that is no JSON', { body: Buffer.from('{') }, 400],
    ['a body that is no object', { body: Buffer.from('[1]') }, 400],
  ])('refuses %s', async (_, over, status) => {
    await expect(connector.call(call(over as Partial<OperationCall>))).rejects.toMatchObject({
      status,
    });
    expect(seen).toEqual([]);
  });

  it('keeps the addresses of concurrent connections apart', async () => {
    const down = { ...call().connection, baseUrl: 'http://127.0.0.1:1/' };
    const answers = await Promise.all([
      connector.call(call()),
      connector.call(call({ connection: down })),
      connector.call(call()),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 502, 200]);
  });

  it('names the document that cannot be read', async () => {
    await writeFile(join(folder, 'service.wsdl'), '<broken');
    const parent = await mkdtemp(join(tmpdir(), 'isthmus soap '));
    await expect(
      soapConnector('x', join(parent, 'none.wsdl'), new CredentialStore()),
    ).rejects.toThrow('Connector x:');
    await expect(loadSoapConnectors(parent, new CredentialStore())).resolves.toEqual([]);
  });

  describe('of a WSDL with several ports', () => {
    const ports = (list: string) => wsdl.replace(/<wsdl:port name=.*<\/wsdl:port>/, list);
    const address = (prefix: string) => `<${prefix}:address location="http://127.0.0.1:1/"/>`;
    const declare = (text: string) =>
      text.replace(
        'xmlns:xsd',
        'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" xmlns:xsd',
      );
    const port = (name: string, prefix: string) =>
      `<wsdl:port name="${name}" binding="t:B">${address(prefix)}</wsdl:port>`;
    const opened = async (text: string) => {
      const own = await mkdtemp(join(tmpdir(), 'isthmus-soap-'));
      await writeFile(join(own, 'service.wsdl'), declare(text));
      await writeFile(join(own, 'types.xsd'), schema);
      return soapConnector('finder', join(own, 'service.wsdl'), new CredentialStore());
    };

    it('calls a port bound to SOAP 1.2 with its envelope and content type', async () => {
      const service = await opened(ports(port('P12', 'soap12')));
      expect((await service.call(call())).status).toBe(200);
      expect(seen[0]!.body).toContain('http://www.w3.org/2003/05/soap-envelope');
      expect(seen[0]!.headers['content-type']).toContain('application/soap+xml');
      expect(seen[0]!.headers['content-type']).toContain('action="urn:t/Find"');
    });

    it('passes over ports of other bindings, before and behind', async () => {
      const service = await opened(
        ports(port('Get', 'http') + port('Soap', 'soap') + port('Post', 'http')),
      );
      expect((await service.call(call())).status).toBe(200);
      expect(seen[0]!.headers['soapaction']).toBe('"urn:t/Find"');
    });

    it('refuses a WSDL without an operation that SOAP can call', async () => {
      await expect(opened(ports(port('Get', 'http')))).rejects.toThrow(
        /^Connector finder: .*service\.wsdl: No port of the WSDL has operations bound to SOAP/,
      );
    });

    it('reads a schema imported from an address from its copy beside the WSDL', async () => {
      const service = await opened(
        wsdl.replace('"types.xsd"', '"http://127.0.0.1:1/xsd/types.xsd"'),
      );
      expect(JSON.stringify(service.swagger)).toContain('"id"');
    });

    it('describes a type that contains itself', async () => {
      const own = await mkdtemp(join(tmpdir(), 'isthmus-soap-'));
      await writeFile(join(own, 'service.wsdl'), wsdl);
      const nested = '<xsd:element name="part" type="t:Item" minOccurs="0" maxOccurs="unbounded"/>';
      const text = schema.replace(
        '<xsd:element name="count"',
        `${nested}<xsd:element name="count"`,
      );
      await writeFile(join(own, 'types.xsd'), text);
      const service = await soapConnector('tree', join(own, 'service.wsdl'), new CredentialStore());
      expect(JSON.stringify(service.swagger)).toContain(
        '"part":{"type":"array","items":{"type":"object"}}',
      );
    });
  });
});
