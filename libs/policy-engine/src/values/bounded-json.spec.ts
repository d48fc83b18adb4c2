import { tokenCounter } from '../ai/token-count.js';
import { parseQuery } from '../graphql/graphql-request.js';
import { JsonBoundError, parseBoundedJson } from './bounded-json.js';

describe('JSON that policies read on their own', () => {
  it.each([
    ['[1, {"a": [true, null]}]'],
    ['"\\\\\\"[[["'],
    [`"${'['.repeat(100_000)}"`],
    [`${'['.repeat(500)}${']'.repeat(500)}`],
    [`[${'[],'.repeat(1000)}0]`],
  ])('is what JSON.parse says: %.40s', (text) => {
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
  });

  it.each([['['.repeat(501)], ['{"a":'.repeat(100_000)], [`[${'0,'.repeat(1_000_001)}0]`]])(
    'ends beyond its bounds: %.20s',
    (text) => {
      expect(() => parseBoundedJson(text)).toThrow(JsonBoundError);
    },
  );

  it.each([['"'], ['"\\'], [`"${'\\"'.repeat(1_000_000)}`], [''], [']]'], ['{"a" "b"}']])(
    'is refused where it is none: %.20s',
    (text) => {
      expect(() => parseBoundedJson(text)).toThrow(SyntaxError);
    },
  );
});

describe('a GraphQL query', () => {
  it.each([
    ['selections', '{a'.repeat(50_000) + '}'.repeat(50_000)],
    ['selections that nobody ends', '{a'.repeat(50_000)],
    ['lists', `{a(b:${'['.repeat(9000)}`],
    ['objects', `{a(b:${'{c:'.repeat(5000)}`],
  ])('is refused for %s within each other', (_name, query) => {
    expect(() => parseQuery(query)).toThrow('The query is nested deeper than 500 levels.');
  });

  it('may hold brackets in its texts', () => {
    expect(parseQuery(`{a(b:"${'{'.repeat(5000)}")}`).definitions).toHaveLength(1);
  });
});

describe('counting tokens', () => {
  it('takes no more than the time of the length for runs of letters, blanks and signs', async () => {
    const count = await tokenCounter();
    for (const run of ['a', ' ', '!', '\n', '漢']) {
      const few = count(run.repeat(256));
      expect(count(run.repeat(256 * 1000))).toBe(few * 1000);
    }
  });

  it('counts words as the model does', async () => {
    const count = await tokenCounter();
    expect(count('hello world '.repeat(100))).toBe(201);
    expect(count('')).toBe(0);
  });
});
