import http from 'node:http';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const get = 'GET /api/x HTTP/1.1\r\nHost: gateway.example\r\n\r\n';

describe('forwarding', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function serve(
    answer: (socket: net.Socket, request: string) => void,
    policy?: string,
  ): Promise<{ gateway: RunningGateway; backend: RawBackend }> {
    const backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => answer(socket, chunk.toString('latin1'))),
    );
    const gateway = await startGateway(wideApi(backend.port, policy));
    open.push(gateway, backend);
    return { gateway, backend };
  }

  it('F9: answers 500 when the backend refuses the connection, and tells why in Proxy-Status', async () => {
    const { gateway, backend } = await serve(() => {});
    backend.close();
    const { text } = await talk(gateway.port, get);
    expect(text).toContain('HTTP/1.1 500');
    expect(text).toContain('"message": "Internal server error"');
    expect(text).toMatch(/Proxy-Status: isthmus; error=connection_refused/i);
  });

  it('F9: answers 500 when the backend breaks off inside the head', async () => {
    const { gateway } = await serve((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'));
    expect((await talk(gateway.port, get)).text).toContain('HTTP/1.1 500');
  });

  it('F9: answers 500 for a small body that ends early', async () => {
    const { gateway } = await serve((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
    );
    expect((await talk(gateway.port, get)).text).toContain('HTTP/1.1 500');
  });

  it('F9: answers 500 for what is no HTTP', async () => {
    const { gateway } = await serve((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    expect((await talk(gateway.port, get)).text).toContain('HTTP/1.1 500');
  });

  it('F9: breaks the connection when a streamed body ends early, so that it never looks complete', async () => {
    const { gateway } = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
      setTimeout(() => socket.destroy(), 50);
    });
    const { text, closed } = await talk(gateway.port, get);
    expect(text).toContain('abc');
    expect(text).not.toContain('0\r\n\r\n');
    expect(closed).toBe(true);
  });

  it('F9: breaks the connection when a long body ends early', async () => {
    const { gateway } = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1000)}`);
      setTimeout(() => socket.destroy(), 50);
    });
    const { text, closed } = await talk(gateway.port, get);
    expect(text).toContain('Content-Length: 1000000');
    expect(closed).toBe(true);
  });

  it('sends chunks on as they come', async () => {
    const { gateway } = await serve((socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      let count = 0;
      const timer = setInterval(() => {
        if (++count < 4)
          socket.write(
            '9\r\ndata: 1\n\n\r\n'
              .replace('9', 'a')
              .replace('1\n\n', `${count}\n\n\n`)
              .slice(0, 15),
          );
        else {
          clearInterval(timer);
          socket.write('0\r\n\r\n');
        }
      }, 60);
    });
    const arrivals: number[] = [];
    await new Promise<void>((resolve, reject) => {
      http.get({ port: gateway.port, host: '127.0.0.1', path: '/api/events' }, (response) => {
        response.on('data', () => arrivals.push(performance.now()));
        response.on('end', resolve).on('error', reject);
      });
    });
    expect(arrivals).toHaveLength(3);
    expect(arrivals[2]! - arrivals[0]!).toBeGreaterThan(80);
  });

  it('F11: slows the backend down when the caller does not read', async () => {
    let written = 0;
    const block = Buffer.alloc(64 * 1024, 'x');
    const { gateway, backend } = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n');
      const more = (): void => {
        while (socket.writable && written < 1_073_741_824 && socket.write(block))
          written += block.length;
      };
      socket.on('drain', more);
      more();
    });
    const caller = net.connect(gateway.port, '127.0.0.1', () => caller.write(get));
    caller.pause();
    caller.on('error', () => {});
    await wait(400);
    const early = written;
    await wait(400);
    expect(written - early).toBeLessThan(8 * 1024 * 1024);
    expect(written).toBeLessThan(64 * 1024 * 1024);
    caller.destroy();
    await wait(150);
    expect(backend.sockets.size).toBe(0);
  });

  it('slows the caller down when the backend does not read', async () => {
    const backend = await rawBackend((socket) => socket.pause());
    const gateway = await startGateway(wideApi(backend.port));
    // The backend goes first: a caller that is not read from is not seen to leave.
    open.push(backend, gateway);
    const caller = net.connect(gateway.port, '127.0.0.1');
    caller.on('error', () => {});
    caller.write('POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n');
    let written = 0;
    const block = Buffer.alloc(64 * 1024, 'x');
    const more = (): void => {
      while (written < 1_073_741_824 && caller.write(block)) written += block.length;
    };
    caller.on('drain', more);
    more();
    await wait(500);
    const early = written;
    await wait(300);
    expect(written - early).toBeLessThan(8 * 1024 * 1024);
    expect(written).toBeLessThan(64 * 1024 * 1024);
    caller.destroy();
  });

  it('F11: cancels the call to the backend within 100 ms when the caller leaves', async () => {
    const { gateway, backend } = await serve(() => {});
    const caller = net.connect(gateway.port, '127.0.0.1', () => caller.write(get));
    await wait(150);
    expect(backend.sockets.size).toBe(1);
    caller.destroy();
    await wait(100);
    expect(backend.sockets.size).toBe(0);
    expect(gateway.log.at(-1)?.fields).toMatchObject({ status: 0, aborted: 'client' });
  });

  it('F9: takes answers before the request body is complete (an early 413)', async () => {
    const { gateway } = await serve((socket) =>
      socket.write(
        'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig',
      ),
    );
    const { text } = await talk(
      gateway.port,
      'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc',
    );
    expect(text).toContain('HTTP/1.1 413');
  });

  it('ends a call whose backend does not answer in time', async () => {
    const { gateway } = await serve(
      () => {},
      '<policies><inbound/><backend><forward-request timeout-ms="100"/></backend><outbound/><on-error/></policies>',
    );
    const { text } = await talk(gateway.port, get, 1000);
    expect(text).toContain('HTTP/1.1 500');
  });

  it('reuses connections', async () => {
    const { gateway, backend } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    for (let index = 0; index < 5; index++) await talk(gateway.port, get, 50);
    expect(backend.sockets.size).toBe(1);
  });

  it('passes Early Hints on to callers that know them, and no other interim answers', async () => {
    const { gateway } = await serve((socket) =>
      socket.write(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nX-Inner: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: no link\r\n\r\nHTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
    expect((await talk(gateway.port, get)).text).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>; rel=preload\r\n\r\nHTTP\/1\.1 200/i,
    );
    const old = get.replace('HTTP/1.1', 'HTTP/1.0');
    expect((await talk(gateway.port, old)).text).toMatch(/^HTTP\/1\.[01] 200/);
  });

  it('passes trailers on', async () => {
    const { gateway } = await serve((socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n',
      ),
    );
    expect((await talk(gateway.port, get)).text).toMatch(/0\r\nX-Sum: 42\r\n/i);
  });

  it('keeps the length of an answer to HEAD', async () => {
    const { gateway } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'),
    );
    const { text } = await talk(gateway.port, get.replace('GET', 'HEAD'));
    expect(text).toContain('Content-Length: 5000');
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('gives 204 and 304 neither body nor length', async () => {
    const { gateway } = await serve((socket, request) =>
      socket.write(
        request.includes('/204')
          ? 'HTTP/1.1 204 No Content\r\n\r\n'
          : 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n',
      ),
    );
    const none = await talk(gateway.port, get.replace('/x', '/204'));
    expect(none.text).toMatch(/^HTTP\/1\.1 204/);
    expect(none.text).not.toMatch(/content-length|transfer-encoding/i);
    expect((await talk(gateway.port, get)).text).toMatch(/^HTTP\/1\.1 304[^]*ETag: "1"/);
  });

  it('leaves compressed answers as they are', async () => {
    const { gateway } = await serve((socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8bxy',
      ),
    );
    const { text } = await talk(gateway.port, get);
    expect(text).toContain('Content-Encoding: gzip');
    expect(text).toContain('\x1f');
  });

  it('asks for a body only when somebody wants it', async () => {
    const { gateway } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const expecting =
      'POST /api/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
    expect((await talk(gateway.port, expecting, 200)).text).toMatch(/^HTTP\/1\.1 100 Continue/);
    expect((await talk(gateway.port, expecting.replace('/api', '/nowhere'), 200)).text).toMatch(
      /^HTTP\/1\.1 404/,
    );
  });

  it('goes on after a body that nobody read', async () => {
    const { gateway } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const { text } = await talk(
      gateway.port,
      `POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello${get}`,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  it('goes on after a body that the backend did not want to its end', async () => {
    let calls = 0;
    const { gateway } = await serve((socket, request) => {
      // The rest of the body and the next request may come in one read.
      if (/(?:POST|GET) \S+ HTTP/.test(request))
        socket.write(
          calls++ === 0
            ? 'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nbig'
            : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        );
    });
    const body = 'x'.repeat(400_000);
    const { text } = await talk(
      gateway.port,
      `POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}${get}`,
      2500,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  it('joins WebSocket callers and backends after the policies', async () => {
    const { gateway } = await serve((socket, request) => {
      if (request.startsWith('GET'))
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhi',
        );
      else socket.write(`echo:${request}`);
    });
    const caller = net.connect(gateway.port, '127.0.0.1');
    let text = '';
    caller.on('data', (chunk) => (text += chunk.toString('latin1')));
    caller.write(
      'GET /api/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await wait(200);
    expect(text).toMatch(/^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: s3pP[^]*hi$/);
    caller.write('frame');
    await wait(100);
    expect(text.endsWith('echo:frame')).toBe(true);
    caller.destroy();
  });

  it('answers a handshake that the backend refuses as plain HTTP', async () => {
    const { gateway } = await serve((socket) =>
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'),
    );
    const { text, closed } = await talk(
      gateway.port,
      'GET /api/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 403[^]*no$/);
    expect(closed).toBe(true);
  });

  it('ignores offers of other protocols', async () => {
    const { gateway } = await serve((socket, request) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${/upgrade|http2-settings/i.test(request) ? 'no' : 'ok'}`,
      ),
    );
    const { text } = await talk(
      gateway.port,
      'GET /api/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200[^]*ok$/);
  });

  it('F18: lets running calls end when it drains, and takes no new connections', async () => {
    const { gateway } = await serve((socket) =>
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 200),
    );
    const running = talk(gateway.port, get, 1000);
    await wait(80);
    const closing = gateway.close();
    await expect(talk(gateway.port, get)).rejects.toThrow('ECONNREFUSED');
    const { text } = await running;
    expect(text).toMatch(/^HTTP\/1\.1 200[^]*Connection: close[^]*ok$/);
    await closing;
    open.splice(0, 1);
  });
});
