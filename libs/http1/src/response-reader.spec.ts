/** The reader of answers alone, without sockets: bytes in, events out. */
import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { ResponseHead } from './response-head.js';
import { ResponseReader } from './response-reader.js';

fc.configureGlobal({ seed: jest.getSeed() });

/** What became of an answer. */
interface Outcome {
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly headers: readonly string[] | undefined;
  readonly body: string;
  readonly trailers: readonly string[] | undefined;
  /** "complete", or the cause of Proxy-Status. */
  readonly end: string;
  readonly reusable: boolean;
}

/** Reads pieces, then the end of the connection. */
function read(pieces: readonly Buffer[], method = 'GET'): Outcome {
  const reader = new ResponseReader();
  let head: ResponseHead | undefined;
  let body = '';
  let trailers: readonly string[] | undefined;
  const order: string[] = [];
  reader.begin(
    {
      onHead: (one) => {
        order.push('head');
        head = one;
      },
      onData: (chunk) => {
        if (order.at(-1) !== 'data') order.push('data');
        body += chunk.toString('latin1');
      },
      onEnd: (list) => {
        order.push('end');
        trailers = list;
      },
    },
    method,
  );
  // The reader must copy: the bytes are overwritten after each call.
  const shared = Buffer.alloc(Math.max(1, ...pieces.map((one) => one.length)));
  let end = '';
  let reusable = false;
  try {
    for (const piece of pieces) {
      if (reader.ended) {
        reader.surplus ||= piece.length > 0;
        break;
      }
      shared.fill('?');
      piece.copy(shared);
      reader.read(shared, piece.length);
    }
    reusable = reader.reusable;
    end = reader.close()?.proxyStatus ?? 'complete';
  } catch (error) {
    end = (error as { proxyStatus?: string }).proxyStatus ?? `thrown: ${String(error)}`;
  }
  expect(['', 'head', 'head,end', 'head,data', 'head,data,end']).toContain(order.join(','));
  expect(order.at(-1) === 'end').toBe(trailers !== undefined);
  return {
    status: head?.status,
    reason: head?.reason,
    headers: head && [...head.headers],
    body,
    trailers,
    end,
    reusable,
  };
}

const readText = (text: string, method?: string): Outcome =>
  read([Buffer.from(text, 'latin1')], method);

const ok = 'HTTP/1.1 200 OK\r\n';

// Machines that do much else are slow.
jest.setTimeout(30_000);

