import net from 'node:net';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a connection of a caller', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  const seen: string[] = [];
  beforeAll(async () => {
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        seen.push(chunk.toString('latin1'));
        socket.write(ok);
      }),
    );
    gateway = await startGateway(wideApi(backend.port));
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
  });
  beforeEach(() => void (seen.length = 0));

  const head = (line: string, ...fields: string[]): string =>
    [`${line} HTTP/1.1`, 'Host: gateway.example', ...fields, '', ''].join('\r\n');
  const smuggled = 'GET /api/smuggled HTTP/1.1\r\nHost: gateway.example\r\n\r\n';

  it.each([
    [
      'Content-Length beside Transfer-Encoding',
      head('POST /api/x', 'Content-Length: 4', 'Transfer-Encoding: chunked') +
        `0\r\n\r\n${smuggled}`,
    ],
    [
      'Transfer-Encoding beside Content-Length',
      head('POST /api/x', 'Transfer-Encoding: chunked', 'Content-Length: 4') +
        `0\r\n\r\n${smuggled}`,
    ],
    [
      'two Content-Length headers that differ',
      head('POST /api/x', 'Content-Length: 0', 'Content-Length: 44') + smuggled,
    ],
    [
      'two Content-Length headers that agree',
      head('POST /api/x', 'Content-Length: 2', 'Content-Length: 2') + 'ab',
    ],
    ['a Content-Length list', head('POST /api/x', 'Content-Length: 2, 2') + 'ab'],
    ['a signed Content-Length', head('POST /api/x', 'Content-Length: +2') + 'ab'],
    ['a hexadecimal Content-Length', head('POST /api/x', 'Content-Length: 0x2') + 'ab'],
    [
      'a Content-Length beyond all numbers',
      head('POST /api/x', 'Content-Length: 99999999999999999999') + 'ab',
    ],
    [
      'chunked that is not the last coding',
      head('POST /api/x', 'Transfer-Encoding: chunked, identity') + `0\r\n\r\n${smuggled}`,
    ],
    ['an unknown coding', head('POST /api/x', 'Transfer-Encoding: xchunked') + smuggled],
    [
      'a coding before chunked',
      head('POST /api/x', 'Transfer-Encoding: gzip, chunked') + `0\r\n\r\n${smuggled}`,
    ],
    [
      'two Transfer-Encoding headers',
      head('POST /api/x', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') +
        `0\r\n\r\n${smuggled}`,
    ],
    [
      'a quoted coding',
      head('POST /api/x', 'Transfer-Encoding: "chunked"') + `0\r\n\r\n${smuggled}`,
    ],
    [
      'a coding with a vertical tab',
      head('POST /api/x', 'Transfer-Encoding: \x0bchunked') + `0\r\n\r\n${smuggled}`,
    ],
    [
      'Transfer-Encoding in HTTP/1.0',
      'POST /api/x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a blank before the colon', head('POST /api/x', 'Content-Length : 2') + 'ab'],
    ['a folded header line', head('GET /api/x', 'X-A: 1', ' folded')],
    ['a bare carriage return in a header', head('GET /api/x', 'X-A: 1\rX-B: 2')],
    ['a bare carriage return as line end', 'GET /api/x HTTP/1.1\rHost: a\r\r'],
    ['a NUL in a header value', head('GET /api/x', 'X-A: a\0b')],
    ['an empty header name', head('GET /api/x', ': x')],
    ['a blank in a header name', head('GET /api/x', 'X A: 1')],
    [
      'a chunk size with an underscore',
      head('POST /api/x', 'Transfer-Encoding: chunked') + '0_2\r\nab\r\n0\r\n\r\n',
    ],
    [
      'a chunk size with 0x',
      head('POST /api/x', 'Transfer-Encoding: chunked') + '0x2\r\nab\r\n0\r\n\r\n',
    ],
    [
      'a chunk size with a sign',
      head('POST /api/x', 'Transfer-Encoding: chunked') + '+2\r\nab\r\n0\r\n\r\n',
    ],
    [
      'a chunk size with a line feed alone',
      head('POST /api/x', 'Transfer-Encoding: chunked') + '2\nab\r\n0\r\n\r\n',
    ],
    [
      'a chunk extension without end',
      head('POST /api/x', 'Transfer-Encoding: chunked') +
        `2;${'x'.repeat(20_000)}\r\nab\r\n0\r\n\r\n`,
    ],
    [
      'a chunk that is longer than it says',
      head('POST /api/x', 'Transfer-Encoding: chunked') + `1\r\nabc\r\n0\r\n\r\n`,
    ],
    ['no Host', 'GET /api/x HTTP/1.1\r\n\r\n'],
    ['two Hosts', head('GET /api/x', 'Host: other.example')],
    ['a Host with a path', 'GET /api/x HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['a Host with a user', 'GET /api/x HTTP/1.1\r\nHost: a@b\r\n\r\n'],
    ['a port beyond 65535', 'GET /api/x HTTP/1.1\r\nHost: a:65536\r\n\r\n'],
    ['a port of six digits', 'GET /api/x HTTP/1.1\r\nHost: a:000080\r\n\r\n'],
    ['an empty port', 'GET /api/x HTTP/1.1\r\nHost: a:\r\n\r\n'],
    ['garbage behind the port', 'GET /api/x HTTP/1.1\r\nHost: a:80x\r\n\r\n'],
    ['two ports', 'GET /api/x HTTP/1.1\r\nHost: a:80:80\r\n\r\n'],
    ['an address of IPv6 that is none', 'GET /api/x HTTP/1.1\r\nHost: [:::]\r\n\r\n'],
    ['garbage behind an address of IPv6', 'GET /api/x HTTP/1.1\r\nHost: [::1]80\r\n\r\n'],
    ['IPv6 without brackets', 'GET /api/x HTTP/1.1\r\nHost: ::1\r\n\r\n'],
    ['a target with a port beyond 65535', 'GET http://a:99999/api/x HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a raw hash in the target', head('GET /api/x#frag')],
    ['a blank in the target', 'GET /api/x y HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a backslash in the path', head('GET /api\\x')],
    ['a target without a slash', head('GET api/x')],
    ['an asterisk', head('GET *')],
    ['an absolute target with a user', head('GET http://a@b/api/x')],
    ['another protocol in the target', head('GET ftp://b/api/x')],
    ['HTTP/0.9', 'GET /api/x\r\n\r\n'],
    ['HTTP/2 without its preface', 'GET /api/x HTTP/2.0\r\nHost: a\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['an escaped NUL in the path', head('GET /api/x%00')],
    [
      'two Content-Type headers',
      head(
        'POST /api/x',
        'Content-Type: application/json',
        'Content-Type: text/plain',
        'Content-Length: 2',
      ) + 'ab',
    ],
    [
      'two Authorization headers',
      head('GET /api/x', 'Authorization: Bearer a', 'Authorization: Bearer b'),
    ],
  ])('is refused and closed for %s', async (_name, bytes) => {
    const { text, closed } = await talk(gateway.port, bytes);
    expect(closed).toBe(true);
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
    // A chunk that breaks may be found out only when the head has gone to the backend already.
    expect(['400', '500', undefined]).toContain(statuses[0]);
    expect(statuses.length).toBeLessThanOrEqual(1);
    expect(seen.join('')).not.toContain('smuggled');
  });

  it.each([
    ['a head that is too large', head('GET /api/x', `X-A: ${'a'.repeat(40_000)}`), '431'],
    ['a request target that is too long', head(`GET /api/${'a'.repeat(40_000)}`), '431'],
    ['CONNECT', 'CONNECT backend:443 HTTP/1.1\r\nHost: backend:443\r\n\r\n', '400'],
  ])('is closed for %s', async (_name, bytes, status) => {
    const { text, closed } = await talk(gateway.port, bytes);
    expect(closed).toBe(true);
    expect(/HTTP\/1\.1 (\d+)/.exec(text)?.[1]).toBe(status);
    expect(seen).toEqual([]);
  });

  it('serves pipelined requests one after the other', async () => {
    const { text } = await talk(
      gateway.port,
      head('GET /api/1') + head('GET /api/2') + head('GET /api/3'),
    );
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(seen.map((one) => one.split(' ')[1])).toEqual(['/1', '/2', '/3']);
  });
  it.each([
    ['a request', ''],
    ['an upgrade', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
    ['a request that waits for 100', 'Expect: 100-continue\r\nContent-Length: 2\r\n'],
  ])('tells %s without Host what it tells others, and closes', async (_name, fields) => {
    const bytes = `GET /api/x HTTP/1.1\r\n${fields}\r\n`;
    const { text, closed } = await talk(gateway.port, bytes + smuggled);
    expect(closed).toBe(true);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(text).toContain('Content-Type: application/json\r\n');
    expect(text.endsWith('\r\n\r\n{ "statusCode": 400, "message": "Bad request" }')).toBe(true);
    expect(seen.join('')).not.toContain('smuggled');
  });

  it('takes a request of HTTP/1.0 without Host', async () => {
    const { text } = await talk(gateway.port, 'GET /api/x HTTP/1.0\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('takes an absolute target, whose authority replaces Host', async () => {
    const { text } = await talk(gateway.port, head('GET http://gateway.example/api/x'));
    expect(text).toContain('HTTP/1.1 200');
  });
  it('forwards a chunked body as it is framed anew', async () => {
    await talk(
      gateway.port,
      head('POST /api/x', 'Transfer-Encoding: chunked') + '2\r\nab\r\n3;x=1\r\ncde\r\n0\r\n\r\n',
    );
    expect(seen.join('').toLowerCase()).toContain('transfer-encoding: chunked');
    expect(seen.join('')).toMatch(/abcde|2\r\nab\r\n3\r\ncde/);
    expect(seen.join('')).not.toContain('x=1');
  });
  it('does not let Connection remove what the gateway adds', async () => {
    await talk(
      gateway.port,
      head('GET /api/x', 'Connection: x-forwarded-for, X-Token, close', 'X-Token: 1'),
    );
    expect(seen.join('')).toMatch(/x-forwarded-for: 127\.0\.0\.1/i);
    expect(seen.join('')).not.toMatch(/x-token/i);
  });
  it('drops what only proxies may say, in every spelling', async () => {
    await talk(
      gateway.port,
      head(
        'GET /api/x',
        'X-Forwarded-Host: evil',
        'x-forwarded-PROTO: https',
        'X_Forwarded_For: 1.1.1.1',
        'X-Original-URL: /admin',
        'Forwarded: for=1.1.1.1',
      ),
    );
    expect(seen.join('')).not.toMatch(
      /evil|x-forwarded-proto|x_forwarded_for|x-original-url|forwarded: for/i,
    );
  });
  it('never sends two lengths to a backend', async () => {
    await talk(gateway.port, head('POST /api/x', 'content-length: 2') + 'ab');
    expect(seen.join('').match(/content-length/gi)).toHaveLength(1);
  });

  it('writes nothing into an answer that is on its way, whatever else comes on the connection', async () => {
    const streaming = await rawBackend((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
        setTimeout(() => socket.write('3\r\ndef\r\n0\r\n\r\n'), 300);
      }),
    );
    const other = await startGateway(wideApi(streaming.port));
    try {
      const text = await new Promise<string>((resolve) => {
        let all = '';
        let spoilt = false;
        const socket = net.connect(other.port, '127.0.0.1', () => socket.write(head('GET /api/x')));
        socket
          .on('data', (chunk) => {
            all += chunk.toString('latin1');
            if (all.includes('abc') && !spoilt) {
              spoilt = true;
              socket.write('no request\x01\r\n\r\n');
            }
          })
          .on('error', () => {})
          .on('close', () => resolve(all));
      });
      expect(text).toMatch(/\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\nHTTP\/1\.1 400 /);
    } finally {
      await other.close();
      streaming.close();
    }
  });
});
