import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { canonicalPath, isCleanQuery } from './canonical-path.js';
import type { EncodedSlashes } from './canonical-path.js';

fc.configureGlobal({ seed: jest.getSeed() });

interface PathCase {
  readonly name: string;
  readonly path: string;
  readonly encodedSlashes?: EncodedSlashes;
  readonly expect?: string;
  readonly refused?: string;
}

const file = fileURLToPath(new URL('./canonical-path.cases.yaml', import.meta.url));
const { cases } = parse(readFileSync(file, 'utf8')) as { cases: PathCase[] };

describe('canonicalPath', () => {
  it.each(cases)('$name', ({ path, encodedSlashes = 'keep', expect: expected, refused }) => {
    const wanted =
      refused === undefined ? { ok: true, path: expected } : { ok: false, reason: refused };
    expect(canonicalPath(path, encodedSlashes)).toEqual(wanted);
  });

  it('gives a path that the rule leaves alone, whatever came in', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '/',
      '//',
      ';x',
      '%61',
      '%C3%A9',
      '%20',
      '~',
      '{',
    );
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.constantFrom<EncodedSlashes>('keep', 'decode'),
        (pieces, slashes) => {
          const first = canonicalPath(`/${pieces.join('')}`, slashes);
          if (!first.ok) return;
          expect(canonicalPath(first.path, slashes)).toEqual(first);
          expect(first.path.split('/')).not.toContain('..');
          expect(first.path).not.toContain('//');
        },
      ),
    );
  });
});

describe('isCleanQuery', () => {
  it('takes printable characters', () => expect(isCleanQuery('?a=1&b={x}|"y"')).toBe(true));
  it.each(['?a#b', '?a b', '?a\tb', '?\u00e9', '?a\r\nX: 1'])('refuses %j', (query) =>
    expect(isCleanQuery(query)).toBe(false),
  );
});
