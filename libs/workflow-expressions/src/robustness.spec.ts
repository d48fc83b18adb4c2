import { describe, expect, it, jest } from '@jest/globals';
import { Decimal } from '@isthmus/dotnet';
import fc from 'fast-check';
import {
  compileTemplate,
  Float,
  functions,
  parseTemplate,
  valueOf,
  WorkflowExpressionError,
  writeJson,
  type EvaluationScope,
  type WorkflowValue,
} from './index.js';

fc.configureGlobal({ seed: jest.getSeed() });

const scope = (args: readonly WorkflowValue[]): EvaluationScope => ({
  parameter: (name) => args[Number(name)],
  trigger: () => ({ body: null, outputs: args[0] ?? null, record: () => ({}) }),
  action: () => ({ body: args[0] ?? null, outputs: args[0] ?? null, record: () => ({}) }),
  now: () => 0,
  newGuid: () => '0f8fad5b-d9cb-469f-a165-70867728950e',
  random: () => 0.5,
});

const words = [
  '',
  'a',
  'A,b',
  'N2',
  'en-US',
  'xx',
  '2026-02-03T04:05:06Z',
  'Day',
  'UTC',
  '<a>1</a>',
  '//a',
  'data:,x',
  'aGk=',
  'https://h/p?q',
  '1.5',
  '%41',
  '{"a":1}',
  '\ud800',
  'D',
  '0',
  '-1',
];
const scalar: fc.Arbitrary<WorkflowValue> = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ maxLength: 8 }),
  fc.integer({ min: -3, max: 12 }),
  fc.double(),
  fc.constantFrom<WorkflowValue>(
    null,
    true,
    false,
    2n ** 62n,
    new Float(2),
    Decimal.fromLiteral('1.50'),
  ),
  fc.constantFrom<WorkflowValue>(
    { '$content-type': 'application/xml', $content: 'PGEvPg==' },
    { '$content-type': 'x', $content: '#' },
  ),
);
const value: fc.Arbitrary<WorkflowValue> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(fc.string({ maxLength: 3 }), scalar, { maxKeys: 3 })
      .map((object) => valueOf(object)),
  },
);

/** The JSON text of the result, or the message of a proper failure; anything else is thrown. */
function run(expression: string, args: readonly WorkflowValue[]): string {
  try {
    return writeJson(compileTemplate(`@${expression}`).evaluate(scope(args)));
  } catch (error) {
    if (error instanceof WorkflowExpressionError) return error.message;
    throw error;
  }
}

describe('every function', () => {
  it.each([...functions.values()].map(({ name }) => name))(
    '%s gives a value or a proper failure for any arguments',
    (name) => {
      fc.assert(
        fc.property(fc.array(value, { maxLength: 4 }), (args) => {
          const list = args.map((_, index) => `parameters('${index}')`).join(', ');
          expect(typeof run(`${name}(${list})`, args)).toBe('string');
        }),
        { numRuns: 150 },
      );
    },
  );
});

describe('any text', () => {
  it('is a template or refused with a proper failure', () => {
    const parts = fc.constantFrom(
      '@',
      '{',
      '}',
      "'",
      '(',
      ')',
      '[',
      ']',
      '?',
      '.',
      ',',
      'concat',
      'a',
      '1',
      '-',
      '"',
      ' ',
      '@{',
      '\u0000',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 14 }), (list) => {
        const text = `@${list.join('')}`;
        try {
          expect(parseTemplate(text).kind).toMatch(/literal|expression|interpolation/);
        } catch (error) {
          if (!(error instanceof WorkflowExpressionError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('of hostile depth does not exhaust the stack', () => {
    const nested = `${'concat('.repeat(1000)}'a'${')'.repeat(1000)}`;
    expect(run(nested, [])).toContain('nested deeper than');
    expect(run(`parameters('0')${"?['a']".repeat(1300)}`, [{ a: null }])).toBe('null');
  });

  it('that grows without bound is stopped', () => {
    let expression = "'xxxxxxxxxxxxxxxx'";
    for (let depth = 0; depth < 8; depth += 1) expression = `concat(${expression}, ${expression})`;
    const big = 'x'.repeat(2 ** 20);
    expect(
      run(`concat(${Array.from({ length: 200 }, () => "parameters('0')").join(', ')})`, [big]),
    ).toContain('maximum length');
    expect(run(`length(${expression})`, [])).toBe('4096');
  });

  it.each([
    '//a[//c]',
    'count(//a/preceding::a)',
    '//a[string(/r) = "x"]',
    '//a[contains(string(/), "y")]',
  ])('ends the query %s of a large document soon', (query) => {
    const text = `<r>${'<a><c>x</c></a>'.repeat(20_000)}</r>`;
    const given = scope([{ '$content-type': 'application/xml', $content: btoa(text) }]);
    const template = compileTemplate(`@xpath(parameters('0'), '${query}')`);
    const began = performance.now();
    expect(() => template.evaluate(given)).toThrow(/too (?:complex|much work)/);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('goes through a large document as often as a query names it', () => {
    const text = `<r>${'<a><c>x</c></a>'.repeat(20_000)}</r>`;
    const given = scope([{ '$content-type': 'application/xml', $content: btoa(text) }]);
    const query = 'count(//c[. = "x"]) + count(//a/c/..) + string-length(string(/))';
    const template = compileTemplate(`@string(xpath(parameters('0'), '${query}'))`);
    expect(template.evaluate(given)).toBe('60000');
  });
});

describe('the work of one template', () => {
  it('ends with an error that says so', () => {
    const list = Array.from({ length: 1_000_000 }, (_, index) => index);
    const search = "contains(parameters('0'), createArray(1))";
    const once = compileTemplate(`@${search}`);
    expect(once.evaluate(scope([list]))).toBe(false);
    const often = compileTemplate(`@or(${Array.from({ length: 60 }, () => search).join(', ')})`);
    expect(() => often.evaluate(scope([list]))).toThrow('takes more than 50000000 steps');
    expect(once.evaluate(scope([list]))).toBe(false);
  });
});
