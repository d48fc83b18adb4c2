/** A WSDL imported as REST: what callers, gateway and SOAP service say to each other. */
import { importApi } from '@isthmus/artifacts';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const wsdl = (
  address: string,
): string => `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:orders" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:orders">
<types><x:schema targetNamespace="urn:orders" elementFormDefault="qualified">
  <x:complexType name="Line"><x:sequence><x:element name="Sku" type="x:string"/><x:element name="Count" type="x:int"/></x:sequence></x:complexType>
  <x:complexType name="Lines"><x:sequence><x:element name="Line" type="t:Line" minOccurs="0" maxOccurs="unbounded"/></x:sequence></x:complexType>
  <x:complexType name="Base"><x:sequence><x:element name="Id" type="x:string"/></x:sequence></x:complexType>
  <x:complexType name="Order"><x:complexContent><x:extension base="t:Base"><x:sequence>
    <x:element name="Note" type="x:string" minOccurs="0" nillable="true"/><x:element name="Express" type="x:boolean"/><x:element name="Lines" type="t:Lines"/>
  </x:sequence></x:extension></x:complexContent></x:complexType>
  <x:element name="PlaceOrder"><x:complexType><x:sequence><x:element name="Order" type="t:Order"/></x:sequence></x:complexType></x:element>
  <x:element name="PlaceOrderResponse"><x:complexType><x:sequence><x:element name="PlaceOrderResult" type="t:Order"/></x:sequence></x:complexType></x:element>
  <x:complexType name="Node"><x:sequence><x:element name="Next" type="t:Node" minOccurs="0"/></x:sequence></x:complexType>
  <x:element name="Walk"><x:complexType><x:sequence><x:element name="Node" type="t:Node"/></x:sequence></x:complexType></x:element>
</x:schema></types>
<message name="in"><part name="p" element="t:PlaceOrder"/></message><message name="out"><part name="p" element="t:PlaceOrderResponse"/></message>
<message name="walk"><part name="p" element="t:Walk"/></message>
<portType name="pt"><operation name="PlaceOrder"><input message="t:in"/><output message="t:out"/></operation>RECURSIVE</portType>
<binding name="b" type="t:pt"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="PlaceOrder"><soap:operation soapAction="urn:orders#Place"/></operation>RECURSIVE</binding>
<service name="Orders"><port name="p" binding="t:b"><soap:address location="${address}/soap/orders.asmx?v=1"/></port></service></definitions>`;

