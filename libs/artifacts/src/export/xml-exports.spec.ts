import { importApi } from '../import/formats/index.js';
import type { ImportedApi } from '../import/imported-api.js';
import type { ExportedApi } from './openapi.js';
import { exportWadl } from './wadl.js';
import { exportWsdl } from './wsdl.js';

function imported(text: string, file: string): ImportedApi {
  const api = importApi({
    text,
    file,
    operationNames: 'verbatim',
    requiredQueryParameters: 'template',
    report: ({ severity, message }) => {
      if (severity === 'error') throw new Error(message);
    },
  });
  if (!api) throw new Error('not imported');
  return api;
}

const exported = (api: ImportedApi, properties: object = {}): ExportedApi => ({
  api: {
    id: '/apis/x',
    properties: { displayName: api.displayName ?? 'X', path: 'x', ...properties },
  },
  operations: api.operations.map((one) => ({
    id: `/apis/x/operations/${one.name}`,
    properties: one.properties,
  })),
  schemas: api.schemas.map((one) => ({ id: `/apis/x/schemas/${one.name}`, ...one })),
});

describe('an API as WADL', () => {
  const source = `<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="https://shop.example">
  <resource path="items/{id}"><param name="id" style="template" type="xs:string" required="true"/>
    <method name="GET" id="get-item"><doc title="Get &lt;item&gt; &amp; more"/><request><param name="expand" style="query" type="xs:string" default="a"><option value="a"/><option value="b&quot;"/></param><param name="X-Trace" style="header" required="true"/></request>
      <response status="200"><representation mediaType="application/json"/><representation mediaType="application/xml"/></response><response status="404"/></method>
    <method name="DELETE" id="delete-item"/></resource>
  <resource path="items"><method name="POST" id="create-item"><request><representation mediaType="application/json"/></request><response status="201"/></method></resource>
</resources></application>`;

  it('is imported again as it was', () => {
    const api = imported(source, 'shop.wadl');
    const again = imported(exportWadl(exported(api)), 'again.wadl');
    expect(again.operations).toEqual(api.operations);
    expect(again.operations).toHaveLength(3);
    expect(again.serviceUrl).toBe('/x');
  });
  it('holds no markup of descriptions', () => {
    const text = exportWadl(
      exported(imported(source, 'shop.wadl'), { description: '</doc><script>&\u0001' }),
    );
    expect(text).toContain('&lt;/doc&gt;&lt;script&gt;&amp;');
    expect(text).not.toContain('\u0001');
    imported(text, 'again.wadl');
  });
});

describe('an API as WSDL', () => {
  const binding = (soap: string, name: string): string =>
    `<binding name="${name}" type="t:pt"><${soap}:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Get"><${soap}:operation soapAction="urn:s#Get?a&amp;b"/></operation><operation name="Put"><${soap}:operation soapAction="urn:s#Put"/></operation></binding>`;
  const source = `<definitions name="Stock" targetNamespace="urn:s" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:s" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:x="http://www.w3.org/2001/XMLSchema">
<documentation>Stock &lt;of&gt; things</documentation>
<types><x:schema targetNamespace="urn:s" elementFormDefault="qualified"><x:element name="Get" type="t:Sku"/><x:element name="Got" type="x:int"/><x:simpleType name="Sku"><x:restriction base="x:string"/></x:simpleType></x:schema><x:schema targetNamespace="urn:other"><x:element name="Put" type="x:int"/></x:schema></types>
<message name="i"><part name="p" element="t:Get"/></message><message name="o"><part name="p" element="t:Got"/></message><message name="put"><part name="p" element="u:Put" xmlns:u="urn:other"/></message>
<portType name="pt"><operation name="Get"><documentation>How many</documentation><input message="t:i"/><output message="t:o"/></operation><operation name="Put"><input message="t:put"/><output message="t:put"/></operation></portType>
${binding('soap', 'b1')}${binding('soap12', 'b2')}
<service name="StockService"><port name="p1" binding="t:b1"><soap:address location="https://s.example/x"/></port><port name="p2" binding="t:b2"><soap12:address location="https://s.example/x"/></port></service></definitions>`;

  it('is imported again as it was, in both versions of SOAP', () => {
    const api = imported(source.replaceAll('?a&amp;b', ''), 'stock.wsdl');
    const text = exportWsdl(exported(api, { description: api.description }));
    const again = imported(text, 'again.wsdl');
    expect(again.operations).toEqual(api.operations);
    const told = JSON.stringify(again.schemas).replaceAll(' xmlns:tns=\\"urn:s\\"', '');
    expect(JSON.parse(told)).toEqual(api.schemas);
    expect([again.displayName, again.description]).toEqual(['StockService', 'Stock <of> things']);
    expect(again.operations.map((one) => one.properties['urlTemplate'])).toEqual([
      '/?soapAction=urn:s#Get',
      '/?soapAction=urn:s#Put',
    ]);
  });
  it('is offered as JSON by its messages', () => {
    const text = exportWsdl(exported(imported(source, 'stock.wsdl')));
    const rest = importApi({
      text,
      file: 'again.wsdl',
      operationNames: 'verbatim',
      requiredQueryParameters: 'template',
      soapAs: 'rest',
      report: ({ message }) => {
        throw new Error(message);
      },
    });
    expect(rest?.operations.map((one) => one.name)).toEqual(['Get', 'Put']);
    expect(rest?.operations[1]?.policy).toContain('<Put xmlns="urn:other">');
  });
  it('leaves out the operation that takes any action', () => {
    const any = { displayName: 'Any', method: 'POST', urlTemplate: '/?soapAction={any}' };
    const text = exportWsdl({
      api: { id: '/apis/x', properties: { displayName: 'X', path: 'x', type: 'soap' } },
      operations: [{ id: '/apis/x/operations/any', properties: any }],
      schemas: [],
    });
    expect(text).not.toContain('any');
    expect(imported(text, 'x.wsdl')).toMatchObject({ type: 'soap', serviceUrl: '/x' });
  });
});
