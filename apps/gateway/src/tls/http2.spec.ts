import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import http2 from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { rawBackend, startGateway, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const policy =
  '<policies><inbound><choose><when condition="@(context.Request.Headers.ContainsKey(&quot;X-Deny&quot;))"><return-response><set-status code="403" /></return-response></when></choose></inbound><backend><forward-request buffer-response="false" /></backend><outbound /><on-error /></policies>';

describe('a caller who speaks HTTP/2', () => {
  let folder: string;
  let backend: RawBackend;
  let gateway: RunningGateway;
  let session: ClientHttp2Session;
  let answer: (socket: Socket, request: string) => void;
  const gone: number[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'http2-'));
    for (const end of ['crt', 'key'])
      await copyFile(`${fixtures}one.${end}`, join(folder, `one.${end}`));
    backend = await rawBackend((socket) => {
      socket.on('data', (chunk) => answer(socket, chunk.toString('latin1')));
      socket.on('close', () => gone.push(performance.now()));
    });
    gateway = await startGateway(
      [
        ...wideApi(backend.port, policy),
        {
          id: '/apis/live',
          properties: {
            displayName: 'Live',
            type: 'websocket',
            path: 'live',
            serviceUrl: `ws://127.0.0.1:${backend.port}`,
            subscriptionRequired: false,
          },
        },
      ],
      [
        '--tls-port=0',
        `--tls-folder=${folder}`,
        '--keep-alive-timeout=500ms',
        '--request-timeout=1500ms',
      ],
    );
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
    await rm(folder, { recursive: true, maxRetries: 9 });
  });
  beforeEach(() => {
    gone.length = 0;
    session = http2.connect(`https://127.0.0.1:${gateway.server.listening[0]}`, {
      rejectUnauthorized: false,
      servername: 'one.example',
    });
    session.on('error', () => {});
  });
  afterEach(() => session.destroy());

  const open = (headers: OutgoingHttpHeaders, end = true): ClientHttp2Stream =>
    session.request(
      { ':path': '/api/x', ':authority': 'one.example', ...headers },
      {
        endStream: end,
      },
    );
  interface Answer {
    status: number | undefined;
    interim: http2.IncomingHttpHeaders[];
    headers: http2.IncomingHttpHeaders;
    trailers: http2.IncomingHttpHeaders;
    text: string;
    code: number;
  }
  function all(stream: ClientHttp2Stream): Promise<Answer> {
    const answered: Answer = {
      status: undefined,
      interim: [],
      headers: {},
      trailers: {},
      text: '',
      code: 0,
    };
    return new Promise((resolve) => {
      stream
        .on('headers', (headers) => answered.interim.push(headers))
        .on('response', (headers) =>
          Object.assign(answered, { headers, status: headers[':status'] }),
        )
        .on('trailers', (trailers) => Object.assign(answered, { trailers }))
        .on('data', (chunk: Buffer) => (answered.text += chunk.toString('latin1')))
        .on('error', () => {})
        .on('close', () => resolve({ ...answered, code: stream.rstCode }));
    });
  }

  it('gets what a backend says twice, even where once would be right', async () => {
    const fields = ['etag', 'content-type', 'location', 'x-content-type-options'];
    const lines = fields.map((name) => `${name}: a\r\n${name}: b\r\n`).join('');
    answer = (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${lines}\r\nok`);
    const stream = open({});
    const raw = new Promise<string[]>((resolve) =>
      stream.on('response', (_headers, _flags, list: string[]) => resolve(list)),
    );
    expect((await all(stream)).text).toBe('ok');
    const told = await raw;
    for (const name of fields)
      expect(told.filter((_, at) => told[at & ~1] === name)).toEqual([name, 'a', name, 'b']);
  });

  it('gets every trailer of a name', async () => {
    answer = (socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: 1\r\nx-a: 2\r\n\r\n',
      );
    expect((await all(open({}))).trailers['x-a']).toBe('1, 2');
  });

  it.each([
    ['205 and a body', 205, 205, ''],
    ['a status that HTTP/2 does not know', 999, 500, 'ok'],
  ])('is answered when a backend answers with %s', async (_what, from, to, body) => {
    answer = (socket) => socket.write(`HTTP/1.1 ${from} X\r\nContent-Length: 2\r\n\r\nok`);
    const { status, text } = await all(open({}));
    expect([status, text]).toEqual([to, body]);
  });

  it('is refused when it names two hosts', async () => {
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    expect((await all(open({ host: 'two.example' }))).status).toBe(400);
    expect((await all(open({ host: 'ONE.example' }))).status).toBe(200);
    expect((await all(open({ ':authority': 'one.example,two.example' }))).status).toBe(400);
  });

  it('gets Early Hints before the answer', async () => {
    answer = (socket) =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Inner: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      );
    const { interim, status, text } = await all(open({}));
    expect([status, gateway.server.model?.failed]).toEqual([200, []]);
    expect(interim.map((one) => [one[':status'], one['link'], one['x-inner']])).toEqual([
      [103, '</a.css>; rel=preload', undefined],
    ]);
    expect([status, text]).toEqual([200, 'ok']);
  });

  it('gets answers to many requests on one connection, at once and one after the other', async () => {
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([open({}), open({}), open({})].map(all));
      expect(answers.map(({ status, text }) => [status, text])).toEqual(
        Array.from({ length: 3 }, () => [200, 'ok']),
      );
    }
  });

  it('gets trailers', async () => {
    answer = (socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\nX-Twice: a\r\n\r\n',
      );
    const { text, trailers, headers } = await all(open({}));
    expect(text).toBe('ok');
    expect(trailers).toMatchObject({ 'x-sum': '42', 'x-twice': 'a' });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  it('F11: who cancels a stream ends its call within 100 ms, and no other', async () => {
    answer = (socket, request) => {
      if (request.includes('/slow'))
        setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow'), 400);
    };
    const kept = all(open({ ':path': '/api/slow' }));
    const dropped = open({ ':path': '/api/never' });
    const ended = all(dropped);
    for (let index = 0; index < 100 && backend.sockets.size < 2; index++) await wait(5);
    const at = performance.now();
    dropped.close(http2.constants.NGHTTP2_CANCEL);
    await ended;
    for (let index = 0; index < 100 && gone.length === 0; index++) await wait(5);
    expect(gone[0]! - at).toBeLessThan(100);
    expect((await kept).text).toBe('slow');
  });

  it.each([
    ['cancels', (upload: ClientHttp2Stream) => upload.destroy()],
    ['breaks off', (upload: ClientHttp2Stream) => upload.destroy(new Error('x'))],
    ['leaves in the middle of', () => session.destroy()],
  ])('F11: who %s an upload takes it back from the backend', async (_what, leave) => {
    let got = '';
    answer = (_socket, text) => (got += text);
    const upload = open({ ':method': 'POST' }, false);
    const ended = all(upload);
    upload.write('begin');
    for (let index = 0; index < 100 && !got.includes('begin'); index++) await wait(5);
    expect(got).toContain('begin');
    leave(upload);
    await ended;
    for (let index = 0; index < 100 && gone.length === 0; index++) await wait(5);
    expect(gone).toHaveLength(1);
    // Never the end of a body that has none.
    expect(got).not.toContain('0\r\n\r\n');
  });

  it('gets an answer before the end of its upload, and goes on with others', async () => {
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const upload = open({ ':method': 'POST', 'x-deny': '1' }, false);
    upload.write('x'.repeat(1000));
    const early = await all(upload);
    expect([early.status, early.code]).toEqual([403, 0]);
    const next = await all(open({}));
    expect([next.status, next.code, next.text]).toEqual([200, 0, 'ok']);
  });

  it.each([
    ['a reset inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'],
    ['chunks that break off', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('F9: sees %s as a reset, never as the end', async (_what, text) => {
    answer = (socket) => {
      socket.write(text);
      setTimeout(() => socket.destroy(), 50);
    };
    const { code, status } = await all(open({}));
    expect([code === 0, status === 200 || status === 500]).toEqual([status === 500, true]);
  });

  it('is refused what only one connection can have: CONNECT, with and without a WebSocket', async () => {
    answer = () => {};
    for (const headers of [
      { ':method': 'CONNECT', ':authority': 'one.example:443' },
      {
        ':method': 'CONNECT',
        ':protocol': 'websocket',
        ':scheme': 'https',
        ':path': '/live',
        ':authority': 'one.example',
      },
    ]) {
      const answered = await new Promise((resolve) => {
        try {
          const stream = session.request(headers);
          stream.on('response', (response) => resolve(response[':status']));
          void all(stream.end()).then(({ status, code }) => resolve(status ?? code));
        } catch {
          // The server does not offer extended CONNECT (RFC 8441), so Node does not send it.
          resolve('not offered');
        }
      });
      expect(answered).not.toBe(200);
    }
    expect(session.remoteSettings.enableConnectProtocol ?? false).toBe(false);
    expect(backend.sockets.size).toBe(0);
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const after = session.destroyed ? undefined : (await all(open({}))).status;
    expect([200, undefined]).toContain(after);
  });

  it('gets the plain answer of a WebSocket backend: HTTP/2 has no handshake of its own here', async () => {
    let seen = '';
    answer = (socket, request) => {
      seen = request;
      socket.write(
        'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n',
      );
    };
    const { status, headers } = await all(open({ ':path': '/live' }));
    expect(status).toBe(426);
    expect(headers).not.toHaveProperty('upgrade');
    expect(seen).not.toMatch(/upgrade/i);
  });

  it('waits for a slow backend, however long idle connections are kept', async () => {
    answer = (socket) =>
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 1500);
    const { status, text } = await all(open({}));
    expect([status, text]).toEqual([200, 'ok']);
  });

  it('is not kept when nothing goes on', async () => {
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await all(open({}));
    for (let index = 0; index < 60 && !session.closed; index++) await wait(50);
    expect(session.closed).toBe(true);
  });

  it.each([
    ['has a window of 0', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    [
      'has a window of 0 for a stream without end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30000\r\n${'x'.repeat(0x30000)}\r\n`,
    ],
    [
      'has a window of 0 for much',
      `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(200_000)}`,
    ],
  ])('takes an answer within the time for it, or loses its stream: who %s', async (_what, text) => {
    answer = (socket) => socket.write(text);
    session.destroy();
    session = http2.connect(`https://127.0.0.1:${gateway.server.listening[0]}`, {
      rejectUnauthorized: false,
      servername: 'one.example',
      settings: { initialWindowSize: 0 },
    });
    session.on('error', () => {});
    const started = performance.now();
    const over = new Promise((resolve) => session.on('close', resolve));
    const { status, code } = await all(open({}));
    expect([status, code]).toEqual([200, http2.constants.NGHTTP2_CANCEL]);
    expect(performance.now() - started).toBeGreaterThan(1400);
    // And nothing keeps its connection any longer.
    await over;
  });

  it('sends its request within the time for it, a byte now and then or not', async () => {
    answer = () => {};
    const upload = open({ ':method': 'POST' }, false);
    const drip = setInterval(() => upload.write('x'), 100);
    const { status, text } = await all(upload);
    clearInterval(drip);
    expect([status, text]).toEqual([408, '{ "statusCode": 408, "message": "Request Timeout" }']);
    const refused = gateway.log.filter(
      ({ fields }) => (fields as { status?: number }).status === 408,
    );
    expect(refused).toHaveLength(1);
    for (let index = 0; index < 100 && gone.length === 0; index++) await wait(5);
    expect(gone).toHaveLength(1);
  });

  it.each([
    ['without a body', 'GET', ''],
    ['whose body is here', 'POST', 'x'.repeat(1000)],
  ])(
    'waits for a slow backend as long as it takes, with a request %s',
    async (_w, method, body) => {
      answer = (socket) =>
        setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 2500);
      const stream = open({ ':method': method }, body === '');
      if (body !== '') stream.end(body);
      const { status, text } = await all(stream);
      expect([status, text]).toEqual([200, 'ok']);
    },
  );
});

