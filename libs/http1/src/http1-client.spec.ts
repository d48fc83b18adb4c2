/** The client over real sockets: connections, limits in time, and what may be sent again. */
import { jest } from '@jest/globals';
import { lookup } from 'node:dns';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { Agent } from 'undici';
import { Http1Failure } from './failure.js';
import type { Call, CallHolder } from './call.js';
import { Http1Client } from './http1-client.js';
import type { AddressGuard, Http1Limits } from './http1-client.js';
import type { ResponseHead } from './response-head.js';

fc.configureGlobal({ seed: jest.getSeed() });

interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

/** A call that waits for its whole answer. */
class TestCall implements Call {
  method = 'GET';
  path = '/';
  headers: readonly string[] = [];
  body: Call['body'] = null;
  deadline = Infinity;
  holder: CallHolder | undefined;
  head: ResponseHead | undefined;
  data = '';
  arrivals = 0;
  ends = 0;
  paused = false;
  readonly answer: Promise<Answer>;
  #resolve!: (answer: Answer) => void;
  #reject!: (failure: Error) => void;

  constructor(
    parts: Partial<Pick<Call, 'method' | 'path' | 'headers' | 'body' | 'deadline'>> = {},
  ) {
    Object.assign(this, parts);
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.answer.catch(() => {});
  }

  onHead(head: ResponseHead): void {
    this.head = head;
  }

  onData(chunk: Buffer): void {
    this.data += chunk.toString('latin1');
    if (this.paused) this.holder?.pause();
  }

  onArrival(): void {
    this.arrivals++;
  }

  onEnd(trailers: readonly string[]): void {
    this.ends++;
    const { status, headers } = this.head!;
    this.#resolve({ status, headers, body: this.data, trailers });
  }

  onFailure(failure: Error): void {
    this.ends++;
    this.#reject(failure);
  }
}

const anywhere: AddressGuard = { lookup, refused: () => undefined };
const refusal = Object.assign(new Error('not there'), { code: 'EGRESS_REFUSED' });
const nowhere: AddressGuard = {
  lookup: (_host, _options, callback) => callback(refusal, '', 0),
  refused: () => refusal,
};
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const usual: Http1Limits = {
  connections: 4,
  connectTimeout: 2000,
  bodyTimeout: 2000,
  keepAlive: 5000,
  mostKeepAlive: 10_000,
  mostAge: 60_000,
};

// Machines that do much else are slow.
jest.setTimeout(30_000);

