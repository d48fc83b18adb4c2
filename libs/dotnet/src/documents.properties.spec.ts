import { jest } from '@jest/globals';
import fc from 'fast-check';
import * as net from './index.js';

fc.configureGlobal({ seed: jest.getSeed() });

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value));
// Newtonsoft's paths leave an empty name out, and take the name `*` for all.
const pathName = fc.string({ minLength: 1 }).filter((name) => name !== '*');
const { named } = fc.letrec<{ named: unknown }>((tie) => ({
  named: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.array(tie('named'), { maxLength: 3 }),
    fc.dictionary(pathName, tie('named'), { maxKeys: 3 }),
  ),
}));
const names = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const xmlText = fc.stringMatching(/^[ -~\t\u00a1-\u00ff]{0,12}$/);

interface Tree {
  readonly name: string;
  readonly attribute: string;
  readonly content: readonly (Tree | string)[];
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name: names,
    attribute: xmlText,
    content: fc.array(fc.oneof({ depthSize: 'small' }, xmlText, tie('tree')), { maxLength: 3 }),
  }),
}));

function elementOf({ name, attribute, content }: Tree): net.XElement {
  const element = new net.XElement(net.XName.get(name));
  element.add(new net.XAttribute(net.XName.get('a'), attribute));
  for (const item of content)
    element.add(typeof item === 'string' ? new net.XText(item) : elementOf(item));
  return element;
}

/** A text with one piece cut out and another put in. */
const mutated = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(6), fc.constantFrom(...texts), fc.nat())
    .map(([text, at, removed, other, from]) => {
      const start = at % (text.length + 1);
      const piece = other.slice(from % (other.length + 1)).slice(0, 5);
      return text.slice(0, start) + piece + text.slice(start + removed);
    });

/** What a run throws besides the errors of these libraries. */
function strangeError(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    const known =
      error instanceof net.DotNetError ||
      error instanceof net.LiquidLimitError ||
      error instanceof net.JwtError;
    return known ? undefined : error;
  }
}

const jsonTexts = [
  '{"a":[1,2.5,-3e4,null,true],"b":{"c":"x\\u0041"}}',
  "{a:'x',/*c*/b:new Date(1),c:NaN,d:0x1F}",
  '[[],{},"2026-01-02T03:04:05Z",123456789012345678901234567890]',
];
const xmlTexts = [
  '<?xml version="1.0" encoding="utf-8"?><a x="1"><!--c--><b>t&amp;&#65;</b><![CDATA[z]]></a>',
  '<p:a xmlns:p="urn:p" xmlns="urn:d"><b p:c="1"/><?pi data?></p:a>',
  '<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>',
];
const xpathTexts = [
  '//a[@x=1]/b[position()<last()]',
  'count(/a/*) + sum(//b) * -2 div 3 mod 4',
  'substring-before(concat("a", string(/a)), "b") | id("x")',
  "ancestor-or-self::node()[local-name()='a' and not(false())]",
];
const liquidTexts = [
  '{% for i in body.items limit:2 offset:1 %}{{ i.name | Upcase | Append: "x" }}{% endfor %}',
  '{% if body.a == 1 and body.b contains "x" %}a{% elsif body.c %}b{% else %}c{% endif %}',
  '{% assign x = body.a | Plus: 1 %}{% capture y %}{{x}}{% endcapture %}{% case x %}{% when 1 %}{% endcase %}',
  '{% tablerow i in (1..3) cols:2 %}{{ i | Date: "yyyy" }}{% endtablerow %}{% cycle "a","b" %}',
];
const stylesheet = (body: string): string =>
  `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">${body}</xsl:stylesheet>`;
const xsltTexts = [
  stylesheet(
    '<xsl:template match="/"><o><xsl:for-each select="//b"><xsl:sort select="."/><xsl:value-of select="."/></xsl:for-each></o></xsl:template>',
  ),
  stylesheet(
    '<xsl:key name="k" match="b" use="@x"/><xsl:template match="a[b]"><xsl:number/><xsl:apply-templates select="key(\'k\',1)"/></xsl:template>',
  ),
];
const token = [{ alg: 'HS256', typ: 'JWT' }, { sub: 'a', exp: 1, aud: ['x'] }, 'signature']
  .map((part) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'),
  )
  .join('.');

function deepElement(depth: number): net.XElement {
  const name = net.XName.get('a');
  const root = new net.XElement(name);
  let last = root;
  for (let i = 0; i < depth; i++) {
    const next = new net.XElement(name);
    last.add(next);
    last = next;
  }
  return root;
}

function deepArray(depth: number): net.JArray {
  const root = new net.JArray();
  let last = root;
  for (let i = 0; i < depth; i++) {
    const next = new net.JArray();
    last.add(next);
    last = next;
  }
  return root;
}

describe('round trips', () => {
  it('reads back every JSON text it writes', () => {
    fc.assert(
      fc.property(
        json,
        fc.constantFrom('None' as const, 'Indented' as const),
        (text, formatting) => {
          const read = net.parseToken(text);
          expect(net.deepEquals(net.parseToken(read.toJson(formatting)), read)).toBe(true);
        },
      ),
    );
  });

  it('finds every token at its own path', () => {
    fc.assert(
      fc.property(fc.array(named), (items) => {
        const root = net.parseArray(JSON.stringify(items));
        const values = [...root.descendants()].filter((found) => !(found instanceof net.JProperty));
        expect(values.every((found) => net.selectToken(root, found.path) === found)).toBe(true);
      }),
    );
  });

  it('reads back every element it writes', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const text = elementOf(value).toXml({ disableFormatting: true });
        const back = net.parseElement(text, { preserveWhitespace: true });
        expect(back.toXml({ disableFormatting: true })).toBe(text);
      }),
    );
  });

  it('writes formatted XML that holds the same elements', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const element = elementOf(value);
        const back = net.parseElement(element.toXml());
        expect([...back.descendants()].length).toBe([...element.descendants()].length);
      }),
    );
  });
});

