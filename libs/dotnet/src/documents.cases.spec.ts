import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as net from './index.js';

/** One case: `call` names an adapter below, `with` its arguments, `expect` its result or `error` a type. */
interface Case {
  readonly name: string;
  readonly call: string;
  readonly with: readonly unknown[];
  readonly expect?: unknown;
  readonly error?: string;
}

const folder = dirname(fileURLToPath(import.meta.url));
const areas = ['json', 'xml', 'json-xml', 'xpath', 'xslt', 'xsd', 'liquid', 'jwt'];
const now = net.DateTime.of({ year: 2026, month: 3, day: 4 }, 'Utc');

const validation = (parameters: Partial<net.TokenValidation>): net.TokenValidation => ({
  keys: [],
  requireExpirationTime: true,
  requireSignedTokens: true,
  clockSkewSeconds: 0,
  now,
  ...parameters,
});

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const shown = (value: net.XPathValue): unknown =>
  net.isNodeSet(value)
    ? value.map((node) => net.outerXml(node))
    : typeof value === 'number'
      ? net.navigatorNumber(value)
      : value;

const written = (value: net.Converted | net.XmlConverted): string =>
  value === null ? 'null' : (value as { toString(): string }).toString();

type Adapter = (...args: never[]) => unknown;
const adapters: Record<string, Adapter> = {
  json: (text: string, options?: net.ParseOptions) => net.parseToken(text, options).toJson('None'),
  jsonIndented: (text: string) => net.parseToken(text).toJson('Indented'),
  text: (text: string) => net.parseToken(text).toString(),
  tokenType: (text: string) => net.parseToken(text).type,
  path: (text: string, path: string) => net.selectToken(net.parseToken(text), path)?.path ?? null,
  select: (text: string, path: string) =>
    net.selectTokens(net.parseToken(text), path).map((token) => token.toJson()),
  convert: (text: string, target: string) =>
    written(net.convertToken(net.parseToken(text), target)),
  merge: (target: string, content: string, settings?: net.MergeSettings) => {
    const token = net.parseObject(target);
    net.merge(token, net.parseToken(content), settings);
    return token.toJson();
  },
  deepEquals: (a: string, b: string) => net.deepEquals(net.parseToken(a), net.parseToken(b)),
  element: (text: string, options?: net.ParseTreeOptions) =>
    net.parseElement(text, options).toXml({ disableFormatting: true }),
  elementIndented: (text: string) => net.parseElement(text).toXml(),
  document: (text: string) => net.parseDocument(text).toXml({ disableFormatting: true }),
  nodeEquals: (a: string, b: string) =>
    net.deepEqualsNodes(net.parseElement(a), net.parseElement(b)),
  castText: (text: string, target: string) => written(net.convertXmlText(text, target)),
  jsonOfXml: (text: string) => net.jsonOfXml(text),
  xmlOfJson: (text: string) => net.xmlOfJson(text),
  xpath: (xml: string, expression: string) => shown(net.queryXml(xml, expression)),
  xslt: (body: string, xml: string, parameters?: Record<string, string>) =>
    net.transformXslt(
      body.startsWith('<?') || body.includes('http://www.w3.org/1999/XSL/Transform')
        ? body
        : `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">${body}</xsl:stylesheet>`,
      xml,
      parameters,
    ),
  valid: (schemas: readonly string[], xml: string) => {
    const compiled = net.compileSchemas(schemas.map((text) => ({ text })));
    try {
      return compiled.validate(xml).length === 0;
    } finally {
      compiled.dispose();
    }
  },
  liquid: (template: string, body: string, contentType = 'application/json') =>
    net.compileLiquid(template, 'set-body').render({ body: { text: body, contentType }, now }),
  liquidContent: (template: string, body: string) =>
    net
      .compileLiquid(template, 'workflow')
      .render({ body: { text: body, contentType: 'application/json' }, now }),
  claims: (payload: unknown, header: unknown = { alg: 'none' }) =>
    Object.fromEntries(net.readJwt(`${encoded(header)}.${encoded(payload)}.`).claims),
  readJwt: (token: string) => net.readJwt(token).algorithm,
  unsigned: (payload: unknown, parameters: Partial<net.TokenValidation>) =>
    net.validateToken(
      `${encoded({ alg: 'none' })}.${encoded(payload)}.`,
      validation({ requireSignedTokens: false, ...parameters }),
    ).subject,
};

function casesOf(area: string): Case[] {
  return readdirSync(join(folder, area))
    .filter((file) => file.endsWith('.cases.yaml'))
    .flatMap((file) => parse(readFileSync(join(folder, area, file), 'utf8')) as Case[]);
}

function outcomeOf(one: Case): unknown {
  const adapter = adapters[one.call];
  if (!adapter) throw new Error(`no adapter ${one.call}`);
  try {
    return { result: adapter(...(one.with as never[])) };
  } catch (error) {
    if (error instanceof net.DotNetError) return { error: error.typeName };
    throw error;
  }
}

for (const area of areas) {
  describe(`${area} as in .NET`, () => {
    it.each(casesOf(area).map((one) => [one.name, one] as const))('%s', (_name, one) => {
      expect(outcomeOf(one)).toEqual(
        one.error === undefined ? { result: one.expect } : { error: one.error },
      );
    });
  });
}