describe('a caller of HTTP/1.1 over TLS', () => {
  let folder: string;
  let backend: RawBackend;
  let gateway: RunningGateway;
  let answer: (socket: Socket, request: string) => void;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'https-'));
    for (const end of ['crt', 'key'])
      await copyFile(`${fixtures}one.${end}`, join(folder, `one.${end}`));
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => answer(socket, chunk.toString('latin1'))),
    );
    gateway = await startGateway(wideApi(backend.port), [
      ...['--tls-port=0', `--tls-folder=${folder}`, '--keep-alive-timeout=500ms'],
    ]);
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
    await rm(folder, { recursive: true, maxRetries: 9 });
  });
  async function talk(bytes: string, until: (text: string) => boolean): Promise<[string, number]> {
    const began = performance.now();
    return new Promise((resolve) => {
      let text = '';
      const options = { host: '127.0.0.1', servername: 'one.example', rejectUnauthorized: false };
      const socket = tls.connect({ ...options, port: gateway.server.listening[0] }, () =>
        socket.write(bytes),
      );
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (until(text)) socket.destroy();
      });
      socket.on('error', () => {}).on('close', () => resolve([text, performance.now() - began]));
    });
  }
  const get = 'GET /api/x HTTP/1.1\r\nHost: one.example\r\n\r\n';

  it('waits for a slow backend, and is let go when it rests', async () => {
    answer = (socket) =>
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 1500);
    const [slow] = await talk(get, (text) => text.endsWith('ok'));
    expect(slow).toMatch(/^HTTP\/1\.1 200/);
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const [, rested] = await talk(get, () => false);
    expect(rested).toBeLessThan(4000);
  });

  it('keeps a WebSocket that is silent', async () => {
    answer = (socket, text) =>
      socket.write(
        text.startsWith('GET')
          ? 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'
          : `echo:${text}`,
      );
    backend.sockets.forEach((one) => one.destroy());
    const [text] = await new Promise<[string]>((resolve) => {
      let all = '';
      const options = { host: '127.0.0.1', servername: 'one.example', rejectUnauthorized: false };
      const socket = tls.connect({ ...options, port: gateway.server.listening[0] }, () =>
        socket.write(
          'GET /api/x HTTP/1.1\r\nHost: one.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        ),
      );
      socket.on('data', (chunk) => {
        all += chunk.toString('latin1');
        if (all.includes('echo')) socket.destroy();
      });
      setTimeout(() => socket.write('frame'), 1500);
      socket.on('error', () => {}).on('close', () => resolve([all]));
    });
    expect(text).toMatch(/^HTTP\/1\.1 101[^]*echo:frame$/);
  });
});