const answer = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><PlaceOrderResponse xmlns="urn:orders"><PlaceOrderResult><Id>7 "seven" \\ x</Id><Express>true</Express><Lines><Line><Sku>A-1</Sku><Count>2</Count></Line><Line><Sku>B&amp;2</Sku><Count>1</Count></Line></Lines></PlaceOrderResult></PlaceOrderResponse></s:Body></s:Envelope>`;

describe('SOAP to REST', () => {
  let backend: RawBackend;
  let gateway: RunningGateway | undefined;
  let seen = '';
  let reply: { status: string; body: string };

  const imported = (text: string) => {
    const problems: string[] = [];
    const api = importApi({
      text,
      file: 'orders.wsdl',
      operationNames: 'normalised',
      requiredQueryParameters: 'template',
      soapAs: 'rest',
      report: ({ severity, message }) => problems.push(`${severity}: ${message}`),
    });
    return { api, problems };
  };
  const resources = (text: string): Resource[] => {
    const { api } = imported(text);
    return [
      {
        id: '/apis/o',
        properties: { path: 'o', serviceUrl: api?.serviceUrl, subscriptionRequired: false },
      },
      ...(api?.operations ?? []).flatMap(({ name, properties, policy }) => [
        { id: `/apis/o/operations/${name}`, properties },
        {
          id: `/apis/o/operations/${name}/policies/policy`,
          properties: { format: 'rawxml', value: policy },
        },
      ]),
    ];
  };
  beforeEach(async () => {
    seen = '';
    reply = { status: '200 OK', body: answer };
    backend = await rawBackend((socket) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('utf8');
        if (!text.includes('</soap:Envelope>')) return;
        seen = text;
        socket.end(
          `HTTP/1.1 ${reply.status}\r\nContent-Type: text/xml\r\nContent-Length: ${Buffer.byteLength(reply.body)}\r\nConnection: close\r\n\r\n${reply.body}`,
        );
      });
    });
    gateway = await startGateway(
      resources(wsdl(`http://127.0.0.1:${backend.port}`).replaceAll('RECURSIVE', '')),
    );
    if (gateway.server.model?.failed.length !== 0)
      throw new Error(JSON.stringify(gateway.server.model?.failed));
  });
  afterEach(async () => {
    await gateway?.close();
    backend.close();
  });
  const place = (order: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway!.port}/o/PlaceOrder`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ placeOrder: { order } }),
    });

  it('makes an envelope of JSON, whatever its texts hold, and JSON of the answer', async () => {
    const response = await place({
      id: 'a<b>&"c"',
      express: false,
      lines: [
        { sku: 'x', count: 1 },
        { sku: 'y', count: 2 },
      ],
    });
    expect(await response.json()).toEqual({
      placeOrderResponse: {
        placeOrderResult: {
          id: '7 "seven" \\ x',
          note: null,
          express: true,
          lines: [
            { sku: 'A-1', count: 2 },
            { sku: 'B&2', count: 1 },
          ],
        },
      },
    });
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(seen).toMatch(/^POST \/soap\/orders\.asmx\?v=1 HTTP/);
    expect(seen).toMatch(/^SOAPAction: "urn:orders#Place"\r$/im);
    const body = seen.slice(seen.indexOf('\r\n\r\n')).replaceAll(/>\s+</g, '><').trim();
    expect(body).toBe(
      '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><PlaceOrder xmlns="urn:orders"><Order><Id>a&lt;b&gt;&amp;&quot;c&quot;</Id><Note xsi:nil="true"/><Express>false</Express><Lines><Line><Sku>x</Sku><Count>1</Count></Line><Line><Sku>y</Sku><Count>2</Count></Line></Lines></Order></PlaceOrder></soap:Body></soap:Envelope>',
    );
  });
  it('makes an error of a fault, and of what is none', async () => {
    reply = {
      status: '500 Internal Server Error',
      body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>No such "sku"</faultstring></s:Fault></s:Body></s:Envelope>',
    };
    const fault = await place({ id: '1', express: true, lines: [] });
    expect([fault.status, await fault.json()]).toEqual([
      500,
      { error: { code: 's:Client', message: 'No such "sku"' } },
    ]);
    reply = { status: '503 Busy', body: 'busy' };
    const busy = await place({ id: '1', express: true, lines: [] });
    expect([busy.status, await busy.json()]).toEqual([
      503,
      { error: { code: 'InvalidErrorResponseBody', message: expect.stringContaining("'busy'") } },
    ]);
  });
  it('describes its JSON', () => {
    const { api, problems } = imported(wsdl('https://s.example').replaceAll('RECURSIVE', ''));
    expect(problems).toEqual([]);
    expect(api).toMatchObject({ type: 'http', serviceUrl: 'https://s.example' });
    expect(api?.schemas[0]?.properties['document']).toMatchObject({
      components: {
        schemas: {
          PlaceOrder: {
            properties: {
              placeOrder: { properties: { order: { properties: { lines: { type: 'array' } } } } },
            },
          },
        },
      },
    });
  });
  it('leaves out what JSON cannot express, tells why, and has the rest', () => {
    const operation =
      '<operation name="Walk"><input message="t:walk"/><output message="t:out"/></operation>';
    const { api, problems } = imported(
      wsdl('https://s.example').replaceAll('RECURSIVE', operation),
    );
    expect(problems).toEqual([
      "warning: The operation 'Walk' cannot be offered as JSON: The type 'Node' contains itself.",
    ]);
    expect(api?.operations.map(({ name }) => name)).toEqual(['PlaceOrder']);
    expect(api?.description).toContain("Left out: Walk (The type 'Node' contains itself.)");
  });
  it('is a mistake where nothing can be had', () => {
    const { problems } = imported(calculator('urn:calc', 'use="encoded"'));
    expect(problems).toEqual(
      ['Add', 'Log'].map(
        (name) =>
          `error: The operation '${name}' cannot be offered as JSON: its input has the use encoded.`,
      ),
    );
  });

  /** A service of the style rpc, one operation of which is not answered. */
  const calculator = (address: string, use = 'use="literal"', more = ''): string =>
    `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:t="urn:calc" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:calc">
