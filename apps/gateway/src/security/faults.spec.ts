/** Faults that are injected into the gateway's surroundings, by their rows in the fault matrix. */
import net from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gateway.example\r\n\r\n`;

describe('faults', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  async function backend(serve: (socket: Socket, request: string) => void): Promise<RawBackend> {
    const one = await rawBackend((socket) =>
      socket.on('data', (chunk) => serve(socket, chunk.toString('latin1'))),
    );
    open.push(one);
    return one;
  }
  async function start(
    resources: readonly Resource[],
    ...flags: string[]
  ): Promise<RunningGateway> {
    const gateway = await startGateway(resources, flags);
    open.push(gateway);
    return gateway;
  }
  const api = (name: string, serviceUrl: string): Resource[] =>
    wideApi(1).map((one) => ({
      id: one.id.replace('/apis/wide', `/apis/${name}`),
      properties: {
        ...one.properties,
        ...(one.id === '/apis/wide' ? { path: name, serviceUrl } : {}),
      },
    }));

  it('F8: a storm of configurations drops no request', async () => {
    const one = await backend((socket) => socket.write(ok));
    const many = Array.from({ length: 200 }, (_, index) =>
      api(`a${index}`, `http://127.0.0.1:${one.port}`),
    ).flat();
    const gateway = await start(many);
    let stopped = false;
    const statuses = new Set<string | undefined>();
    const load = (async () => {
      while (!stopped)
        statuses.add(
          /HTTP\/1\.1 (\d+)/.exec(
            (
              await talk(
                gateway.port,
                get('/a7/x').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
              )
            ).text,
          )?.[1],
        );
    })();
    const started = performance.now();
    for (let index = 0; index < 40; index++) {
      gateway.publish([
        ...many,
        {
          id: '/apis/a3/operations/extra',
          properties: { method: 'GET', urlTemplate: `/extra${index}` },
        },
      ]);
      await wait(2);
    }
    const each = (performance.now() - started) / 40;
    stopped = true;
    await load;
    expect([...statuses]).toEqual(['200']);
    expect(each).toBeLessThan(500);
  }, 30_000);

  it('F9: endless headers of a backend end the call', async () => {
    const one = await backend((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write(`X-A: ${'a'.repeat(8000)}\r\n`), 1);
      socket.on('close', () => clearInterval(timer));
    });
    const gateway = await start(api('a', `http://127.0.0.1:${one.port}`));
    expect((await talk(gateway.port, get('/a/x'))).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=http_protocol_error/,
    );
    expect(one.sockets.size).toBe(0);
  });
  it('F9: a backend that only accepts connections is given up in time', async () => {
    const one = await backend(() => {});
    const gateway = await start(
      wideApi(
        one.port,
        '<policies><inbound/><backend><forward-request timeout-ms="200"/></backend><outbound/><on-error/></policies>',
      ),
    );
    const started = performance.now();
    expect((await talk(gateway.port, get('/api/x'))).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=http_response_timeout/,
    );
    expect(performance.now() - started).toBeLessThan(2000);
    await wait(50);
    expect(one.sockets.size).toBe(0);
  });
  it('F9: a body of one byte at a time arrives whole', async () => {
    const one = await backend((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
      Array.from('hello').forEach((letter, index) =>
        setTimeout(() => socket.write(letter), 30 * (index + 1)),
      );
    });
    const gateway = await start(api('a', `http://127.0.0.1:${one.port}`));
    expect((await talk(gateway.port, get('/a/x'))).text.endsWith('hello')).toBe(true);
  });
  it('F9: a TLS backend that is none is told apart', async () => {
    const one = await backend((socket) => socket.end('no tls'));
    const gateway = await start(api('a', `https://127.0.0.1:${one.port}`));
    expect((await talk(gateway.port, get('/a/x'))).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=(tls_protocol_error|connection_terminated)/,
    );
  });
  it('F9: a socket that the backend closed while idle does not fail the next call', async () => {
    const one = await backend((socket) => {
      socket.write(ok);
      setTimeout(() => socket.end(), 30);
    });
    const gateway = await start(api('a', `http://127.0.0.1:${one.port}`));
    for (let index = 0; index < 3; index++) {
      expect((await talk(gateway.port, get('/a/x'), 60)).text).toContain('HTTP/1.1 200');
      await wait(60);
    }
  });
  it('F10: a name that does not resolve is a cause of its own', async () => {
    const gateway = await start(api('a', 'http://no-such-host.invalid'));
    expect((await talk(gateway.port, get('/a/x'))).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=dns_(error|timeout)/,
    );
  });

  it('F11: a caller that leaves in the middle of an upload takes the call to the backend with it', async () => {
    const one = await backend(() => {});
    const gateway = await start(api('a', `http://127.0.0.1:${one.port}`));
    const caller = net.connect(gateway.port, '127.0.0.1', () =>
      caller.write('POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf'),
    );
    await wait(200);
    expect(one.sockets.size).toBe(1);
    caller.destroy();
    await wait(150);
    expect(one.sockets.size).toBe(0);
  });
  it('F11: many idle connections cost little and stop nobody', async () => {
    const one = await backend((socket) => socket.write(ok));
    const gateway = await start(api('a', `http://127.0.0.1:${one.port}`));
    const idle = await Promise.all(
      Array.from(
        { length: 500 },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = net
              .connect(gateway.port, '127.0.0.1', () => resolve(socket))
              .on('error', () => {});
          }),
      ),
    );
    expect((await talk(gateway.port, get('/a/x'))).text).toContain('HTTP/1.1 200');
    for (const socket of idle) socket.destroy();
  });
  it('F11: ten thousand headers are refused', async () => {
    const gateway = await start(api('a', 'http://127.0.0.1:9'));
    const fields = Array.from({ length: 10_000 }, (_, index) => `X-${index}: 1`).join('\r\n');
    expect(
      (await talk(gateway.port, `GET /a/x HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`)).text,
    ).toMatch(/^HTTP\/1\.1 431/);
  });
  it('F12: a backend that stalls holds up only its own API', async () => {
    const [slow, fast] = [await backend(() => {}), await backend((socket) => socket.write(ok))];
    const gateway = await start([
      ...api('slow', `http://127.0.0.1:${slow.port}`),
      ...api('fast', `http://127.0.0.1:${fast.port}`),
    ]);
    const stalled = Array.from({ length: 200 }, () =>
      net
        .connect(gateway.port, '127.0.0.1', function (this: Socket) {
          this.write(get('/slow/x'));
        })
        .on('error', () => {}),
    );
    await wait(200);
    const started = performance.now();
    for (let index = 0; index < 5; index++)
      expect(
        (
          await talk(
            gateway.port,
            get('/fast/x').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
          )
        ).text,
      ).toContain('HTTP/1.1 200');
    expect((performance.now() - started) / 5).toBeLessThan(250);
    for (const socket of stalled) socket.destroy();
  });
  it('F20: no single request stops the loop for long', async () => {
    const read =
      '<policies><inbound><set-variable name="b" value="@(context.Request.Body.As<JObject>())"/></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>';
    const one = await backend((socket) => socket.write(ok));
    const gateway = await start(wideApi(one.port, read), '--body-buffer=1000000');
    const bodies = [`{"a":${'['.repeat(100_000)}`, `{"a":"${'x'.repeat(2_000_000)}"}`];
    for (const text of bodies) {
      const started = performance.now();
      const answer = await talk(
        gateway.port,
        `POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      );
      expect(answer.text).toMatch(/^HTTP\/1\.1 (500|413)/);
      expect(performance.now() - started).toBeLessThan(3000);
    }
  });
});