describe('Http1Client', () => {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  /** Listens; `serve` gets each piece that a connection reads, with the number of the connection. */
  async function backend(
    serve: (socket: Socket, text: string, connection: number) => void,
  ): Promise<{ origin: string; sockets: Set<Socket>; total: () => number }> {
    const sockets = new Set<Socket>();
    let total = 0;
    const server = net.createServer((socket) => {
      const connection = ++total;
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
      socket.on('data', (bytes) => serve(socket, bytes.toString('latin1'), connection));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    return {
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      sockets,
      total: () => total,
    };
  }
  function client(limits: Partial<Http1Limits> = {}): Http1Client {
    const one = new Http1Client(anywhere, { ...usual, ...limits });
    open.push(() => one.close());
    return one;
  }
  function send(
    one: Http1Client,
    origin: string,
    parts: ConstructorParameters<typeof TestCall>[0] = {},
  ): TestCall {
    const call = new TestCall(parts);
    one.send(origin, call);
    return call;
  }
  const causeOf = (call: TestCall): Promise<string> =>
    call.answer.then(
      ({ status }) => String(status),
      (failure: Http1Failure) => failure.proxyStatus,
    );

  describe('requests', () => {
    it('leave in one piece with their body', async () => {
      const seen: string[] = [];
      const { origin } = await backend((socket, text) => {
        seen.push(text);
        socket.write(ok);
      });
      const call = send(client(), origin, {
        method: 'POST',
        path: '/a?b=c',
        headers: ['Content-Type', 'text/plain', 'X-Ä'.slice(0, 2) + 'a', '\xe9'],
        body: Buffer.from('body'),
      });
      expect((await call.answer).body).toBe('ok');
      expect(seen).toEqual([
        `POST /a?b=c HTTP/1.1\r\nHost: ${origin.slice(7)}\r\nContent-Type: text/plain\r\nX-a: \xe9\r\nContent-Length: 4\r\n\r\nbody`,
      ]);
    });
    it('say so when a method with content has none', async () => {
      let seen = '';
      const { origin } = await backend((socket, text) => {
        seen += text;
        socket.write(ok);
      });
      const one = client();
      await send(one, origin, { method: 'POST', headers: ['Host', 'other.example'] }).answer;
      await send(one, origin).answer;
      expect(seen).toBe(
        `POST / HTTP/1.1\r\nHost: other.example\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\nHost: ${origin.slice(7)}\r\n\r\n`,
      );
    });
    it('21 (CVE-2026-1525): have exactly one framing, whatever their fields say', async () => {
      let seen = '';
      const { origin } = await backend((socket, text) => {
        seen = text;
        socket.write(ok);
      });
      const headers = [
        'Content-Length',
        '99',
        'content-length',
        '7',
        'Transfer-Encoding',
        'chunked',
        'Connection',
        'close',
        'X-A',
        '1',
      ];
      await send(client(), origin, { method: 'PUT', headers, body: Buffer.from('abc') }).answer;
      expect(seen).toMatch(
        /^PUT \/ HTTP\/1\.1\r\nHost: [^\r]*\r\nX-A: 1\r\nContent-Length: 3\r\n\r\nabc$/,
      );
    });
    it.each([
      ['18 (CVE-2019-9900): a line break in a value', { headers: ['X', 'a\r\nY: b'] }],
      ['18: NUL in a value', { headers: ['X', 'a\0'] }],
      ['18: a line break in a name', { headers: ['X\r\nY', 'a'] }],
      ['18: an empty name', { headers: ['', 'a'] }],
      ['18: a letter beyond Latin-1', { headers: ['X', '\u0100'] }],
      ['two hosts', { headers: ['Host', 'a', 'HOST', 'b'] }],
      ['a line break in a path', { path: '/a HTTP/1.1\r\nX: ' }],
      ['a blank in a path', { path: '/a b' }],
      ['a path that is none', { path: 'http://elsewhere/' }],
      ['a method that is none', { method: 'GET /' }],
      [
        'two lengths of a stream',
        {
          method: 'POST',
          headers: ['Content-Length', '1', 'content-length', '1'],
          body: pieces('a'),
        },
      ],
    ])('are refused, and leave nothing behind: %s', async (_name, parts) => {
      const seen: string[] = [];
      const { origin, total } = await backend((socket, text) => {
        seen.push(text);
        socket.write(ok);
      });
      const one = client();
      expect(await causeOf(send(one, origin, parts))).toBe('proxy_internal_error');
      expect(seen).toEqual([]);
      expect((await send(one, origin).answer).status).toBe(200);
      expect(total()).toBe(1);
    });
    it('stream in chunks when nobody knows their length', async () => {
      let seen = '';
      const { origin } = await backend((socket, text) => {
        seen += text;
        if (seen.endsWith('0\r\n\r\n')) socket.write(ok);
      });
      await send(client(), origin, { method: 'POST', body: pieces('abc', '', 'x'.repeat(20)) })
        .answer;
      expect(seen).toMatch(
        new RegExp(
          `Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n14\r\n${'x'.repeat(20)}\r\n0\r\n\r\n$`,
        ),
      );
    });
    it('stream by their length when it is known', async () => {
      let seen = '';
      const { origin } = await backend((socket, text) => {
        seen += text;
        if (seen.endsWith('abcdef')) socket.write(ok);
      });
      await send(client(), origin, {
        method: 'POST',
        headers: ['Content-Length', '6'],
        body: pieces('abc', 'def'),
      }).answer;
      expect(seen).toMatch(/Content-Length: 6\r\n\r\nabcdef$/);
      expect(seen).not.toContain('chunked');
    });
    it.each([['abc'], ['abcdefghi']])(
      'fail when their stream is not as long as they say: %s',
      async (text) => {
        const { origin, sockets } = await backend(() => {});
        const call = send(client(), origin, {
          method: 'POST',
          headers: ['Content-Length', '6'],
          body: pieces(text),
        });
        expect(await causeOf(call)).toBe('proxy_internal_error');
        await until(() => sockets.size === 0);
      },
    );
    it('fail when their stream breaks off', async () => {
      const { origin, sockets } = await backend(() => {});
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('half');
        await wait(20);
        throw new Error('gone');
      }
      const call = send(client(), origin, { method: 'POST', body: broken() });
      await expect(call.answer).rejects.toThrow('gone');
      await until(() => sockets.size === 0);
    });
    it('F11: stop reading their stream while the backend does not read', async () => {
      let given = 0;
      const { origin, sockets } = await backend((socket) => socket.pause());
      const block = Buffer.alloc(64 * 1024);
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) {
          given += block.length;
          yield block;
        }
      }
      const call = send(client(), origin, { method: 'POST', body: endless() });
      // It stands still, sooner or later.
      for (let before = -1; before !== given || given === 0; await wait(150)) before = given;
      expect(given).toBeLessThan(32 * 1024 * 1024);
      call.holder!.abort(new Error('enough'));
      await expect(call.answer).rejects.toThrow('enough');
      for (const socket of sockets) socket.resume();
    });
    it('F9: are not sent to their end when the answer is complete before (an early 413)', async () => {
      let stopped = false;
      const { origin, sockets } = await backend((socket) =>
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'),
      );
      async function* slow(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            yield Buffer.from('x');
            await wait(10);
          }
        } finally {
          stopped = true;
        }
      }
      const { status, body } = await send(client(), origin, { method: 'POST', body: slow() })
        .answer;
      expect([status, body]).toEqual([413, 'big']);
      await until(() => stopped);
      await until(() => sockets.size === 0);
    });
  });

  describe('connections', () => {
    it('serve one call after another', async () => {
      const { origin, total } = await backend((socket) => socket.write(ok));
      const one = client();
      for (let index = 0; index < 5; index++) await send(one, origin).answer;
      expect(total()).toBe(1);
    });
    it('are not more than allowed; calls wait for their turn', async () => {
      const { origin, total } = await backend((socket) => setTimeout(() => socket.write(ok), 20));
      const one = client({ connections: 2 });
      const calls = Array.from({ length: 9 }, () => send(one, origin).answer);
      expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(9).fill(200));
      expect(total()).toBe(2);
    });
    it('take the place of those that broke while calls wait', async () => {
      const { origin, total } = await backend((socket, _text, connection) =>
        connection === 1 ? socket.destroy() : socket.write(ok),
      );
      const one = client({ connections: 1 });
      const calls = Array.from({ length: 3 }, () => causeOf(send(one, origin)));
      expect(await Promise.all(calls)).toEqual(['connection_terminated', '200', '200']);
      expect(total()).toBe(2);
    });
    it('F12: a call that waits too long for one is given up', async () => {
      const { origin } = await backend(() => {});
      const one = client({ connections: 1 });
      send(one, origin);
      expect(await causeOf(send(one, origin, { deadline: performance.now() + 60 }))).toBe(
        'http_response_timeout',
      );
      const waiting = send(one, origin);
      waiting.holder!.abort(new Error('left'));
      await expect(waiting.answer).rejects.toThrow('left');
    });
    it('rest no longer than the backend keeps them', async () => {
      const { origin, total } = await backend((socket) =>
        socket.write(ok.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=2\r\n\r\n')),
      );
      const one = client();
      for (let index = 0; index < 2; index++) await send(one, origin).answer;
      expect(total()).toBe(2);
    });
    it('F10: carry no further call when they are old, whoever keeps them busy', async () => {
      const { origin, total } = await backend((socket) => socket.write(ok));
      const one = client({ mostAge: 80 });
      for (let index = 0; index < 10; index++) {
        await send(one, origin).answer;
        await wait(20);
      }
      expect(total()).toBeGreaterThan(1);
    });
    it('go on after a reader that was slow to the end', async () => {
      const { origin, total } = await backend((socket) => socket.write(ok));
      const one = client();
      for (let index = 0; index < 3; index++) {
        const call = new TestCall();
        call.paused = true;
        one.send(origin, call);
        expect((await call.answer).body).toBe('ok');
      }
      expect(total()).toBe(1);
    });
    it('are closed when they rested long enough', async () => {
      const { origin, sockets } = await backend((socket) => socket.write(ok));
      await send(client({ keepAlive: 60 }), origin).answer;
      expect(sockets.size).toBe(1);
      await until(() => sockets.size === 0);
    });
    it('F9: are closed when something arrives that nobody asked for', async () => {
      const { origin, total, sockets } = await backend((socket, _text, connection) => {
        socket.write(ok);
        if (connection === 1)
          setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'), 20);
      });
      const one = client();
      expect((await send(one, origin).answer).body).toBe('ok');
      await until(() => sockets.size === 0);
      expect((await send(one, origin).answer).body).toBe('ok');
      expect(total()).toBe(2);
    });
    it.each([
      ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
      ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
      ['bytes behind the end', `${ok}x`],
    ])('are not used again after %s', async (_name, text) => {
      const { origin, total } = await backend((socket) => socket.write(text));
      const one = client();
      for (let index = 0; index < 3; index++)
        expect((await send(one, origin).answer).body).toBe('ok');
      expect(total()).toBe(3);
    });
    it('F9: that the backend closed while they rested are left alone', async () => {
      const { origin, total, sockets } = await backend((socket) => {
        socket.write(ok);
        setTimeout(() => socket.end(), 10);
      });
      const one = client();
      for (let index = 0; index < 3; index++) {
        expect((await send(one, origin).answer).body).toBe('ok');
        // The client closes its side when it has seen that of the backend.
        await until(() => sockets.size === 0);
      }
      expect(total()).toBe(3);
    });
    it('are all closed with the client; calls under way and new ones fail', async () => {
      const { origin, sockets } = await backend(() => {});
      const one = client();
      const call = send(one, origin);
      await until(() => sockets.size === 1);
      one.close();
      expect(await causeOf(call)).toBe('proxy_internal_error');
      expect(await causeOf(send(one, origin))).toBe('proxy_internal_error');
      await until(() => sockets.size === 0);
    });
    it('go to no address that the guard refuses', async () => {
      const { origin, total } = await backend((socket) => socket.write(ok));
      const strict = new Http1Client(nowhere, usual);
      open.push(() => strict.close());
      for (const one of [
        origin,
        origin.replace('127.0.0.1', 'localhost'),
        'http://[::1]:1',
        'http://169.254.169.254',
      ])
        expect(await causeOf(send(strict, one))).toBe('destination_ip_prohibited');
      expect(total()).toBe(0);
    });
  });

  describe('calls that a resting connection lost', () => {
    const lossy = (): ReturnType<typeof backend> => {
      const count = new Map<number, number>();
      return backend((socket, _text, connection) => {
        count.set(connection, (count.get(connection) ?? 0) + 1);
        if (connection === 1 && count.get(1) === 2) socket.resetAndDestroy();
        else socket.write(ok);
      });
    };
    it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('are sent again: %s', async (method) => {
      const { origin, total } = await lossy();
      const one = client();
      await send(one, origin, { method: 'GET' }).answer;
      await wait(1100);
      const body = method === 'PUT' ? Buffer.from('x') : null;
      expect((await send(one, origin, { method, body }).answer).status).toBe(200);
      expect(total()).toBe(2);
    });
    it.each([
      ['POST may not be repeated', { method: 'POST', body: Buffer.from('x') }, 1100],
      ['a stream cannot be repeated', { method: 'PUT', body: pieces('x') }, 1100],
      ['the connection had not rested', { method: 'GET' }, 0],
    ])('are not sent again when %s', async (_name, parts, rest) => {
      const { origin, total } = await lossy();
      const one = client();
      await send(one, origin).answer;
      await wait(rest);
      expect(await causeOf(send(one, origin, parts))).toBe('connection_terminated');
      expect(total()).toBe(1);
    });
    it('are not sent again when an answer had begun', async () => {
      let count = 0;
      const { origin } = await backend((socket) => {
        if (++count === 2) socket.write('HTTP/1.1 200 O', () => socket.end());
        else socket.write(ok);
      });
      const one = client();
      await send(one, origin).answer;
      await wait(1100);
      expect(await causeOf(send(one, origin))).toBe('http_response_incomplete');
      expect(count).toBe(2);
    });
  });

  describe('limits in time', () => {
    it('F9: the head must be there', async () => {
      const { origin, sockets } = await backend((socket) =>
        socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2'),
      );
      const started = performance.now();
      expect(await causeOf(send(client(), origin, { deadline: started + 80 }))).toBe(
        'http_response_timeout',
      );
      expect(performance.now() - started).toBeGreaterThan(70);
      await until(() => sockets.size === 0);
    });
    it('a later call may have less time than the rest of the connection', async () => {
      let count = 0;
      const { origin } = await backend((socket) => void (++count === 1 && socket.write(ok)));
      const one = client();
      await send(one, origin, { deadline: performance.now() + 60_000 }).answer;
      const started = performance.now();
      expect(await causeOf(send(one, origin, { deadline: started + 80 }))).toBe(
        'http_response_timeout',
      );
      expect(performance.now() - started).toBeLessThan(10_000);
    });
    it('F9: a body must go on', async () => {
      const { origin } = await backend((socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
      );
      expect(await causeOf(send(client({ bodyTimeout: 80 }), origin))).toBe(
        'connection_read_timeout',
      );
    });
    it('a body that nobody reads has no time limit', async () => {
      const { origin } = await backend((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
        setTimeout(() => socket.write('def'), 20);
      });
      const call = new TestCall();
      call.paused = true;
      client({ bodyTimeout: 60 }).send(origin, call);
      await wait(250);
      expect(call.data).toBe('abc');
      call.paused = false;
      call.holder!.resume();
      expect((await call.answer).body).toBe('abcdef');
    });
    it('F9: a connection must come about', async () => {
      // Filled up, a backlog answers nobody.
      const call = send(client({ connectTimeout: 150 }), 'http://192.0.2.1:81');
      expect(['connection_timeout', 'destination_ip_unroutable', 'connection_refused']).toContain(
        await causeOf(call),
      );
    });
  });

  it('F9: causes are told apart', async () => {
    const cases: readonly (readonly [string, (socket: Socket) => void])[] = [
      ['connection_terminated', (socket) => socket.end()],
      ['connection_terminated', (socket) => socket.resetAndDestroy()],
      ['http_response_incomplete', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-')],
      [
        'http_response_incomplete',
        (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'),
      ],
      ['http_protocol_error', (socket) => socket.end('hello\r\n')],
      [
        'http_protocol_error',
        (socket) =>
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx'),
      ],
      ['200', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end')],
    ];
    for (const [cause, serve] of cases) {
      const { origin } = await backend((socket) => serve(socket));
      expect(await causeOf(send(client(), origin))).toBe(cause);
    }
    expect(await causeOf(send(client(), 'http://127.0.0.1:1'))).toBe('connection_refused');
    expect(await causeOf(send(client(), 'http://no-such-host.invalid'))).toMatch(/^dns_/);
  });

  it('F11: a call that is aborted takes its connection with it, whenever that is', async () => {
    const { origin, sockets } = await backend((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
    );
    const one = client();
    const connecting = send(one, origin);
    connecting.holder!.abort(new Error('left'));
    await expect(connecting.answer).rejects.toThrow('left');
    const reading = send(one, origin);
    await until(() => reading.arrivals === 1);
    reading.holder!.abort(new Error('left'));
    await expect(reading.answer).rejects.toThrow('left');
    expect(reading.holder).toBeUndefined();
    await until(() => sockets.size === 0);
  });

  it('every call ends once, whatever backends and callers do', async () => {
    let script: readonly string[] = [];
    const { origin, sockets } = await backend((socket) => {
      void (async () => {
        for (const step of script) {
          if (socket.destroyed) return;
          if (step === 'end') return void socket.end();
          if (step === 'reset') return void socket.resetAndDestroy();
          if (step === 'wait') await wait(2);
          else socket.write(step);
        }
      })();
    });
    const one = client({ connections: 3, bodyTimeout: 30 });
    const step = fc.constantFrom(
      ...[
        ok,
        ok,
        'HTTP/1.1 200 OK\r\n',
        'Content-Length: 4\r\n',
        'Transfer-Encoding: chunked\r\n',
        '\r\n',
      ],
      ...['2\r\nab\r\n', '0\r\n\r\n', 'abcd', 'x', 'HTTP/1.1 100 Continue\r\n\r\n', '\0'],
      ...['wait', 'wait', 'end', 'reset'],
    );
    const call = fc.record({
      method: fc.constantFrom('GET', 'POST', 'HEAD'),
      upload: fc.constantFrom('none', 'bytes', 'stream'),
      leaves: fc.option(fc.nat(8)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.array(call, { minLength: 1, maxLength: 6 }),
        async (steps, calls) => {
          script = steps;
          const ends = calls.map(async ({ method, upload, leaves }) => {
            const body =
              upload === 'none'
                ? null
                : upload === 'bytes'
                  ? Buffer.from('abc')
                  : pieces('a', 'bc');
            const sent = send(one, origin, { method, body, deadline: performance.now() + 30 });
            if (leaves !== null)
              setTimeout(
                () => sent.holder?.abort(new Http1Failure('connection_terminated', true)),
                leaves,
              );
            await causeOf(sent);
            await new Promise(setImmediate);
            return [sent.ends, sent.holder];
          });
          expect(await Promise.all(ends)).toEqual(calls.map(() => [1, undefined]));
        },
      ),
      { numRuns: 60, timeout: 8000 },
    );
    one.close();
    await until(() => sockets.size === 0);
  });

  it('reads what undici reads, for whatever valid answer in whatever pieces', async () => {
    let text = '';
    let cuts: readonly number[] = [];
    const { origin } = await backend((socket) => {
      const places = [
        0,
        ...cuts.map((one) => one % text.length).sort((a, b) => a - b),
        text.length,
      ];
      void (async () => {
        for (let index = 1; index < places.length; index++) {
          socket.write(Buffer.from(text.slice(places[index - 1], places[index]), 'latin1'));
          await new Promise(setImmediate);
        }
        if (!/content-length|chunked| 204 | 304 /i.test(text)) socket.end();
      })();
    });
    const one = client();
    const agent = new Agent();
    open.push(() => agent.close());
    const unit = fc.constantFrom(...'ab \t\r\n0;'.split(''));
    const written = fc
      .record({
        status: fc.constantFrom('200 OK', '204 No Content', '304 Not Modified', '404 Nope', '503 '),
        fields: fc.array(
          fc.tuple(
            fc.constantFrom('X-A', 'x-a', 'Set-Cookie', 'Date', 'Keep-Alive', 'Connection'),
            fc.constantFrom('a', 'b, c', '', 'timeout=9', 'keep-alive', '\xe9'),
          ),
          { maxLength: 5 },
        ),
        body: fc.string({ unit, maxLength: 60 }),
        framing: fc.constantFrom('length', 'chunked', 'close'),
      })
      .map(({ status, fields, body, framing }) => {
        const head = `HTTP/1.1 ${status}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`;
        if (/^(204|304)/.test(status)) return `${head}\r\n`;
        if (framing === 'length') return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
        if (framing === 'close') return `${head}Connection: close\r\n\r\n${body}`;
        return `${head}Transfer-Encoding: chunked\r\n\r\n${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
      });
    const hop = /^(connection|keep-alive|transfer-encoding)$/i;
    await fc.assert(
      fc.asyncProperty(written, fc.array(fc.nat(), { maxLength: 3 }), async (answer, places) => {
        [text, cuts] = [answer, places];
        const ours = await send(one, origin).answer;
        const theirs = await byUndici(agent, origin);
        expect({ status: ours.status, body: ours.body, headers: ours.headers }).toEqual({
          ...theirs,
          headers: theirs.headers.filter((_, at, all) => !hop.test(all[at & ~1]!)),
        });
      }),
      { numRuns: 100 },
    );
  });
});

/** Waits until something is so; the limit of the test ends it when it never is. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(5);
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve();
    yield Buffer.from(text);
  }
}

function byUndici(agent: Agent, origin: string): Promise<Omit<Answer, 'trailers'>> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: string[] = [];
    let body = '';
    agent.dispatch(
      { origin, path: '/', method: 'GET' },
      {
        onRequestStart: () => {},
        onResponseStart: (controller, code) => {
          status = code;
          headers = (controller.rawHeaders as Buffer[]).map((one) => one.toString('latin1'));
        },
        onResponseData: (_controller, chunk) => void (body += chunk.toString('latin1')),
        onResponseEnd: () => resolve({ status, headers, body }),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}
