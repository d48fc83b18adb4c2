import { jest } from '@jest/globals';
import fc from 'fast-check';
import { validatePolicyDocument } from '../composition/validate-document.js';
import { PolicyDocument, printVerbatim } from './policy-document.js';
import { closest, formatProblem } from './problem.js';
import { scanExpression } from './scan-expression.js';

fc.configureGlobal({ seed: jest.getSeed() });

const attribute = (text: string, format: 'rawxml' | 'xml' = 'rawxml'): string | undefined =>
  new PolicyDocument(`<a v="${text}" w="1" />`, format).root?.attribute('v')?.text;

describe('the scanner', () => {
  it.each([
    ['@(a == "x" && b < 1)', '@(a == "x" && b < 1)'],
    ['@(a == &quot;x&quot; &amp;&amp; b &lt; 1)', '@(a == "x" && b < 1)'],
    ['@(a == "x" &amp;&amp; b &lt; 1)', '@(a == "x" && b < 1)'],
    ['@("a\\"b" + @"c""d" + \'"\')', '@("a\\"b" + @"c""d" + \'"\')'],
    ['@($"{a["k"]} {{x}} {b:\'"\'}")', '@($"{a["k"]} {{x}} {b:\'"\'}")'],
    ['@{ /* " */ return "}"; }', '@{ /* " */ return "}"; }'],
    ['@(a.Replace("&quot;", "x") < b)', '@(a.Replace("&quot;", "x") < b)'],
    ['a &amp; b & c &#65;&#x42;', 'a & b & c AB'],
    ['  @(x) ', '  @(x) '],
  ])('reads the attribute %s', (written, read) => {
    expect(attribute(written)).toBe(read);
  });

  it('reads escaped expressions of format xml to the end', () => {
    expect(attribute('@(a.Replace(&quot;&amp;lt;&quot;, &quot;x&quot;))', 'xml')).toBe(
      '@(a.Replace("&lt;", "x"))',
    );
  });

  it('keeps markup characters of expressions in text', () => {
    const document = new PolicyDocument('<v>@(a < b && c.As<string>() == "</v>")</v><w />');
    expect(document.roots.map((root) => root.name)).toEqual(['v', 'w']);
    expect(document.root!.content.text).toBe('@(a < b && c.As<string>() == "</v>")');
  });

  it('finds the end of an expression that does not close', () => {
    const document = new PolicyDocument('<a v="@(x + (1" w="2" />');
    expect(document.root!.attribute('v')!.text).toBe('@(x + (1');
    expect(document.root!.attribute('w')!.text).toBe('2');
  });

  it('reads single quotes, comments, CDATA, instructions and a byte order mark', () => {
    const document = new PolicyDocument(
      "\uFEFF<?xml version='1.0'?><!-- <x> --><a v='it \"works\"'><![CDATA[<b>]]></a>",
    );
    expect(document.problems).toEqual([]);
    expect(document.root!.content.text).toBe('<b>');
    expect(document.root!.attribute('v')!.text).toBe('it "works"');
  });

  it.each([
    ['<a><b></a>', 'does not match'],
    ['<a>', 'not closed'],
    ['</a>', 'no start tag'],
    ['<a b>', 'has no value'],
    ['<a b=c />', 'not in quotes'],
    ['<a b="1" b="2" />', 'duplicate attribute'],
    ['<a b="1', 'not closed'],
    ['<!-- x', "'-->' is missing"],
    ['text', 'Data at the root level is invalid.'],
    ['<a>'.repeat(300), 'nested too deeply'],
  ])('tells what is wrong with %s', (text, message) => {
    expect(
      new PolicyDocument(text).problems.map((problem) => problem.message).join('\n'),
    ).toContain(message);
  });

  it('counts lines and columns from 1, a tab as one', () => {
    const { problems } = validatePolicyDocument({
      text: '<policies>\r\n\t<inbound>\n        <nope />\n</inbound></policies>',
    });
    expect(problems).toMatchObject([
      { line: 3, column: 10, element: 'nope', section: 'inbound', code: 'unknown-element' },
    ]);
  });

  it('points at the place inside an expression', () => {
    const { problems } = validatePolicyDocument({
      text: '<policies><inbound>\n<set-body>@{\n  return nope;\n}</set-body></inbound></policies>',
    });
    expect(problems).toMatchObject([
      { line: 3, column: 10, code: 'expression', element: 'set-body' },
    ]);
  });
});

const pieces = [
  '<policies>',
  '</policies>',
  '<inbound>',
  '</inbound>',
  '<set-header name="',
  '">',
  '<value>',
  '</value>',
  '@(',
  '@{',
  ')',
  '}',
  '"',
  "'",
  '&quot;',
  '&',
  '<',
  '>',
  '/>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '$"',
  '{',
  '\\',
  '\n',
  '\r\n',
  ' ',
  'a',
  '=',
  '<set-body template="liquid">',
  '</set-body>',
  '{{',
  '{%',
  '//',
  '/*',
  '<?',
  '\uFEFF',
];

describe('any text', () => {
  const text = fc
    .array(fc.constantFrom(...pieces), { maxLength: 60 })
    .map((parts) => parts.join(''));

  it('prints back byte for byte', () => {
    fc.assert(
      fc.property(text, (source) => {
        expect(printVerbatim(new PolicyDocument(source))).toBe(source);
      }),
      { numRuns: 3000 },
    );
  });

  it('is validated without throwing, each problem inside the text', () => {
    fc.assert(
      fc.property(text, (source) => {
        const lines = source.split(/\r\n|\n|\r/).length;
        for (const problem of validatePolicyDocument({ text: source }).problems) {
          expect(problem.line).toBeLessThanOrEqual(lines);
          expect(formatProblem(problem, source)).toContain(problem.message);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['@(', 30_000],
    ['<a ', 30_000],
    ['"', 100_000],
    ['<a v="@("', 5_000],
    ['</b>', 30_000],
    ['{{x', 50_000],
    ['<choose><when condition="true">', 5_000],
  ])('is scanned in time also for %s repeated', (part, times) => {
    const started = performance.now();
    validatePolicyDocument({ text: `<policies><inbound>${part.repeat(times)}` });
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe('formatProblem', () => {
  it('shows the source line and a caret', () => {
    const text = '<policies>\n\t<inbund />\n</policies>';
    const [problem] = validatePolicyDocument({ text, path: 'p.xml' }).problems;
    expect(formatProblem(problem!, text)).toBe(
      "p.xml:2:3: <inbund> The element 'policies' has invalid child element 'inbund'. List of possible elements expected: 'inbound', 'backend', 'outbound', 'on-error'. (did you mean 'inbound'?)\n    \t<inbund />\n    \t ^",
    );
  });
});

describe('closest', () => {
  it.each([
    ['set-heder', 'set-header'],
    ['retyr', 'retry'],
    ['zzz', undefined],
  ])('%s -> %s', (name, expected) => {
    expect(closest(name, ['set-header', 'set-body', 'retry'])).toBe(expected);
  });
});

describe('scanExpression', () => {
  it.each([
    ['@(1)', 4],
    ['@(")")', 6],
    ['@(a', -1],
    ['@(a]', -1],
    ["@(')')", 6],
    ['@{ // }\n}', 9],
  ])('%s ends at %d', (text, end) => {
    expect(scanExpression(text, 0)).toBe(end);
  });
});
