import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { JsonTextError } from './json-text-error.js';
import { locateJson } from './locate.js';
import { parseJson, valueOf } from './read.js';
import { storedJson, writeJson } from './write.js';
import type { WorkflowValue } from '../value.js';

fc.configureGlobal({ seed: jest.getSeed() });

function roundTrip(text: string): string {
  return writeJson(parseJson(text));
}

function messageOf(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) return error.message;
    throw error;
  }
  return 'no error';
}

const padding = ' '.repeat(20_000);

describe('parseJson', () => {
  it.each(['', padding])('keeps what JSON.parse loses, in short and long texts', (blank) => {
    const text = '{"b":1.0,"2":[9007199254740993,1e2,-0.0,100.00],"1":"1.0","c":-0,"d":2.5}';
    expect(roundTrip(blank + text)).toBe(
      '{"b":1.0,"2":[9007199254740993,100.0,-0.0,100.0],"1":"1.0","c":0,"d":2.5}',
    );
  });

  it('agrees with JSON.parse on long texts without such numbers', () => {
    const value = {
      text: 'a"b\\\n\u2028é😀',
      list: [1, -2, 2.5, true, null, {}],
      date: '2026-02-03T04:05:06.0000000Z',
    };
    const text = JSON.stringify(value) + padding;
    expect(parseJson(text)).toEqual(value);
    expect(JSON.parse(writeJson(parseJson(text)))).toEqual(value);
  });

  it.each([
    ["{'a':'b'}", '{"a":"b"}'],
    ['{a:1,$b:2}', '{"a":1,"$b":2}'],
    ['[1,2,]', '[1,2]'],
    ['[,1]', '[null,1]'],
    ['/* x */[1] // end', '[1]'],
    ['[0x1A,010,.5,1.]', '[26,8,0.5,1.0]'],
    ['[undefined,NaN,-Infinity]', '[null,"NaN","-Infinity"]'],
    ['"\\u00e9\\/\\\'"', '"é/\'"'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['{"a":1,"b":2,"a":3}', '{"b":2,"a":3}'],
    ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  ])('reads %s as Newtonsoft does', (text, expected) => {
    expect(roundTrip(text)).toBe(expected);
  });

  it.each([
    ['', "Error reading JToken from JsonReader. Path '', line 0, position 0."],
    ['x', "Unexpected character encountered while parsing value: x. Path '', line 0, position 0."],
    [
      '[1 2]',
      "After parsing a value an unexpected character was encountered: 2. Path '[0]', line 1, position 3.",
    ],
    ['{"a":', "Unexpected end of content while loading JObject. Path 'a', line 1, position 5."],
    [
      '{"a" 1}',
      "Invalid character after parsing property name. Expected ':' but got: 1. Path '', line 1, position 5.",
    ],
    [
      '[1] 2',
      "Additional text encountered after finished reading JSON content: 2. Path '', line 1, position 4.",
    ],
    ['"abc', "Unterminated string. Expected delimiter: \". Path '', line 1, position 4."],
    ['["\\q"]', "Bad JSON escape sequence: \\q. Path '', line 1, position 4."],
    ['[08]', "Input string '08' is not a valid number. Path '', line 1, position 3."],
    [
      '{"a":{"b c":[\n1,\n+1]}}',
      "Unexpected character encountered while parsing value: +. Path 'a['b c'][0]', line 3, position 0.",
    ],
  ])('refuses %s', (text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it('refuses documents of hostile depth instead of exhausting the stack', () => {
    expect(messageOf('['.repeat(100_000))).toContain('MaxDepth of 512');
  });

  it('ends leniently where Parse JSON does', () => {
    expect(parseJson('[1] tail', { lenientEnd: true })).toEqual([1]);
    expect(parseJson('{"a":[1', { lenientEnd: true })).toEqual({ a: [1] });
    expect(() => parseJson('{"a":', { lenientEnd: true })).toThrow(JsonTextError);
  });
});

describe('any JSON value', () => {
  it('comes back from its text as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, isPretty) => {
        const text = JSON.stringify(value, undefined, isPretty ? 2 : undefined);
        expect(JSON.parse(writeJson(parseJson(text)))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeJson', () => {
  it('refuses values of hostile depth', () => {
    let value = valueOf(1);
    for (let depth = 0; depth < 5000; depth += 1) value = [value];
    expect(() => writeJson(value)).toThrow('nested deeper');
  });

  it('escapes what Newtonsoft escapes', () => {
    expect(writeJson('\u0001\u0085\u2028\u2029\t"\\/é')).toBe(
      '"\\u0001\\u0085\\u2028\\u2029\\t\\"\\\\/é"',
    );
  });
});

describe('locateJson', () => {
  it('finds values, and the nearest ancestor of what is not there', () => {
    const text = '{\n  "a/b": [1,\n    {"c": "x"}]\n}';
    expect(Object.fromEntries(locateJson(text, ['', '/a~1b/1/c', '/a~1b/1/d/e', '/z']))).toEqual({
      '': { line: 1, column: 1 },
      '/a~1b/1/c': { line: 3, column: 11 },
      '/a~1b/1/d/e': { line: 3, column: 5 },
      '/z': { line: 1, column: 1 },
    });
  });
});

describe('storedJson', () => {
  it.each([
    '{"b":1.0,"2":[9007199254740993,1e2,-0.0,100.00],"1":"1.0","c":-0.0,"d":2.5}',
    '[1e-7,0.00001,1e17,123456789.5,-1e-5,79228162514264337593543950335]',
    '{"__proto__":{"x":1},"toJSON":"x","2":0,"1":1}',
    '{"key":"08584000000000000000123456789CU00:A","at":1763890000000,"n":[1234567890123456789]}',
    '["\\ud800","\\u2028\\u0085",": 12345678901234567",",1234567890123456,"]',
    '[12345678901234567890.5, 0.1234567890123456789, -9223372036854775808]',
  ])('is read back as the same value: %s', (text) => {
    const value = parseJson(text);
    expect(writeJson(parseJson(storedJson(value)))).toBe(writeJson(value));
    expect(parseJson(storedJson(value))).toEqual(value);
  });

  it('is read back as the same value, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const value = valueOf(json);
        expect(parseJson(storedJson(value))).toEqual(parseJson(writeJson(value)));
      }),
    );
  });

  it('refuses what is nested too deeply', () => {
    let value: WorkflowValue = 1;
    for (let level = 0; level < 3000; level += 1) value = [value];
    expect(() => storedJson(value)).toThrow('nested deeper');
  });
});
