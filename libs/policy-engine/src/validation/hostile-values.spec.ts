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
    expect(schemaCheck({ type: 'string', pattern }, home)(value)).toBe(tooMuch);
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
    const costOf = (length: number): number => {
      const items = Array.from({ length }, (_, a) => ({ a }));
      const before = process.cpuUsage();
      expect(check(items)).toBeUndefined();
      return process.cpuUsage(before).user;
    };
    const few = costOf(2000);
    // To compare each with each would cost 2,500 times as much.
    expect(costOf(100_000)).toBeLessThan(500 * few);
  });

  it('uniqueItems compares by value', () => {
    const check = schemaCheck({ type: 'array', uniqueItems: true }, home);
    expect(check([{ a: 1, b: 2 }, 3, { b: 2, a: 1 }])).toBe(
      'must NOT have duplicate items (items ## 0 and 2 are identical).',
    );
    expect(check([1, '1', [1], ['1'], { a: 1 }, { a: '1' }, null, 'null', true])).toBeUndefined();
  });

  const branches: Record<string, (self: object) => object> = {
    oneOf: (self) => ({ oneOf: [{ properties: { a: self } }, { properties: { a: self } }] }),
    anyOf: (self) => ({
      anyOf: [
        { properties: { a: self }, required: ['a'] },
        { properties: { a: self }, required: ['a'] },
      ],
    }),
    allOf: (self) => ({ allOf: [{ properties: { a: self } }, { properties: { a: self } }] }),
    'properties and patternProperties': (self) => ({
      properties: { a: self },
      patternProperties: { '^a$': self },
    }),
    'not and if': (self) => ({
      not: { allOf: [{ properties: { a: self } }, { required: ['b'] }] },
      if: { properties: { a: self } },
      then: {},
    }),
    'pointers alone': (self) => ({ properties: { a: { anyOf: [self, self] } }, required: ['a'] }),
  };
  it.each(
    (['openapi-3.0', 'openapi-3.1', 'json-schema', 'openapi-2.0'] as const).flatMap((dialect) =>
      Object.keys(branches).map((name) => [name, dialect] as const),
    ),
  )('a schema over itself by %s of %s ends', (name, dialect) => {
    if (dialect !== 'openapi-3.1' && dialect !== 'json-schema' && name === 'not and if')
      name = 'oneOf';
    const self = { $ref: '#/components/schemas/Node' };
    const Node = branches[name]!(self);
    const document = { components: { schemas: { Node } } };
    const check = schemaCheck({ ...self }, { document, dialect });
    let value: object = {};
    for (let depth = 0; depth < 200; depth += 1) value = { a: value };
    expect(check(value)).toBe(tooMuch);
    // What is flat is checked as ever.
    expect(check({ a: {} })).not.toBe(tooMuch);
  });

  it('a schema over itself once takes deep and long values', () => {
    const Node = {
      type: 'object',
      properties: {
        next: { $ref: '#/components/schemas/Node' },
        'x-isthmus-counted': { type: 'string' },
      },
      additionalProperties: false,
    };
    const document = { components: { schemas: { Node } } };
    const check = schemaCheck(
      { type: 'array', items: { $ref: '#/components/schemas/Node' } },
      { document, dialect: 'openapi-3.0' },
    );
    expect(check(Array.from({ length: 200_000 }, () => ({ next: { next: {} } })))).toBeUndefined();
    expect(check([{ next: { other: 1 } }])).toMatch(/additional properties/);
    expect(check([{ 'x-isthmus-counted': 1 }])).toMatch(/string/);
  });
});
