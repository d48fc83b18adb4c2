import { unbracedBodies } from './unbraced-bodies.js';

const found = (text: string): string[] =>
  unbracedBodies(text).map(
    ({ keyword, offset }) => `${keyword}: ${text.slice(offset).split(' ')[0]}`,
  );

describe('unbracedBodies', () => {
  // Microsoft/mosaic-apim, verified there with a live API Management.
  it.each([
    ['@{ if (x) return 1; return 0; }', ['if: return']],
    ['@{ if (x) { return 1; } else return 0; }', ['else: return']],
    ['@{ if (x) { if (y) return 1; } return 0; }', ['if: return']],
    ['@{ while (x < 3) x++; return x; }', ['while: x++;']],
    [
      '@{ foreach (var a in b) foreach (var c in a) t += c; return t; }',
      ['foreach: foreach', 'foreach: t'],
    ],
    ['@{ switch (x) { case 1: if (y) return 1; break; } return 0; }', ['if: return']],
    [
      '@{ try { if (x) return 1; } catch { for (;;) break; } finally { do x(); while (y); } return 0; }',
      ['if: return', 'for: break;', 'do: x();'],
    ],
  ])('finds the bodies of %s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    '@(x ? 1 : 0)',
    '@{ if (x) { return 1; } else if (y) { return 2; } else { return 3; } }',
    '@{ var text = "if (x) return y;"; return text; }',
    '@{ return items.Select(item => { if (item) return 1; return 2; }); }',
  ])('has nothing against %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
