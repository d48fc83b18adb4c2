/** F9, F10, F11 and F18: further faults of backends, names, callers and ends of processes. */
import { readFile } from 'node:fs/promises';
import http2 from 'node:http2';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const fixtures = fileURLToPath(new URL('../tls/fixtures/', import.meta.url));
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const get = 'GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n';

describe('faults around a gateway', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  async function backend(serve: (socket: Socket) => void): Promise<RawBackend> {
    const one = await rawBackend(serve);
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
  const at = (serviceUrl: string, policy?: string): Resource[] =>
    wideApi(1, policy).map((one) =>
      one.id === '/apis/wide' ? { ...one, properties: { ...one.properties, serviceUrl } } : one,
    );
  /** Calls the backend entity "b". */
  const chosen =
    '<policies><inbound><set-backend-service backend-id="b"/></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>';

  it('F9: an address that nobody answers at is given up after the time to connect', async () => {
    const gateway = await start(at('http://192.0.2.1:81'), '--connect-timeout=300ms');
    const started = performance.now();
    expect((await talk(gateway.port, get)).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=(connection_timeout|destination_ip_unroutable|connection_refused|destination_unavailable)/,
    );
    expect(performance.now() - started).toBeLessThan(3500);
  });
  it('F9: a reset inside the head is a 500 with its cause', async () => {
    const one = await backend((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 O', () => socket.resetAndDestroy())),
    );
    const gateway = await start(wideApi(one.port));
    expect((await talk(gateway.port, get)).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=connection_terminated/,
    );
  });
  it('F9: a reset inside a body is no clean answer', async () => {
    const one = await backend((socket) =>
      socket.once('data', () =>
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n${'x'.repeat(200_000)}`,
          () => setTimeout(() => socket.resetAndDestroy(), 30),
        ),
      ),
    );
    const gateway = await start(wideApi(one.port));
    const { text, closed } = await talk(gateway.port, get, 600);
    expect(closed).toBe(true);
    expect(text.length).toBeLessThan(900_000);
  });
  it('F9: more bytes than the length says are not the next answer', async () => {
    let calls = 0;
    const one = await backend((socket) =>
      socket.on('data', () =>
        socket.write(
          calls++ === 0 ? `${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison` : ok,
        ),
      ),
    );
    const gateway = await start(wideApi(one.port));
    expect((await talk(gateway.port, get, 80)).text).toMatch(/ok$/);
    for (let index = 0; index < 3; index++)
      expect((await talk(gateway.port, get, 80)).text).not.toContain('poison');
  });
  it('F9: a backend that closes half of its connection still gets and gives the whole', async () => {
    const one = await backend((socket) =>
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf-open')),
    );
    const gateway = await start(wideApi(one.port));
    expect((await talk(gateway.port, get, 200)).text).toMatch(/^HTTP\/1\.1 200[^]*half-open/);
  });
  it('F9: an upload whose backend never says 100 goes on by itself', async () => {
    let seen = '';
    const one = await backend((socket) =>
      socket.on('data', (chunk) => {
        seen += chunk.toString('latin1');
        if (seen.endsWith('body')) socket.write(ok);
      }),
    );
    const gateway = await start(wideApi(one.port));
    const socket = net.connect(gateway.port, '127.0.0.1', () =>
      socket.write(
        'POST /api/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
      ),
    );
    let text = '';
    let sent = false;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!sent && text.includes('100 Continue')) {
        sent = true;
        socket.write('body');
      }
    });
    for (let index = 0; index < 60 && !text.includes('200 OK'); index++) await wait(50);
    socket.destroy();
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
    expect(seen).toMatch(/body$/);
  });
  it.each([
    ['a certificate that nobody issued', {}, /^HTTP\/1\.1 500[^]*error=tls_certificate_error/],
    [
      'a certificate for another name',
      { validateCertificateChain: false },
      /^HTTP\/1\.1 500[^]*error=tls_certificate_error/,
    ],
    [
      'a certificate that is not looked at',
      { validateCertificateChain: false, validateCertificateName: false },
      /^HTTP\/1\.1 200/,
    ],
  ])('F9: %s', async (_name, settings, expected) => {
    const [cert, key] = [
      await readFile(`${fixtures}one.crt`),
      await readFile(`${fixtures}one.key`),
    ];
    const server = tls.createServer({ cert, key }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(ok));
    });
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = await start([
      ...wideApi(1, chosen),
      { id: '/backends/b', properties: { url, protocol: 'http', tls: settings } },
    ]);
    expect((await talk(gateway.port, get)).text).toMatch(expected);
  });
  it('F9: only what may be repeated is repeated, and only by the retry policy', async () => {
    let calls = 0;
    const one = await backend((socket) =>
      socket.on('data', () => {
        calls++;
        socket.destroy();
      }),
    );
    const gateway = await start(wideApi(one.port));
    for (const method of ['GET', 'PUT', 'POST', 'DELETE'])
      expect(
        (
          await talk(
            gateway.port,
            `${method} /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
            80,
          )
        ).text,
      ).toMatch(/^HTTP\/1\.1 500/);
    expect(calls).toBe(4);
  });
  it('F9: a breaker opens after its failures, and answers without a call', async () => {
    let calls = 0;
    const one = await backend((socket) =>
      socket.on('data', () => {
        calls++;
        socket.destroy();
      }),
    );
    const rule = {
      name: 'r',
      failureCondition: {
        count: 3,
        interval: 'PT1M',
        statusCodeRanges: [{ min: 500, max: 599 }],
        errorReasons: ['BackendConnectionFailure'],
      },
      tripDuration: 'PT1M',
    };
    const gateway = await start([
      ...wideApi(1, chosen),
      {
        id: '/backends/b',
        properties: {
          url: `http://127.0.0.1:${one.port}`,
          protocol: 'http',
          circuitBreaker: { rules: [rule] },
        },
      },
    ]);
    for (let index = 0; index < 8; index++) await talk(gateway.port, get, 60);
    expect(calls).toBe(3);
    expect((await talk(gateway.port, get, 60)).text).toMatch(/^HTTP\/1\.1 503/);
  });

  it('F10: a name with an address that is down is reached at its other address', async () => {
    const one = await backend((socket) => socket.on('data', () => socket.write(ok)));
    const gateway = await start(at(`http://localhost:${one.port}`));
    for (let index = 0; index < 3; index++)
      expect((await talk(gateway.port, get, 80)).text).toContain('HTTP/1.1 200');
  });
  it('F10: a name that leads to this machine is refused by the address that is connected to', async () => {
    const one = await backend((socket) => socket.on('data', () => socket.write(ok)));
    const gateway = await start(
      at(`http://localhost:${one.port}`),
      '--allow-private-backends=false',
    );
    expect((await talk(gateway.port, get)).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=destination_ip_prohibited/,
    );
    expect(one.sockets.size).toBe(0);
  });

  it('F11: an upload that trickles meets its deadline', async () => {
    const one = await backend((socket) => socket.resume());
    const gateway = await start(
      wideApi(one.port),
      '--request-timeout=800ms',
      '--headers-timeout=400ms',
    );
    const started = performance.now();
    const socket = net.connect(gateway.port, '127.0.0.1', () =>
      socket.write('POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n'),
    );
    socket.on('error', () => {});
    const timer = setInterval(() => socket.write('x'), 100);
    await new Promise((resolve) => socket.on('close', resolve));
    clearInterval(timer);
    expect(performance.now() - started).toBeLessThan(9000);
    await wait(100);
    expect(one.sockets.size).toBe(0);
  }, 15_000);
  it('F11: callers that read nothing hold back neither memory nor others', async () => {
    const block = Buffer.alloc(1 << 20, 'x');
    const one = await backend((socket) =>
      socket.on('data', (chunk) => {
        if (chunk.toString('latin1').includes('/small')) return void socket.write(ok);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${200 << 20}\r\n\r\n`);
        const more = (): void => {
          while (!socket.destroyed && socket.write(block));
          if (!socket.destroyed) socket.once('drain', more);
        };
        more();
      }),
    );
    const gateway = await start(wideApi(one.port));
    const before = process.memoryUsage().external + process.memoryUsage().arrayBuffers;
    const slow = Array.from({ length: 5 }, () => {
      const socket = net.connect(gateway.port, '127.0.0.1', () => socket.write(get));
      socket.pause();
      return socket.on('error', () => {});
    });
    await wait(600);
    expect((await talk(gateway.port, get.replace('/x', '/small'), 80)).text).toMatch(/ok$/);
    expect(
      process.memoryUsage().external + process.memoryUsage().arrayBuffers - before,
    ).toBeLessThan(60 << 20);
    for (const socket of slow) socket.destroy();
  });
  it('F11, 57 (CVE-2023-44487): a caller that resets streams without end loses its connection', async () => {
    const one = await backend((socket) => socket.on('data', () => socket.write(ok)));
    const gateway = await start(wideApi(one.port), '--tls-port=0', `--tls-folder=${fixtures}`);
    const session = http2.connect(`https://127.0.0.1:${gateway.server.listening[0]}`, {
      rejectUnauthorized: false,
      servername: 'one.example',
    });
    let gone = false;
    session
      .on('close', () => (gone = true))
      .on('error', () => {})
      .on('goaway', () => (gone = true));
    for (let index = 0; index < 5000 && !gone; index++) {
      const stream = session.request({ ':path': '/api/x', ':authority': 'one.example' });
      stream.on('error', () => {});
      stream.close(http2.constants.NGHTTP2_CANCEL);
      if (index % 100 === 0) await wait(5);
    }
    for (let index = 0; index < 60 && !gone; index++) await wait(50);
    session.destroy();
    expect(gone).toBe(true);
    expect((await talk(gateway.port, get, 80)).text).toContain('HTTP/1.1 200');
  }, 20_000);

  it('F18: an event stream under way goes on to its end while the process drains', async () => {
    const one = await backend((socket) =>
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
        );
        let count = 0;
        const timer = setInterval(() => {
          if (++count < 6) return void socket.write('7\r\ndata: x\r\n');
          clearInterval(timer);
          socket.write('0\r\n\r\n');
        }, 60);
      }),
    );
    const gateway = await startGateway(wideApi(one.port));
    const call = talk(gateway.port, get, 1000);
    await wait(120);
    const closing = gateway.close();
    const { text, closed } = await call;
    await closing;
    expect(text.match(/data: x/g)).toHaveLength(5);
    expect(text).toMatch(/\r\n0\r\n\r\n$/);
    expect(closed).toBe(true);
  });
  it('F18: a connection of HTTP/2 is told to go, its running streams end', async () => {
    const one = await backend((socket) =>
      socket.on('data', () => setTimeout(() => socket.write(ok), 250)),
    );
    const gateway = await startGateway(wideApi(one.port), [
      '--tls-port=0',
      `--tls-folder=${fixtures}`,
    ]);
    const session = http2.connect(`https://127.0.0.1:${gateway.server.listening[0]}`, {
      rejectUnauthorized: false,
      servername: 'one.example',
    });
    let told = false;
    session.on('goaway', () => (told = true)).on('error', () => {});
    const stream = session.request({ ':path': '/api/x', ':authority': 'one.example' });
    const status = new Promise((resolve, reject) => {
      stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
    });
    stream.resume();
    stream.end();
    await wait(100);
    const closing = gateway.close();
    expect(await status).toBe(200);
    await closing;
    await wait(50);
    session.destroy();
    expect(told).toBe(true);
  });
  it('F18: connections of WebSockets are closed when the process ends, on both sides', async () => {
    const one = await backend((socket) =>
      socket.once('data', () =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
        ),
      ),
    );
    const gateway = await startGateway([
      {
        id: '/apis/ws',
        properties: {
          path: 'ws',
          type: 'websocket',
          serviceUrl: `ws://127.0.0.1:${one.port}`,
          subscriptionRequired: false,
        },
      },
      {
        id: '/apis/ws/operations/onHandshake',
        properties: { displayName: 'h', method: 'GET', urlTemplate: '/' },
      },
    ]);
    const caller = net.connect(gateway.port, '127.0.0.1', () =>
      caller.write(
        'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
    );
    await new Promise((resolve) => caller.once('data', resolve));
    const ended = new Promise((resolve) => caller.on('close', resolve));
    await gateway.close();
    await ended;
    for (let index = 0; index < 20 && one.sockets.size > 0; index++) await wait(20);
    expect(one.sockets.size).toBe(0);
  });
});
