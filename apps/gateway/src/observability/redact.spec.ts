import { redact } from './redact.js';

describe('traces without secrets', () => {
  it.each([
    ['as it is usually written', '/x?subscription-key=secret&a=1'],
    ['in other case', '/x?a=1&Subscription-Key=secret'],
    ['with an escaped name', '/x?a=1&subscription%2Dkey=secret'],
    ['as a signature', '/x?sig=secret&a=1'],
  ])('show no key in a query %s', (_how, url) => {
    const shown = redact({ url: `https://gateway.example${url}` }, ['subscription-key']).url;
    expect(shown).not.toContain('secret');
    expect(shown).toContain('=[redacted]');
    expect(shown).toContain('a=1');
  });
  it('show other parameters as they are, malformed ones too', () => {
    const url = 'https://gateway.example/x?subscription-key-id=1&%zz=2&b';
    expect(redact(url, ['subscription-key'])).toBe(url);
  });
});