<types><x:schema targetNamespace="urn:calc" elementFormDefault="qualified">
  <x:complexType name="Pair"><x:sequence><x:element name="Left" type="x:int"/><x:element name="Right" type="x:int"/></x:sequence></x:complexType>
  <x:element name="Head" type="x:string"/><x:element name="Tail" type="x:int"/><x:element name="Session" type="x:string"/>
</x:schema></types>
<message name="add"><part name="pair" type="t:Pair"/><part name="note" type="x:string"/></message><message name="added"><part name="sum" type="x:int"/></message>
<message name="log"><part name="line" type="x:string"/></message>
<message name="two"><part name="a" element="t:Head"/><part name="b" element="t:Tail"/><part name="h" element="t:Session"/></message>
<portType name="pt"><operation name="Add"><input message="t:add"/><output message="t:added"/></operation><operation name="Log"><input message="t:log"/></operation>${more === '' ? '' : '<operation name="Two"><input message="t:two"/><output message="t:two"/></operation>'}</portType>
<binding name="b" type="t:pt"><soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="Add"><soap:operation soapAction="add"/><input><soap:body ${use} namespace="urn:calc:wire"/></input><output><soap:body ${use} namespace="urn:calc:wire"/></output></operation>
<operation name="Log"><soap:operation soapAction="log"/><input><soap:body ${use} namespace="urn:calc:wire"/></input></operation>${more}</binding>
<binding name="b12" type="t:pt"><soap12:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="Add"><soap12:operation soapAction="add"/></operation></binding>
<service name="Calc"><port name="p" binding="t:b"><soap:address location="${address}"/></port><port name="p12" binding="t:b12"><soap12:address location="${address}"/></port></service></definitions>`;
  const two =
    '<operation name="Two"><soap:operation soapAction="two" style="document"/><input><soap:header message="t:two" part="h" use="literal"/><soap:body parts="a b" use="literal"/></input><output><soap:header message="t:two" part="h" use="literal"/><soap:body use="literal"/></output></operation>';
  const envelope = (body: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
  const call = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${gateway!.port}/o/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.json();
  };
  const bodyOf = (): string =>
    (/<soap:Body>([^]*)<\/soap:Body>/.exec(seen)?.[1] ?? '').replaceAll(/>\s+</g, '><').trim();

  it('makes the wrapper of the style rpc, with an element for each part', async () => {
    const text = calculator(`http://127.0.0.1:${backend.port}/calc`, undefined, two);
    expect(imported(text).problems).toEqual([]);
    expect(imported(text).api?.operations.map(({ name }) => name)).toEqual(['Add', 'Log', 'Two']);
    expect(gateway!.publish(resources(text)).failed).toEqual([]);
    reply.body = envelope('<w:AddResponse xmlns:w="urn:calc:wire"><sum>3</sum></w:AddResponse>');
    expect(await call('Add', { add: { pair: { left: 1, right: 2 }, note: 'a<b' } })).toEqual({
      addResponse: { sum: 3 },
    });
    expect(bodyOf()).toBe(
      '<Add xmlns="urn:calc:wire"><pair xmlns=""><Left xmlns="urn:calc">1</Left><Right xmlns="urn:calc">2</Right></pair><note xmlns="">a&lt;b</note></Add>',
    );
    expect(seen).toMatch(/soapaction: "add"/i);
    reply.body = envelope('');
    expect(await call('Log', { log: { line: 'x' } })).toEqual({});
    expect(bodyOf()).toBe('<Log xmlns="urn:calc:wire"><line xmlns="">x</line></Log>');
  });

  it('makes an element of each part of a message, without those of its headers', async () => {
    const text = calculator(`http://127.0.0.1:${backend.port}/calc`, undefined, two);
    gateway!.publish(resources(text));
    reply.body = envelope('<Head xmlns="urn:calc">h</Head><Tail xmlns="urn:calc">4</Tail>');
    expect(await call('Two', { head: 'one', tail: 2 })).toEqual({ head: 'h', tail: 4 });
    expect(bodyOf()).toBe('<Head xmlns="urn:calc">one</Head><Tail xmlns="urn:calc">2</Tail>');
  });
});
