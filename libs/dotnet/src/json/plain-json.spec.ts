import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { JContainer } from './j-container.js';
import type { JToken } from './j-token.js';
import { JValue } from './j-value.js';
import { parseObject, parseToken, type ParseOptions } from './parse.js';

fc.configureGlobal({ seed: jest.getSeed() });

/** Everything that can be seen of a tree; an error as its text. */
function seen(text: string, options: ParseOptions): unknown {
  try {
    return facts(parseToken(text, options));
  } catch (error) {
    return String(error);
  }
}

function facts(token: JToken): unknown {
  if (token instanceof JValue) return [token.type, token.clrType, token.toString(), token.path];
  const children = (token as JContainer).children();
  expect(children.every((child) => child.parent === token)).toBe(true);
  return [token.type, (token as { name?: string }).name, children.map(facts)];
}

/** The general reader keeps the digits of numbers; plain JSON is then not read by the quick one. */
const byReader: ParseOptions = { keepSource: true };

const pieces = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"k":',
    '1',
    '-0',
    '01',
    '1.5e3',
    '.5',
    '1.',
    '-',
    '0x1F',
  ],
  ...[
    '9007199254740993',
    '99999999999999999999',
    '1e400',
    'true',
    'false',
    'null',
    'tru',
    'nul',
    'NaN',
  ],
  ...[
    '"2020-01-02T03:04:05Z"',
    '"/Date(0)/"',
    '"\\u00e4\\n"',
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\x"',
  ],
  ...[
    '"a\nb"',
    "'a'",
    'a:',
    ' ',
    '\n',
    '\t',
    '\u00a0',
    '\ufeff',
    '\0',
    '//x\n',
    '/*x*/',
    'undefined',
    '""',
  ],
);

describe('plain JSON', () => {
  it('is read as the general reader reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(seen(text, {})).toEqual(seen(text, byReader));
      }),
      { numRuns: 500 },
    );
  });

  it('and what is not plain is left to that reader, with its messages', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(seen(text, {})).toEqual(seen(text, byReader));
        const loose = { rest: 'unread' } as const;
        expect(seen(text, loose)).toEqual(seen(text, { ...byReader, ...loose }));
        expect(seen(text, { dates: 'None' })).toEqual(seen(text, { ...byReader, dates: 'None' }));
      }),
      { numRuns: 5000 },
    );
  });

  it('is cut anywhere with the same message', () => {
    const text = '{"a":[1,-2.5,"x\\u00e4y",true,null,{"b":"2020-01-02T03:04:05Z"}],"a":"again"} ';
    for (let end = 0; end <= text.length; end++)
      expect(seen(text.slice(0, end), {})).toEqual(seen(text.slice(0, end), byReader));
  });

  it('takes the last of equal names at the place of the first, in a large object too', () => {
    const names = Array.from({ length: 40 }, (_, i) => `"k${i}":${i}`);
    const object = parseObject(`{${names.join(',')},"k3":{"x":1},"k39":"last"}`);
    expect(object.count).toBe(40);
    expect(object.properties()[3]?.value.toJson()).toBe('{"x":1}');
    expect(object.get('k3')?.first?.path).toBe('k3.x');
    expect(object.get('k39')?.toString()).toBe('last');
  });

  it('nests as deep as the reader allows', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(seen(nested(64), {})).toEqual(seen(nested(64), byReader));
    expect(seen(nested(65), {})).toEqual(seen(nested(65), byReader));
    expect(String(seen(nested(65), {}))).toContain('MaxDepth of 64');
  });
});
