import { register } from 'prom-client';
import { startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RunningGateway } from '../testing/start-gateway.js';

const refused = [
  ['no HTTP at all', 'HELLO\r\n\r\n', 400, 'The request line has no proper method.'],
  [
    'a path with dots',
    'GET /a/..;/b HTTP/1.1\r\nHost: a\r\n\r\n',
    400,
    'dot segment with parameters',
  ],
  [
    'a head without end',
    `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}`,
    431,
    'The head of the request is too large.',
  ],
  [
    'an unknown expectation',
    'GET / HTTP/1.1\r\nHost: a\r\nExpect: gold\r\n\r\n',
    417,
    'The request expects what nobody knows.',
  ],
] as const;

describe('What is refused before any API is looked for', () => {
  let gateway: RunningGateway;

  afterEach(() => gateway.close());

  it.each(refused)('is told in the log, with its reason: %s', async (_, bytes, status, reason) => {
    gateway = await startGateway(wideApi(1));
    const { text, closed } = await talk(gateway.port, bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(closed).toBe(true);
    expect(gateway.log.filter(({ message }) => message === 'refused')).toEqual([
      {
        level: 'info',
        message: 'refused',
        fields: expect.objectContaining({ status, reason, client: '127.0.0.1' }) as object,
      },
    ]);
  });

  it('is not told where the log keeps failed calls only, and is counted', async () => {
    gateway = await startGateway(wideApi(1), ['--access-log=errors']);
    const before = await counted();
    await talk(gateway.port, 'HELLO\r\n\r\n');
    expect(gateway.log.some(({ message }) => message === 'refused')).toBe(false);
    expect(await counted()).toBe(before + 1);
  });
});

async function counted(): Promise<number> {
  const { values } = (await register.getSingleMetric('isthmus_gateway_refused_total')!.get()) as {
    values: readonly { value: number; labels: { status?: string } }[];
  };
  return values.find(({ labels }) => labels.status === '400')?.value ?? 0;
}
