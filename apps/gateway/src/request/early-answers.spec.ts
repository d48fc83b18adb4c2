import net from 'node:net';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const agreed =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
const policy =
  '<policies><inbound><choose><when condition="@(context.Request.Headers.ContainsKey(&quot;X-Deny&quot;))"><return-response><set-status code="403" /></return-response></when></choose></inbound><backend><forward-request /></backend><outbound /><on-error /></policies>';
const wait = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));

/** An API at /live whose backend makes WebSockets. */
function live(port: number): Resource {
  return {
    id: '/apis/live',
    properties: {
      displayName: 'Live',
      type: 'websocket',
      path: 'live',
      serviceUrl: `ws://127.0.0.1:${port}`,
      subscriptionRequired: false,
    },
  };
}

describe('an answer before the end of its request', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  const seen: string[] = [];
  beforeAll(async () => {
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        seen.push(text);
        if (/upgrade: websocket/i.test(text)) socket.write(agreed);
        else if (text.includes('/slow')) setTimeout(() => socket.write(ok), 300);
        else if (text.includes('/long')) {
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
          setTimeout(() => socket.write('1\r\nb\r\n0\r\n\r\n'), 300);
        } else if (/^\w+ \//.test(text)) socket.write(ok);
        else socket.write(`echo:${text}`);
      }),
    );
    gateway = await startGateway(
      [...wideApi(backend.port, policy), live(backend.port)],
      ['--keep-alive-timeout=500ms'],
    );
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
  });
  beforeEach(() => void (seen.length = 0));

  const head = (line: string, ...fields: string[]): string =>
    [`${line} HTTP/1.1`, 'Host: gateway.example', ...fields, '', ''].join('\r\n');
  const statuses = (text: string): string[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1] ?? '');

  it.each([
    ['of a policy, to a body by length', 'POST /api/x', ['X-Deny: 1', 'Content-Length: 9'], '403'],
    ['of a policy, to chunks', 'POST /api/x', ['X-Deny: 1', 'Transfer-Encoding: chunked'], '403'],
    ['of the gateway, to a length', 'POST /nowhere', ['X-A: 1', 'Content-Length: 9'], '404'],
    ['of the gateway, to chunks', 'POST /nowhere', ['Transfer-Encoding: chunked'], '404'],
  ])(
    '%s, leaves the connection to the next request when the body has ended',
    async (_whose, line, fields, status) => {
      // What looks like a request inside of the body is none.
      const smuggled = 'GET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
      const chunked = fields.some((one) => one.startsWith('Transfer'));
      const length = chunked ? fields : [fields[0]!, `Content-Length: ${smuggled.length}`];
      const body = chunked
        ? `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
        : smuggled;
      const text = await new Promise<string>((resolve) => {
        let all = '';
        const socket = net.connect(gateway.port, '127.0.0.1', () =>
          socket.write(head(line, ...length) + body.slice(0, 5)),
        );
        socket.on('data', (chunk) => {
          all += chunk.toString('latin1');
          if (statuses(all).length === 1) socket.write(body.slice(5) + head('GET /api/next'));
          else if (all.endsWith('ok')) socket.destroy();
        });
        socket.on('error', () => {}).on('close', () => resolve(all));
      });
      expect(statuses(text)).toEqual([status, '200']);
      expect(seen.map((one) => one.split(' ')[1])).toEqual(['/next']);
    },
  );

  it.each([
    ['of a policy', 'POST /api/x', 'X-Deny: 1'],
    ['of the gateway', 'POST /nowhere', 'X-A: 1'],
  ])('%s, closes the connection of an upload without end', async (_whose, line, field) => {
    const started = performance.now();
    let text = '';
    let sent = 0;
    await new Promise<void>((resolve) => {
      const socket = net.connect(gateway.port, '127.0.0.1', () => {
        socket.write(head(line, field, 'Transfer-Encoding: chunked'));
        const chunk = `40000\r\n${'x'.repeat(0x40000)}\r\n`;
        const go = (): void => {
          while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
          if (!socket.destroyed) socket.once('drain', go);
        };
        go();
      });
      socket.on('data', (chunk) => (text += chunk.toString('latin1')));
      socket.on('error', () => {}).on('close', () => resolve());
    });
    expect(statuses(text)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(6000);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('closes the connection of an upload that stops after its answer', async () => {
    const { text, closed } = await talk(
      gateway.port,
      `${head('POST /nowhere', 'Content-Length: 100')}abc`,
      4000,
    );
    expect(statuses(text)).toEqual(['404']);
    expect(closed).toBe(true);
  });

  it('closes the connection of a caller who was not told to continue: body or request, nobody knows', async () => {
    const { text, closed } = await talk(
      gateway.port,
      head('POST /api/x', 'X-Deny: 1', 'Expect: 100-continue', 'Content-Length: 5'),
    );
    expect(text).toMatch(/^HTTP\/1\.1 403 [^]*\r\nConnection: close\r\n/i);
    expect(closed).toBe(true);
  });

  it('keeps the connection of a caller who was', async () => {
    const { text } = await talk(
      gateway.port,
      `${head('POST /api/x', 'Expect: 100-continue', 'Content-Length: 5')}hello${head('GET /api/y')}`,
    );
    expect(statuses(text)).toEqual(['100', '200', '200']);
    expect(text).not.toMatch(/connection: close/i);
  });

  it.each(['nonsense', '200-ok', '100-continue, other'])(
    'is 417 for "Expect: %s", and the connection closes',
    async (expectation) => {
      const { text, closed } = await talk(
        gateway.port,
        head('GET /api/x', `Expect: ${expectation}`) + head('GET /api/y'),
      );
      expect(text).toMatch(
        /^HTTP\/1\.1 417 Expectation Failed\r\n[^]*\{ "statusCode": 417, "message": "Expectation failed" \}$/,
      );
      expect(closed).toBe(true);
      expect(seen).toEqual([]);
    },
  );

  const handshake = head(
    'GET /live',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  );

  it('comes before the handshake that was sent behind it', async () => {
    const { text } = await talk(
      gateway.port,
      head('GET /api/slow') + head('GET /api/x') + handshake,
      600,
    );
    expect(statuses(text)).toEqual(['200', '200', '101']);
    expect(text.match(/\r\n\r\nok/g)).toHaveLength(2);
  });

  it('comes to its end before the handshake that was sent behind it', async () => {
    const { text } = await talk(gateway.port, head('GET /api/long') + handshake, 800);
    expect(statuses(text)).toEqual(['200', '101']);
    expect(text).toContain('1\r\na\r\n1\r\nb\r\n0\r\n\r\nHTTP/1.1 101');
  });

  it.each([
    ['bytes that are no request', 'no request\x01\r\n\r\n'],
    ['a request that is refused', 'GET /#x HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a body that is none', 'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n'],
  ])('comes before the refusal of %s behind it', async (_what, bytes) => {
    const { text, closed } = await talk(gateway.port, head('GET /api/slow') + bytes, 800);
    expect(statuses(text)).toEqual(['200', '400']);
    expect(closed).toBe(true);
  });

  it('is the last one where it closes the connection, whatever handshake is behind it', async () => {
    const { text, closed } = await talk(
      gateway.port,
      head('GET /api/slow', 'Connection: close') + handshake,
      600,
    );
    expect(statuses(text)).toEqual(['200']);
    expect(closed).toBe(true);
  });

  it('has no part in WebSockets: they may be silent for longer than idle connections', async () => {
    let text = '';
    const socket = net.connect(gateway.port, '127.0.0.1', () =>
      socket.write(head('GET /api/x') + handshake),
    );
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    await wait(1500);
    expect(statuses(text)).toEqual(['200', '101']);
    socket.write('frame');
    await wait(200);
    expect(text.endsWith('echo:frame')).toBe(true);
    socket.destroy();
  });

  it.each(['GET  /api/a', 'GET /api/a ', ' GET /api/a', 'GET\t/api/a'])(
    'is a refusal for a request line with other blanks than one between its parts: %j',
    async (line) => {
      const { text, closed } = await talk(gateway.port, head(line));
      expect(statuses(text)).toEqual(['400']);
      expect(closed).toBe(true);
      expect(seen).toEqual([]);
    },
  );
});
