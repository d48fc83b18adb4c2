import { generateKeyPairSync, sign } from 'node:crypto';
import { jest } from '@jest/globals';
import { FixedClock } from '@isthmus/policy-engine';
import type { CounterWindow } from '@isthmus/policy-engine';
import { MemoryCounters } from '../services/memory-counters.js';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const minutes = 60_000;
const realNow = Date.now.bind(Date);
const get = (token = ''): string =>
  `GET /api/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
const policy = (inbound: string): string =>
  `<policies><inbound>${inbound}</inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`;

/** Sets the time of day this much ahead of (or behind) the real one. Milliseconds. */
function stepClock(by: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + by);
}

describe('F13: a clock that is set forward and back', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  const start = async (inbound: string): Promise<void> => {
    gateway = await startGateway(wideApi(backend.port, policy(inbound)));
  };
  const status = async (token?: string): Promise<string | undefined> =>
    /^HTTP\/1\.1 (\d+)/.exec((await talk(gateway.port, get(token))).text)?.[1];
  beforeEach(async () => {
    backend = await rawBackend((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
    );
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await gateway.close();
    backend.close();
  });

  it('F13: neither empties nor freezes the window of a rate limit', async () => {
    await start('<rate-limit-by-key calls="2" renewal-period="300" counter-key="k"/>');
    expect([await status(), await status(), await status()]).toEqual(['200', '200', '429']);
    stepClock(10 * minutes);
    expect(await status()).toBe('429');
    stepClock(-10 * minutes);
    expect(await status()).toBe('429');
  });

  it('F13: a window that began before a step back ends when it would have ended', async () => {
    await start('<rate-limit-by-key calls="1" renewal-period="1" counter-key="k"/>');
    expect([await status(), await status()]).toEqual(['200', '429']);
    stepClock(-10 * minutes);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await status()).toBe('200');
  });

  it('F13: a quota is not given anew by a step back', async () => {
    await start('<quota-by-key calls="1" renewal-period="3600" counter-key="k"/>');
    expect([await status(), await status()]).toEqual(['200', '403']);
    stepClock(-10 * minutes);
    expect(await status()).toBe('403');
  });

  it('F13: the leeway of tokens is what clock-skew says', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n, e } = publicKey.export({ format: 'jwk' });
    await start(
      `<validate-jwt header-name="Authorization" clock-skew="600"><issuer-signing-keys><key n="${n}" e="${e}"/></issuer-signing-keys></validate-jwt>`,
    );
    const encode = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const seconds = Math.floor(realNow() / 1000);
    const input = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ nbf: seconds, exp: seconds + 60 })}`;
    const token = `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
    expect(await status(token)).toBe('200');
    for (const [step, expected] of [
      [9 * minutes, '200'],
      [12 * minutes, '401'],
      [-9 * minutes, '200'],
      [-11 * minutes, '401'],
    ] as const) {
      stepClock(step);
      expect([step, await status(token)]).toEqual([step, expected]);
    }
  });
});

describe('F13: fixed periods', () => {
  const count = (clock: FixedClock, window: CounterWindow) => {
    const counters = new MemoryCounters(clock);
    return (): number => counters.add('k', 1, window, Infinity).count;
  };
  it.each([
    ['over the leap day', '2028-02-28T23:30:00Z'],
    ['beyond 2038, where 32 bits end', '2038-01-19T03:00:00Z'],
    ['at the hour that summer time skips', '2026-03-29T00:30:00Z'],
    ['at the hour that winter time repeats', '2026-10-25T00:30:00Z'],
  ])('F13: begin once an hour %s', (_name, from) => {
    const clock = new FixedClock(Date.parse(from));
    const add = count(clock, { kind: 'fixed', period: 60 * minutes, start: 0 });
    const counts = Array.from({ length: 8 }, () => {
      const counted = add();
      clock.advance(30 * minutes);
      return counted;
    });
    const offset = new Date(from).getUTCMinutes() === 30 ? 1 : 0;
    const expected = [1, 2, 1, 2, 1, 2, 1, 2, 1].slice(0, 8);
    expect(counts).toEqual(offset === 1 ? [1, ...expected.slice(0, 7)] : expected);
  });
  it('F13: go on in the present period when the clock is set back across its begin', () => {
    const clock = new FixedClock(Date.parse('2026-01-01T10:01:00Z'));
    const add = count(clock, { kind: 'fixed', period: 60 * minutes, start: 0 });
    expect(add()).toBe(1);
    clock.advance(-10 * minutes);
    expect(add()).toBe(2);
    clock.advance(-24 * 60 * minutes);
    expect(add()).toBe(1);
  });
});
