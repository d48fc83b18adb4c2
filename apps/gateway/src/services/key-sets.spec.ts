import { Body, FakeHttp, Response } from '@isthmus/policy-engine';
import { CachedKeySets } from './key-sets.js';

const url = 'https://idp.example/.well-known/openid-configuration';
const minutes = 60_000;

function makeProvider(): {
  sets: CachedKeySets;
  http: FakeHttp;
  clock: { now: number };
  provider: { status: number; keys: unknown; issuer: unknown; body?: string };
} {
  const clock = { now: 1_000_000_000 };
  const provider: { status: number; keys: unknown; issuer: unknown; body?: string } = {
    status: 200,
    keys: [{ kid: 'a' }],
    issuer: 'https://idp.example/',
  };
  const http = new FakeHttp((request) => {
    const document =
      request.url === url
        ? { issuer: provider.issuer, jwks_uri: 'https://idp.example/keys' }
        : { keys: provider.keys };
    const response = new Response(provider.status);
    response.body = Body.fromText(provider.body ?? JSON.stringify(document));
    return response;
  });
  return { sets: new CachedKeySets(http, () => clock.now), http, clock, provider };
}

describe('CachedKeySets', () => {
  it('reads once for an hour, by one request at a time', async () => {
    const { sets, http, clock } = makeProvider();
    const all = await Promise.all([sets.discover(url), sets.discover(url), sets.discover(url)]);
    expect(all[0]).toEqual({ issuer: 'https://idp.example/', keys: [{ kid: 'a' }] });
    await sets.discover(url);
    expect(http.sent).toHaveLength(2);
    clock.now += 61 * minutes;
    await sets.discover(url);
    expect(http.sent).toHaveLength(4);
  });
  it('F15: asks again for an unknown key at most every five minutes', async () => {
    const { sets, http, clock, provider } = makeProvider();
    await sets.discover(url);
    provider.keys = [{ kid: 'b' }];
    for (let index = 0; index < 50; index++) await sets.refresh(url);
    expect(http.sent).toHaveLength(2);
    clock.now += 6 * minutes;
    expect((await sets.refresh(url)).keys).toEqual([{ kid: 'b' }]);
    for (let index = 0; index < 50; index++) await sets.refresh(url);
    expect(http.sent).toHaveLength(4);
  });
  it('F15: serves the last set for a day while the provider is down', async () => {
    const { sets, clock, provider } = makeProvider();
    await sets.discover(url);
    provider.status = 503;
    clock.now += 23 * 60 * minutes;
    expect((await sets.discover(url)).keys).toEqual([{ kid: 'a' }]);
    clock.now += 2 * 60 * minutes;
    await expect(Promise.resolve(sets.discover(url))).rejects.toThrow('answered 503');
  });
  it.each([
    ['HTML', { body: '<html>' }, 'not valid JSON'],
    ['no issuer', { issuer: 1 }, 'no OpenID discovery document'],
    ['no keys', { keys: 'x' }, 'no key set'],
    ['100 MB', { body: `{"a":"${'x'.repeat(2_000_000)}"}` }, 'more than'],
  ])('refuses %s', async (_name, change, message) => {
    const { sets, provider } = makeProvider();
    Object.assign(provider, change);
    await expect(Promise.resolve(sets.discover(url))).rejects.toThrow(message);
  });
  it('takes a hundred keys at most, and only objects', async () => {
    const { sets, provider } = makeProvider();
    provider.keys = [
      null,
      1,
      ...Array.from({ length: 500 }, (_, index) => ({ kid: String(index) })),
    ];
    expect((await sets.discover(url)).keys).toHaveLength(100);
  });
});
