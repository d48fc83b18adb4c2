import { RefusedRequest } from './refused-request.js';
import { RequestReader } from './request-reader.js';
import { readAll } from './testing/read-all.js';
import { samples } from './testing/samples.js';

const limit = 4096;
const head = (line: string, ...fields: string[]): string =>
  [`${line} HTTP/1.1`, 'Host: a.example', ...fields, '', ''].join('\r\n');
const chunks = (body: string): string => head('POST /x', 'Transfer-Encoding: chunked') + body;
const next = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a reader of requests', () => {
  it('gives line, fields and body as they came', () => {
    const { requests, refused } = readAll(
      head('POST /a?b=c', 'X-A:  one two\t', 'x-a: \xe9', 'Content-Length: 3') + 'abc',
      limit,
    );
    expect(refused).toBeUndefined();
    expect(requests).toEqual([
      {
        method: 'POST',
        target: '/a?b=c',
        version: 1,
        fields: ['Host', 'a.example', 'X-A', 'one two', 'x-a', '\xe9', 'Content-Length', '3'],
        body: 'abc',
        persistent: true,
      },
    ]);
  });

  describe.each(samples)('reads the same wherever the bytes are split: %j', (sample) => {
    it.each([
      ['alone', sample],
      ['with the beginning of a request behind them', `${sample}GET /`],
    ])('%s', (_how, bytes) => {
      const whole = readAll(bytes, limit);
      expect(whole.refused).toBeUndefined();
      expect(whole.requests.length).toBeGreaterThan(0);
      for (let at = 1; at < bytes.length; at++)
        expect(readAll([bytes.slice(0, at), bytes.slice(at)], limit)).toEqual(whole);
      expect(readAll(bytes.split(''), limit)).toEqual(whole);
    });
  });

  it('puts small chunks of one read together, in their order, beside large ones', () => {
    const parts = Array.from({ length: 3000 }, (_, at) =>
      String.fromCharCode(0x61 + (at % 26)).repeat(at % 700 === 699 ? 2000 : 1 + (at % 3)),
    );
    const bytes = Buffer.from(
      chunks(
        `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`,
      ),
      'latin1',
    );
    const before = Buffer.from(bytes);
    const reader = new RequestReader(limit);
    const pieces: Buffer[] = [];
    const end = reader.readBody(
      bytes,
      reader.readHead(bytes, 0, bytes.length),
      bytes.length,
      (from, start, stop) => pieces.push(from.subarray(start, stop)),
    );
    expect([end, reader.ended]).toEqual([bytes.length, true]);
    // What was given stays as it was, and so does what was read.
    expect(Buffer.concat(pieces).toString('latin1')).toBe(parts.join(''));
    expect(bytes.equals(before)).toBe(true);
    expect(pieces.length).toBeLessThan(20);
  });

  it.each([
    ['a blank before the method', ' GET / HTTP/1.1\r\n\r\n'],
    ['two blanks behind the method', 'GET  / HTTP/1.1\r\n\r\n'],
    ['two blanks before the version', 'GET /  HTTP/1.1\r\n\r\n'],
    ['a blank behind the version', 'GET / HTTP/1.1 \r\n\r\n'],
    ['a tab for a blank', 'GET\t/ HTTP/1.1\r\n\r\n'],
    ['no target', 'GET HTTP/1.1\r\n\r\n'],
    ['no version', 'GET /\r\n\r\n'],
    ['a blank in the target', 'GET /a b HTTP/1.1\r\n\r\n'],
    ['a fragment', 'GET /a#b HTTP/1.1\r\n\r\n'],
    ['a control character in the target', 'GET /a\x01 HTTP/1.1\r\n\r\n'],
    ['a byte above ASCII in the target', 'GET /\xe9 HTTP/1.1\r\n\r\n'],
    ['a target without a slash', 'GET a HTTP/1.1\r\n\r\n'],
    ['a target of another protocol', 'GET ftp://a/ HTTP/1.1\r\n\r\n'],
    ['a target with a user', 'GET http://a@b/ HTTP/1.1\r\n\r\n'],
    ['a target without a host', 'GET http:///a HTTP/1.1\r\n\r\n'],
    ['more than an asterisk', 'OPTIONS *a HTTP/1.1\r\n\r\n'],
    ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\n\r\n'],
    ['an unknown method', 'GETS / HTTP/1.1\r\n\r\n'],
    ['a method in lower case', 'get / HTTP/1.1\r\n\r\n'],
    ['a method that is no token', 'G(T / HTTP/1.1\r\n\r\n'],
    ['a method without end', 'G'.repeat(100)],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/1.2', 'GET / HTTP/1.2\r\n\r\n'],
    ['HTTP/01.1', 'GET / HTTP/01.1\r\n\r\n'],
    ['HTTP/1.10', 'GET / HTTP/1.10\r\n\r\n'],
    ['http/1.1', 'GET / http/1.1\r\n\r\n'],
    ['another protocol', 'GET / RTSP/1.1\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01'],
    ['a bare LF behind the request line', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a bare CR behind the request line', 'GET / HTTP/1.1\rHost: a\r\r'],
    ['a bare LF behind a field', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
    ['a bare CR in a field', 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n'],
    ['a bare CR at the end of the head', 'GET / HTTP/1.1\r\nHost: a\r\n\r\r\n'],
    ['a folded field', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n'],
    ['a blank at the start of the fields', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
    ['a blank before a colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['a tab before a colon', 'GET / HTTP/1.1\r\nHost\t: a\r\n\r\n'],
    ['a field without a colon', 'GET / HTTP/1.1\r\nHost\r\n\r\n'],
    ['a field without a name', 'GET / HTTP/1.1\r\n: a\r\n\r\n'],
    ['a NUL in a name', 'GET / HTTP/1.1\r\nHo\0st: a\r\n\r\n'],
    ['a NUL in a value', 'GET / HTTP/1.1\r\nHost: a\0\r\n\r\n'],
    ['a DEL in a value', 'GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n'],
    ['a vertical tab in a value', 'GET / HTTP/1.1\r\nHost: a\x0b\r\n\r\n'],
    ['two empty lines before the request', '\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
    ['a bare LF before the request', '\nGET / HTTP/1.1\r\n\r\n'],
    ['a bare CR before the request', '\rGET / HTTP/1.1\r\n\r\n'],
    ['an empty Content-Length', head('POST /', 'Content-Length:')],
    ['a signed Content-Length', head('POST /', 'Content-Length: +1') + 'a'],
    ['a negative Content-Length', head('POST /', 'Content-Length: -1') + 'a'],
    ['a hexadecimal Content-Length', head('POST /', 'Content-Length: 0x1') + 'a'],
    ['a list of lengths', head('POST /', 'Content-Length: 1, 1') + 'a'],
    ['a blank in a length', head('POST /', 'Content-Length: 1 1') + 'a'],
    ['a length beyond all numbers', head('POST /', `Content-Length: ${'9'.repeat(20)}`)],
    ['two lengths that agree', head('POST /', 'Content-Length: 1', 'Content-Length: 1') + 'a'],
    ['two lengths that differ', head('POST /', 'Content-Length: 1', 'content-length: 2') + 'ab'],
    [
      'a length beside chunks',
      head('POST /', 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    ],
    [
      'chunks beside a length',
      head('POST /', 'Transfer-Encoding: chunked', 'Content-Length: 5') + '0\r\n\r\n',
    ],
    ['an unknown coding', head('POST /', 'Transfer-Encoding: gzip')],
    ['a coding before chunked', head('POST /', 'Transfer-Encoding: gzip, chunked')],
    ['a coding behind chunked', head('POST /', 'Transfer-Encoding: chunked, identity')],
    ['identity', head('POST /', 'Transfer-Encoding: identity')],
    ['an empty coding', head('POST /', 'Transfer-Encoding:')],
    ['a quoted coding', head('POST /', 'Transfer-Encoding: "chunked"')],
    ['a coding with a parameter', head('POST /', 'Transfer-Encoding: chunked;q=1')],
    ['a tab behind a coding', head('POST /', 'Transfer-Encoding: chunked\t') + '0\r\n\r\n'],
    ['a tab before a coding', head('POST /', 'Transfer-Encoding:\tchunked') + '0\r\n\r\n'],
    ['two codings', head('POST /', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
    ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk without a size', chunks('\r\nab\r\n')],
    ['a chunk size with 0x', chunks('0x2\r\nab\r\n')],
    ['a chunk size with an underscore', chunks('0_2\r\nab\r\n')],
    ['a signed chunk size', chunks('+2\r\nab\r\n')],
    ['a blank before a chunk size', chunks(' 2\r\nab\r\n')],
    ['a blank behind a chunk size', chunks('2 \r\nab\r\n')],
    ['a chunk size beyond all numbers', chunks(`${'f'.repeat(14)}\r\n`)],
    ['a chunk size with a bare LF', chunks('2\nab\r\n')],
    ['a chunk size with a bare CR', chunks('2\rab\r\n')],
    ['a chunk that is longer than it says', chunks('1\r\nab\r\n')],
    ['a chunk that is shorter than it says', chunks('3\r\nab\r\n')],
    ['a chunk with a bare LF behind it', chunks('2\r\nab\n')],
    ['an extension without a name', chunks('2;\r\nab\r\n')],
    ['an extension without a value', chunks('2;a=\r\nab\r\n')],
    ['an extension with a blank', chunks('2;a b\r\nab\r\n')],
    ['an extension with a bare LF', chunks('2;a\nab\r\n')],
    ['an extension with a quote inside', chunks('2;a=b"c"\r\nab\r\n')],
    ['an extension whose quote never ends', chunks('2;a="b\r\nab\r\n')],
    ['extensions without end', chunks(`2;${'a'.repeat(20_000)}\r\nab\r\n`)],
    ['a bare LF behind the last chunk', chunks('0\r\n\n')],
    ['trailers that are no fields', chunks('0\r\nno field\r\n\r\n')],
    ['a length among the trailers', chunks('0\r\nContent-Length: 2\r\n\r\n')],
    ['a coding among the trailers', chunks('0\r\nTransfer-Encoding: chunked\r\n\r\n')],
    ['a connection option among the trailers', chunks('0\r\nConnection: close\r\n\r\n')],
    ['trailers that are too long', chunks(`0\r\nX-A: ${'a'.repeat(5000)}\r\n\r\n`)],
  ])('refuses %s', (_what, bytes) => {
    for (const pieces of [bytes + next, (bytes + next).split('')]) {
      const { requests, refused } = readAll(pieces, limit);
      expect(refused).toBe(400);
      // What is behind it is no request.
      expect(requests).toEqual([]);
    }
  });

  it.each([
    ['too many bytes', head('GET /', `X-A: ${'a'.repeat(5000)}`), limit],
    ['too many bytes that do not end', `GET /${'a'.repeat(5000)}`, limit],
    ['too many fields', head('GET /', ...Array<string>(1001).fill('a: b')), 65_536],
  ])('says 431 to a head of %s', (_what, bytes, most) => {
    expect(readAll(bytes, most).refused).toBe(431);
    expect(readAll(bytes.match(/[^]{1,100}/g)!, most).refused).toBe(431);
  });

  it('reads over one empty line before a request', () => {
    const { requests, refused } = readAll(`\r\n${next}\r\n${next}`, limit);
    expect(refused).toBeUndefined();
    expect(requests.map((one) => one.target)).toEqual(['/next', '/next']);
  });

  it.each([
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: keep-alive'], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', ['Connection: X-A, CLOSE'], false],
    ['HTTP/1.1', ['Connection: X-A', 'Connection: close'], false],
    ['HTTP/1.1', ['Connection: closed'], true],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: keep-alive'], true],
    ['HTTP/1.0', ['Connection: X-A, Keep-Alive'], true],
    ['HTTP/1.0', ['Connection: keep-alive, close'], false],
  ])('%s with %j keeps the connection: %j', (version, fields, persistent) => {
    const bytes = [`GET / ${version}`, ...fields, '', ''].join('\r\n');
    expect(readAll(bytes, limit).requests[0]?.persistent).toBe(persistent);
  });

  it('never throws anything but a refusal, whatever comes', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let refusals = 0;
    for (let round = 0; round < 5000; round++) {
      const bytes = Buffer.from(samples[random(samples.length)]!, 'latin1');
      for (let change = random(4); change >= 0; change--) bytes[random(bytes.length)] = random(256);
      const text = bytes.toString('latin1');
      const cut = random(text.length);
      const { error } = readAll([text.slice(0, cut), text.slice(cut)], limit);
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(RefusedRequest);
      refusals++;
    }
    expect(refusals).toBeGreaterThan(1000);
  });
});