describe('hostile text', () => {
  const hostile: readonly [string, readonly string[], (text: string) => unknown][] = [
    ['JSON', jsonTexts, (text) => net.parseToken(text).toJson('Indented')],
    ['JSON for XML', jsonTexts, (text) => net.xmlOfJson(text)],
    [
      'JSONPath',
      ['$..a[?(@.b == 1)].c', "$['a'][0:2,1]"],
      (path) => net.selectTokens(net.parseToken('{"a":[{"b":1,"c":2}]}'), path).length,
    ],
    ['XML', xmlTexts, (text) => net.parseDocument(text).toXml()],
    ['XML for JSON', xmlTexts, (text) => net.jsonOfXml(text)],
    ['XPath', xpathTexts, (text) => net.queryXml('<a x="1"><b>1</b><b>2</b></a>', text)],
    [
      'Liquid',
      liquidTexts,
      (text) =>
        net.compileLiquid(text, 'set-body').render({
          body: { text: '{"a":1,"items":[{"name":"n"}]}', contentType: 'application/json' },
        }),
    ],
    ['XSLT', xsltTexts, (text) => net.transformXslt(text, '<a><b x="1">1</b></a>')],
    ['tokens', [token], (text) => net.readJwt(text)],
  ];
  it.each(hostile)('never makes the reader of %s fail with another error', (_, texts, run) => {
    fc.assert(
      fc.property(mutated(texts), (text) => {
        expect(strangeError(() => run(text))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('limits', () => {
  it('stops a template that loops or writes too much', () => {
    const loop = net.compileLiquid('{% for i in (1..1000) %}{{ i }}{% endfor %}', 'workflow');
    expect(() => loop.render({ limits: { steps: 100, output: 1e6 } })).toThrow(
      net.LiquidLimitError,
    );
    expect(() => loop.render({ limits: { steps: 1e6, output: 100 } })).toThrow(
      net.LiquidLimitError,
    );
  });

  it('stops a stylesheet that calls itself without end', () => {
    const endless = net.compileXslt(
      stylesheet('<xsl:template match="/" name="t">x<xsl:call-template name="t"/></xsl:template>'),
    );
    expect(() => endless.transform('<a/>')).toThrow(net.DotNetError);
  });

  it('stops a stylesheet that writes too much', () => {
    const wide = net.compileXslt(
      stylesheet(
        '<xsl:template match="/"><xsl:for-each select="//b">xxxxxxxxxx</xsl:for-each></xsl:template>',
      ),
    );
    const source = `<a>${'<b/>'.repeat(100)}</a>`;
    const limits = { ...net.defaultXsltLimits, output: 100 };
    expect(() => wide.transform(source, {}, limits)).toThrow(net.DotNetError);
  });

  const deep = 100_000;
  const array = net.parseToken('[{"a":1}]');
  const nested: readonly [string, () => unknown][] = [
    ['JSON', () => net.parseToken('['.repeat(deep))],
    ['XML', () => net.parseElement('<a>'.repeat(deep))],
    ['brackets in XPath', () => net.queryXml('<a/>', '('.repeat(deep))],
    ['predicates in XPath', () => net.queryXml('<a/>', 'a['.repeat(deep))],
    ['sums in XPath', () => net.queryXml('<a/>', `1${'+1'.repeat(deep)}`)],
    ['Liquid blocks', () => net.compileLiquid('{% if a %}'.repeat(deep), 'set-body')],
    ['queries in JSONPath', () => net.selectTokens(array, '$[?('.repeat(deep))],
    ['queries of the current token', () => net.selectTokens(array, '$[?(@'.repeat(deep))],
    ['elements that were built', () => deepElement(deep).toXml()],
    ['arrays that were built', () => deepArray(deep).toJson('None')],
  ];
  it.each(nested)('stops the nesting of %s before the stack ends', (_, run) => {
    expect(strangeError(run)).toBeUndefined();
  });

  it('stops a JSONPath whose steps multiply', () => {
    const wide = net.parseToken(`[${'[1,2,3],'.repeat(20)}1]`);
    expect(() => net.selectTokens(wide, `$${'..*'.repeat(9)}`)).not.toThrow();
    const nest = net.parseToken('['.repeat(60) + ']'.repeat(60));
    expect(() => net.selectTokens(nest, `$${'..*'.repeat(6)}`)).toThrow(net.DotNetError);
  });

  it('refuses trees that memory cannot hold', () => {
    const braces = `{"a":[${'{},'.repeat(600_000)}1]}`;
    expect(() => net.parseObject(braces)).toThrow('The text holds more than 1000000 tokens.');
    const tags = `<a>${'<b/>'.repeat(1_000_001)}</a>`;
    expect(() => net.parseDocument(tags)).toThrow('The document holds more than 1000000 items.');
    const names = Array.from({ length: 1001 }, (_, i) => `a${i}="1"`).join(' ');
    const message = 'An element has more than 1000 attributes.';
    expect(() => net.parseDocument(`<a ${names}/>`)).toThrow(message);
  });

  it('does not expand entities without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
    ).join('');
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "x">${levels}]><a>&e12;</a>`;
    expect(() => net.parseDocument(bomb)).toThrow(net.DotNetError);
    expect(() => net.jsonOfXml(bomb)).toThrow(net.DotNetError);
  });
});