describe('ResponseReader', () => {
  it('reads status, reason and fields as they were written', () => {
    expect(
      readText(
        `${ok}Content-Type:text/plain\r\nX-A: 1 \t\r\nx-a: \xe9 2\r\nContent-Length: 2\r\n\r\nhi`,
      ),
    ).toEqual({
      status: 200,
      reason: 'OK',
      headers: ['Content-Type', 'text/plain', 'X-A', '1', 'x-a', '\xe9 2', 'Content-Length', '2'],
      body: 'hi',
      trailers: [],
      end: 'complete',
      reusable: true,
    });
  });
  it.each([
    ['no reason', 'HTTP/1.1 204 \r\n\r\n', { status: 204, reason: '' }],
    ['no blank before a missing reason', 'HTTP/1.1 204\r\n\r\n', { status: 204, reason: '' }],
    [
      'a status that nobody knows',
      'HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n',
      { status: 799, reusable: true },
    ],
    [
      'an empty field',
      `${ok}X-A:\r\nContent-Length: 0\r\n\r\n`,
      { headers: ['X-A', '', 'Content-Length', '0'] },
    ],
    [
      'chunks',
      `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n`,
      { body: 'abc0123456789', headers: [], reusable: true },
    ],
    [
      'chunks by a coding in capitals',
      `${ok}Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n`,
      { body: '', end: 'complete' },
    ],
    [
      'chunk extensions',
      `${ok}Transfer-Encoding: chunked\r\n\r\n1;a=b;c="d e"\r\nx\r\n000;z\r\n\r\n`,
      { body: 'x', end: 'complete' },
    ],
    [
      'trailers',
      `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 42\r\nX-More:\r\n\r\n`,
      { trailers: ['X-Sum', '42', 'X-More', ''], reusable: true },
    ],
    [
      'a body that ends with the connection',
      `${ok}X: 1\r\n\r\nall of it`,
      { body: 'all of it', end: 'complete', reusable: false },
    ],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx', { body: 'x', reusable: false }],
    [
      'HTTP/1.0 that stays',
      'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx',
      { body: 'x', reusable: true, headers: ['Content-Length', '1'] },
    ],
    [
      'HTTP/1.0 in chunks, nothing after it',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
      { body: 'x', reusable: false },
    ],
    [
      'the end of a connection',
      `${ok}Connection: close\r\nContent-Length: 1\r\n\r\nx`,
      { reusable: false },
    ],
    [
      'close among other options',
      `${ok}Connection: X-A, Close\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n`,
      { reusable: false, headers: ['Content-Length', '0'] },
    ],
    [
      'interim answers before the final one',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}Content-Length: 2\r\n\r\nok`,
      { status: 200, body: 'ok', headers: ['Content-Length', '2'] },
    ],
  ])('reads %s', (_name, text, expected) => {
    expect(readText(text)).toMatchObject(expected);
  });
  it('gives answers to HEAD, and 204 and 304, no body', () => {
    expect(readText(`${ok}\r\n`, 'HEAD')).toMatchObject({
      end: 'complete',
      body: '',
      reusable: true,
    });
    expect(readText('HTTP/1.1 304 Not Modified\r\n\r\n')).toMatchObject({
      end: 'complete',
      reusable: true,
    });
    expect(readText('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n')).toMatchObject({
      end: 'complete',
      reusable: true,
    });
  });
  it('does not go on after an answer without body that tells of one', () => {
    expect(readText('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n')).toMatchObject({
      end: 'complete',
      reusable: false,
    });
    expect(readText('HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n')).toMatchObject(
      { reusable: false },
    );
    expect(
      readText('HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ).toMatchObject({ reusable: false });
  });
  it('gives what was for the connection to a call that wants all fields', () => {
    let head: ResponseHead | undefined;
    const reader = new ResponseReader();
    const sink = { keepsAllFields: true, onData: () => {}, onEnd: () => {} };
    reader.begin({ ...sink, onHead: (one) => (head = one) }, 'GET');
    const bytes = Buffer.from(
      'HTTP/1.1 200 OK\r\nConnection: x-a\r\nX-A: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n',
    );
    reader.read(bytes, bytes.length);
    expect(head?.received).toEqual([
      ...['Connection', 'x-a', 'X-A', '1'],
      ...['Keep-Alive', 'timeout=5', 'Content-Length', '0'],
    ]);
    expect(head?.headers).toEqual(['Content-Length', '0']);
  });
  it('takes out what was for the connection, and what Connection names, but not what its reader relies on', () => {
    const { headers } = readText(
      `${ok}Keep-Alive: timeout=5\r\nConnection: X-Hop, Content-Type, keep-alive\r\nX-Hop: 1\r\nContent-Type: a/b\r\nProxy-Connection: x\r\nUpgrade: h2c\r\nTE: trailers\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(headers).toEqual(['Content-Type', 'a/b', 'X-Stays', '1', 'Content-Length', '0']);
  });

  describe('refuses what can be read in two ways', () => {
    it.each([
      ['18 (CVE-2019-9900): NUL in a value', `${ok}X: a\0b\r\n\r\n`],
      ['18 (CVE-2019-9900): LF in a value', `${ok}X: a\nb\r\n\r\n`],
      ['18 (CVE-2019-9900): CR in a value', `${ok}X: a\rb\r\n\r\n`],
      ['18: a control character in the reason', 'HTTP/1.1 200 O\x07K\r\n\r\n'],
      ['18: DEL in a value', `${ok}X: \x7f\r\n\r\n`],
      ['19 (CVE-2023-25725): an empty name', `${ok}: x\r\n\r\n`],
      ['19: a blank in a name', `${ok}X Y: x\r\n\r\n`],
      ['19: a line without colon', `${ok}X\r\n\r\n`],
      ['20 (CVE-2023-47627): an underscore in a chunk size', chunked('0_2\r\nab\r\n0\r\n\r\n')],
      ['20: 0x before a chunk size', chunked('0x2\r\nab\r\n0\r\n\r\n')],
      ['20: a sign before a chunk size', chunked('+2\r\nab\r\n0\r\n\r\n')],
      ['20: a negative chunk size', chunked('-2\r\nab\r\n0\r\n\r\n')],
      ['20: a blank before a chunk size', chunked(' 2\r\nab\r\n0\r\n\r\n')],
      ['20: a blank behind a chunk size', chunked('2 \r\nab\r\n0\r\n\r\n')],
      ['20: no chunk size', chunked('\r\nab\r\n0\r\n\r\n')],
      ['20: a chunk size beyond all numbers', chunked(`${'f'.repeat(16)}\r\nab\r\n0\r\n\r\n`)],
      ['20: more content than the size says', chunked('2\r\nabc\r\n0\r\n\r\n')],
      ['20: LF alone behind a chunk size', chunked('2\nab\r\n0\r\n\r\n')],
      ['20: LF alone behind a chunk', chunked('2\r\nab\n0\r\n\r\n')],
      ['20: LF alone in an extension', chunked('2;a\nab\r\n0\r\n\r\n')],
      [
        '21 (CVE-2026-1525): Content-Length twice',
        `${ok}Content-Length: 2\r\ncontent-length: 2\r\n\r\nab`,
      ],
      ['21: contradicting Content-Length', `${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\nab`],
      ['21: a list as Content-Length', `${ok}Content-Length: 2, 2\r\n\r\nab`],
      ['21: a signed Content-Length', `${ok}Content-Length: +2\r\n\r\nab`],
      ['21: a Content-Length of hex digits', `${ok}Content-Length: 0x2\r\n\r\nab`],
      ['21: an empty Content-Length', `${ok}Content-Length:\r\n\r\nab`],
      ['21: an endless Content-Length', `${ok}Content-Length: ${'9'.repeat(30)}\r\n\r\nab`],
      [
        '22 (CVE-2022-32213): both framings',
        `${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      [
        '22: both framings, the other way round',
        `${ok}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`,
      ],
      ['22: an unknown transfer coding', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`],
      ['22: identity', `${ok}Transfer-Encoding: identity\r\n\r\n`],
      [
        '22: chunked twice',
        `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
      ],
      ['22: chunked in quotes', `${ok}Transfer-Encoding: "chunked"\r\n\r\n`],
      ['22: an empty transfer coding', `${ok}Transfer-Encoding:\r\n\r\n`],
      [
        '22 (CVE-2022-32215): a folded Transfer-Encoding',
        `${ok}Transfer-Encoding:\r\n chunked\r\n\r\n`,
      ],
      ['22: a folded field', `${ok}X: a\r\n b\r\n\r\n`],
      ['22 (CVE-2024-27982): a blank before Content-Length', `${ok} Content-Length: 2\r\n\r\nab`],
      ['22: a blank before a colon', `${ok}Content-Length : 2\r\n\r\nab`],
      ['22 (CVE-2025-23167): CR CR LF behind the head', `${ok}X: 1\r\n\r\r\n`],
      ['22: LF alone behind the status line', 'HTTP/1.1 200 OK\nX: 1\r\n\r\n'],
      [
        '22 (CVE-2024-22019): an endless chunk extension',
        chunked(`1;${'a'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`),
      ],
      ['F9: another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
      ['F9: HTTP/0.9', '<html>no head at all</html>'],
      ['F9: HTTP/2 in clear text', 'HTTP/2.0 200 OK\r\n\r\n'],
      ['F9: HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
      ['F9: a blank line first', `\r\n${ok}\r\n`],
      ['F9: a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
      ['F9: a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
      ['F9: a status of letters', 'HTTP/1.1 abc OK\r\n\r\n'],
      ['F9: a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
      [
        'F9: another protocol that nobody asked for',
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
      ],
      ['F9: endless interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(40)],
      ['F9: an endless head', `${ok}X: ${'a'.repeat(70_000)}`],
      ['F9: a head that is too large', `${ok}${`X: ${'a'.repeat(8000)}\r\n`.repeat(9)}\r\n`],
      ['F9: too many fields', `${ok}${'X: 1\r\n'.repeat(1001)}\r\n`],
      ['F9: endless trailers', chunked(`0\r\n${`X: ${'a'.repeat(8000)}\r\n`.repeat(9)}`)],
      ['F9: a trailer without name', chunked('0\r\n: x\r\n\r\n')],
      ['F9: a folded trailer', chunked('0\r\nX: a\r\n b\r\n\r\n')],
    ])('%s', (_name, text) => {
      const whole = readText(text);
      expect(whole.end).toBe('http_protocol_error');
      expect(whole.trailers).toBeUndefined();
      const bytes = Buffer.from(text, 'latin1');
      expect(
        read(
          Array.from(bytes.subarray(0, 3000), (_byte, at) => bytes.subarray(at, at + 1)).concat(
            bytes.subarray(3000),
          ),
        ).end,
      ).toBe('http_protocol_error');
    });
    it('drops trailers that would frame the message or speak for the connection', () => {
      expect(
        readText(
          chunked(
            '0\r\nContent-Length: 5\r\nX-A: 1\r\nTransfer-Encoding: x\r\nConnection: close\r\n\r\n',
          ),
        ).trailers,
      ).toEqual(['X-A', '1']);
    });
    it.each([
      ['HEAD', `${ok}Content-Length: 5\r\n\r\n`],
      ['HEAD', `${ok}Transfer-Encoding: chunked\r\n\r\n`],
      ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
      ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'],
    ])(
      'uses no connection again on which a body may come late that should not: %s %j',
      (method, text) => {
        expect(readText(text, method)).toMatchObject({
          body: '',
          end: 'complete',
          reusable: false,
        });
      },
    );
    it('F9: uses no connection again that gave more than was asked for', () => {
      expect(readText(`${ok}Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n`)).toMatchObject({
        body: 'ok',
        end: 'complete',
        reusable: false,
      });
      const surplus = `${chunked('0\r\n\r\n')}x`;
      for (let at = 0; at < surplus.length; at++)
        expect(read(split(surplus, [at]))).toMatchObject({ end: 'complete', reusable: false });
      expect(readText(`${ok}Content-Length: 2\r\n\r\nok`, 'HEAD')).toMatchObject({
        body: '',
        end: 'complete',
        reusable: false,
      });
    });
  });

  describe('takes no answer for complete that is not', () => {
    it.each([
      ['nothing', '', 'connection_terminated'],
      ['a part of the head', 'HTTP/1.1 200 O', 'http_response_incomplete'],
      ['an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n', 'http_response_incomplete'],
      ['a part of the body', `${ok}Content-Length: 10\r\n\r\nabc`, 'http_response_incomplete'],
      ['no body', `${ok}Content-Length: 10\r\n\r\n`, 'http_response_incomplete'],
      ['a part of a chunk', chunked('5\r\nab'), 'http_response_incomplete'],
      ['no last chunk', chunked('2\r\nab\r\n'), 'http_response_incomplete'],
      ['no end of the trailers', chunked('0\r\nX: 1\r\n'), 'http_response_incomplete'],
    ])('%s', (_name, text, end) => {
      expect(readText(text)).toMatchObject({ end, reusable: false, trailers: undefined });
    });
  });
});

function chunked(body: string): string {
  return `${ok}Transfer-Encoding: chunked\r\n\r\n${body}`;
}

/** Answers as backends write them. */
const latin1 = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));
const textOf = (unit: string[], maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...unit), maxLength });
const token = textOf('ABCxyz019-_!~'.split(''), 8);
const fieldText = textOf([...latin1(0x20, 0x7e), ...latin1(0x80, 0xff), '\t'], 20).map((one) =>
  one.replaceAll(/^[ \t]+|[ \t]+$/g, ''),
);
const fieldsOf = fc.array(
  fc.tuple(
    token.map((one) => `X-${one}`),
    fieldText,
  ),
  { maxLength: 6 },
);
const content = textOf([...latin1(0, 0xff), ...'\r\n\r\n\r\n0;'.split('')], 200);

interface Written {
  readonly text: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** Only the end of the connection ends it. */
  readonly open: boolean;
}

const interim = fc.constantFrom(
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n',
);

const answer: fc.Arbitrary<Written> = fc
  .record({
    before: interim,
    status: fc.constantFrom(200, 201, 400, 404, 500, 599),
    fields: fieldsOf,
    body: content,
    framing: fc.constantFrom('length', 'chunked', 'close'),
    cuts: fc.array(fc.nat(200), { maxLength: 5 }),
    extension: fc.constantFrom('', ';a', ';a=b', ';a="b c"'),
    trailers: fieldsOf,
  })
  .map(({ before, status, fields, body, framing, cuts, extension, trailers }) => {
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const headers = fields.flat();
    const start = `${before}HTTP/1.1 ${status} Some Reason\r\n${lines}`;
    if (framing === 'length')
      return {
        text: `${start}Content-Length: ${body.length}\r\n\r\n${body}`,
        status,
        headers: [...headers, 'Content-Length', String(body.length)],
        body,
        trailers: [],
        open: false,
      };
    if (framing === 'close')
      return { text: `${start}\r\n${body}`, status, headers, body, trailers: [], open: true };
    const places = [
      0,
      ...cuts.map((one) => Math.min(one, body.length)).sort((a, b) => a - b),
      body.length,
    ];
    const parts = places
      .slice(1)
      .map((end, index) => body.slice(places[index], end))
      .filter((one) => one !== '');
    const text = `${parts.map((one) => `${one.length.toString(16)}${extension}\r\n${one}\r\n`).join('')}0${extension}\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    return {
      text: `${start}Transfer-Encoding: chunked\r\n\r\n${text}`,
      status,
      headers,
      body,
      trailers: trailers.flat(),
      open: false,
    };
  });

function split(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const ends = [
    ...places.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('ResponseReader, whatever comes', () => {
  it('reads every valid answer as it was written, however it is split', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(), { maxLength: 8 }), (written, places) => {
        expect(read(split(written.text, places))).toEqual({
          status: written.status,
          reason: 'Some Reason',
          headers: written.headers,
          body: written.body,
          trailers: written.trailers,
          end: 'complete',
          reusable: !written.open,
        });
      }),
      { numRuns: 1500 },
    );
  });
  it('reads the same at every single split', () => {
    fc.assert(
      fc.property(answer, ({ text }) => {
        const whole = readText(text);
        for (let at = 0; at <= text.length; at++) expect(read(split(text, [at]))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
  it('reads the same byte by byte', () => {
    fc.assert(
      fc.property(answer, ({ text }) => {
        const bytes = Buffer.from(text, 'latin1');
        expect(read(Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1)))).toEqual(
          readText(text),
        );
      }),
      { numRuns: 200 },
    );
  });
  it('takes no answer that is cut short for a clean one', () => {
    fc.assert(
      fc.property(answer, fc.nat(), ({ text, open }, place) => {
        const cut = place % text.length;
        const { end, trailers } = readText(text.slice(0, cut));
        // What only the end of the connection ends is complete from its head on.
        const maybe = open && text.indexOf('\r\n\r\n') < cut;
        expect(maybe || (end !== 'complete' && trailers === undefined)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
  it('reads mutated answers in one way or not at all, split or whole, and never throws anything else', () => {
    const mutation = fc.tuple(
      fc.nat(),
      fc.nat(3),
      fc.constantFrom(...'\r\n\0 \t:;,0159afAF_-xZ\x7f\x80\xff'.split('')),
    );
    fc.assert(
      fc.property(
        answer,
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        ({ text }, mutations, places) => {
          let mutated = text;
          for (const [place, kind, letter] of mutations) {
            const at = place % (mutated.length + 1);
            const insert = kind === 0 ? '' : kind === 3 ? mutated.slice(at, at + 20) : letter;
            mutated = mutated.slice(0, at) + insert + mutated.slice(kind === 1 ? at : at + 1);
          }
          const whole = readText(mutated);
          expect([
            'complete',
            'http_protocol_error',
            'http_response_incomplete',
            'connection_terminated',
          ]).toContain(whole.end);
          const parts = read(split(mutated, places));
          expect(parts.end).toBe(whole.end);
          expect(parts.status).toBe(whole.status);
          // Bytes behind the end that come in a later piece are the connection's to refuse.
          const settled = { ...parts, reusable: whole.reusable };
          expect(whole.end === 'complete' ? settled : whole).toEqual(whole);
        },
      ),
      { numRuns: 3000 },
    );
  });
  it('reads arbitrary bytes without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, withStart) => {
        const all = withStart
          ? Buffer.concat([
              Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
              bytes,
            ])
          : Buffer.from(bytes);
        expect(read([all]).end).not.toMatch(/^thrown/);
      }),
      { numRuns: 1000 },
    );
  });
});
