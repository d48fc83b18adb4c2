import { describe, expect, it } from '@jest/globals';
import { SchemaPattern } from './schema-pattern.js';
import { schemaCheck, type SchemaHome } from './schema-validator.js';

const home: SchemaHome = { document: {}, dialect: 'openapi-3.0' };
const tooMuch = 'The value takes too much work to be checked.';

describe('values that senders make to hold up a schema', () => {
  it.each([
    ['^(a+)+$', `${'a'.repeat(60)}!`],
    ['^([a-zA-Z0-9_.-])+@(([a-zA-Z0-9-])+.)+([a-zA-Z0-9]{2,4})+$', `a@${'a'.repeat(60)}!`],
    ['.*a.*b', 'a'.repeat(100_000)],
    ['^(\\w+\\s?)*$', `${'a'.repeat(60)}!`],
  ])('pattern %s ends', (pattern, value) => {
    const before = process.cpuUsage();
    expect(schemaCheck({ type: 'string', pattern }, home)(value)).toBe(tooMuch);
    expect(process.cpuUsage(before).user).toBeLessThan(4_000_000);
  });

  const texts = [
    '',
    'ab',
    'abab',
    'ababababababababababab',
    'abababababababababab\n',
    'AB-123',
    'x1',
  ];
  it.each(['^(ab)+$', '(ab)*', '^[A-Z]{2}-[0-9]{3}$', '^(?:[a-z]\\d)+$', '^(?:ab|cd)+\\n$', '\\d'])(
    'pattern %s means what it means elsewhere',
    (pattern) => {
      for (const text of [...texts, ...texts.map((one) => one.repeat(3))])
        expect([text, new SchemaPattern(pattern, 'u').test(text)]).toEqual([
          text,
          new RegExp(pattern, 'u').test(text),
        ]);
    },
  );

  it('uniqueItems takes no longer for each item', () => {
    const check = schemaCheck({ type: 'array', uniqueItems: true }, home);
    const before = process.cpuUsage();
    expect(check(Array.from({ length: 100_000 }, (_, a) => ({ a })))).toBeUndefined();
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  it('uniqueItems compares by value', () => {
    const check = schemaCheck({ type: 'array', uniqueItems: true }, home);
    expect(check([{ a: 1, b: 2 }, 3, { b: 2, a: 1 }])).toBe(
      'must NOT have duplicate items (items ## 0 and 2 are identical).',
    );
    expect(check([1, '1', [1], ['1'], { a: 1 }, { a: '1' }, null, 'null', true])).toBeUndefined();
  });
});
