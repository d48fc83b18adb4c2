import { text as textOf } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import type { BodyFlow, PushedBody } from '../pushed-body.js';
import { CallerGone } from './server-exchange.js';
import type { ServerExchange } from './server-exchange.js';
import { ok, RawCaller, runServer } from './testing/run-server.js';
import type { RunningServer } from './testing/run-server.js';
import { readAll } from './testing/read-all.js';
import { samples } from './testing/samples.js';

const wait = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));

/** Waits until something holds, for four seconds at most. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let patience = 0; patience < 400 && !holds(); patience++) await wait(10);
}
const get = (path = '/', ...fields: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n');
const post = (body: string, ...fields: string[]): string =>
  ['POST / HTTP/1.1', 'Host: a', `Content-Length: ${body.length}`, ...fields, '', body].join(
    '\r\n',
  );
const statuses = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]!);
const late = (exchange: ServerExchange, text: string, time = 30): void =>
  void setTimeout(() => exchange.answer(ok(), text), time);
const read = (body: PushedBody): Promise<string> => textOf(body as AsyncIterable<Buffer>);

describe('a server of HTTP/1.1', () => {
  let server: RunningServer;
  let caller: RawCaller;
  const start = async (
    serve: (exchange: ServerExchange) => void,
    limits?: Parameters<typeof runServer>[1],
  ): Promise<RawCaller> => {
    server = await runServer(serve, limits);
    return (caller = new RawCaller(server.port));
  };
  afterEach(async () => {
    caller.socket.destroy();
    await server.close();
    if (server.defects.length > 0) throw server.defects[0];
  });

  describe('an answer', () => {
    it('leaves with the fields of the server, in their order, and keeps the connection', async () => {
      await start((exchange) => exchange.answer(ok('X-A', '1'), 'hello'));
      caller.send(get());
      expect(await caller.until(/hello$/)).toMatch(
        /^HTTP\/1\.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nhello$/,
      );
      caller.send(get());
      await caller.until(/hello[^]*hello$/);
    });

    it('has the Date that its fields tell, and no field that belongs to another connection', async () => {
      await start((exchange) =>
        exchange.answer(
          ok(
            'date',
            'then',
            'Connection',
            'x',
            'Keep-Alive',
            'timeout=1',
            'Transfer-Encoding',
            'gzip',
            'content-length',
            '99',
            'Trailer',
            'x',
            'Upgrade',
            'x',
          ),
          'hello',
        ),
      );
      caller.send(get());
      expect(await caller.until(/hello$/)).toBe(
        'HTTP/1.1 200 OK\r\ndate: then\r\nContent-Length: 5\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nhello',
      );
    });

    it.each([
      ['HEAD', 200, 'content-length: 7'],
      ['GET', 304, 'content-length: 7'],
      ['GET', 204, undefined],
    ])('to %s with %s has no body', async (method, status, length) => {
      await start((exchange) =>
        exchange.answer({ status, reason: '', fields: ['content-length', '7'] }, 'content'),
      );
      caller.send(get().replace('GET', method) + get().replace('GET', method));
      const text = await caller.until(/timeout=5\r\n\r\nHTTP[^]*timeout=5\r\n\r\n$/);
      expect(/content-length: \d+/i.exec(text)?.[0]).toBe(length);
      expect(text).not.toMatch(/content\r|transfer-encoding/i);
    });

    it.each([1, 16 * 1024, 16 * 1024 + 1, 1024 * 1024])(
      'of %i bytes arrives whole',
      async (size) => {
        await start((exchange) => exchange.answer(ok(), Buffer.alloc(size, 'x')));
        caller.send(get('/', 'Connection: close'));
        const text = await caller.until('closed');
        expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(size);
        expect(text).toContain(`Content-Length: ${size}\r\n`);
      },
    );

    it.each([
      ['a line end in a value', ['X-A', 'a\r\nX-B: b']],
      ['a NUL in a value', ['X-A', 'a\0']],
      ['a value beyond Latin-1', ['X-A', '\u0416']],
      ['a name that is none', ['X A', 'a']],
      ['an empty name', ['', 'a']],
    ])('is not written with %s', async (_what, fields) => {
      const failures: unknown[] = [];
      await start((exchange) => {
        try {
          exchange.answer(ok(...fields), 'x');
        } catch (error) {
          failures.push(error);
          exchange.abort();
        }
      });
      caller.send(get());
      expect(await caller.until('closed')).toBe('');
      expect(failures).toEqual([expect.any(TypeError)]);
    });

    it.each([
      ['HTTP/1.1', [], /Connection: keep-alive/],
      ['HTTP/1.1', ['Connection: close'], /Connection: close/],
      ['HTTP/1.0', [], /Connection: close/],
      ['HTTP/1.0', ['Connection: keep-alive'], /Connection: keep-alive/],
    ])('to %s with %j says what becomes of the connection', async (version, fields, said) => {
      await start((exchange) => exchange.answer(ok(), 'x'));
      caller.send([`GET / ${version}`, ...fields, '', ''].join('\r\n'));
      if (said.source.endsWith('close')) await caller.until('closed');
      else await caller.until(/\r\n\r\nx$/);
      expect(caller.text).toMatch(said);
    });

    it('to HTTP/1.0 without a length ends with the connection', async () => {
      await start((exchange) => {
        exchange.begin(ok());
        exchange.write(Buffer.from('abc'));
        exchange.end(['X-T', '1']);
      });
      caller.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
      const text = await caller.until('closed');
      expect(text).toMatch(/Connection: close\r\n\r\nabc$/);
      expect(text).not.toMatch(/transfer-encoding|X-T/i);
    });
  });

  describe('a streamed answer', () => {
    it('comes in chunks, with trailers', async () => {
      await start((exchange) => {
        exchange.begin(ok('Trailer', 'X-T'));
        exchange.write(Buffer.from('abc'));
        exchange.write(Buffer.alloc(0));
        exchange.write(Buffer.from('0123456789abcdef'));
        exchange.end(['X-T', '1', 'Content-Length', '3']);
      });
      caller.send(get() + get());
      const text = await caller.until(/X-T: 1\r\n\r\n[^]*X-T: 1\r\n\r\n$/);
      expect(text).toMatch(
        /Trailer: X-T\r\nDate: [^]*?Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nX-T: 1\r\n\r\nHTTP/,
      );
    });

    it('shows its head at once', async () => {
      await start((exchange) => exchange.begin(ok()));
      caller.send(get());
      expect(await caller.until(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 200 [^]*chunked\r\n\r\n$/);
    });

    it('is as long as its length says', async () => {
      await start((exchange) => {
        exchange.begin(ok('Content-Length', '6'));
        exchange.write(Buffer.from('abc'));
        exchange.write(Buffer.from('def'));
        exchange.end();
      });
      caller.send(get() + get());
      expect(await caller.until(/abcdef[^]*abcdef$/)).not.toMatch(/chunked/);
    });

    it.each([
      ['shorter', 'ab'],
      ['longer', 'abcd'],
    ])('that is %s than its length says is cut off', async (_how, text) => {
      await start((exchange) => {
        exchange.begin(ok('Content-Length', '3'));
        exchange.write(Buffer.from(text));
        exchange.end();
      });
      caller.send(get() + get());
      await caller.until('closed');
      expect(statuses(caller.text).length).toBeLessThanOrEqual(1);
      expect(caller.text).not.toContain('abcd');
    });

    it.each([
      ['HTTP/1.1', []],
      ['HTTP/1.0', ['ECONNRESET']],
    ])('that breaks off never looks complete (%s)', async (version, expected) => {
      await start((exchange) => {
        exchange.begin(ok());
        exchange.write(Buffer.from('abc'));
        setTimeout(() => exchange.abort(), 30);
      });
      const errors: string[] = [];
      caller.socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''));
      caller.send(`GET / ${version}\r\nHost: a\r\n\r\n`);
      await caller.until('closed');
      expect(caller.text).not.toContain('0\r\n\r\n');
      expect(errors).toEqual(expected);
    });

    it('waits for a caller who reads slowly, and holds a bounded amount', async () => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      let sent = 0;
      let most = 0;
      await start((exchange) => {
        exchange.begin(ok());
        const go = (): void => {
          while (sent < 20_000_000) {
            sent += chunk.length;
            const room = exchange.write(chunk);
            most = Math.max(most, exchange.socket.writableLength);
            if (!room) return void (exchange.onDrain = go);
          }
          exchange.end();
        };
        go();
      });
      caller.socket.pause();
      caller.send(get());
      await wait(200);
      const before = sent;
      await wait(200);
      expect(sent).toBe(before);
      expect(sent).toBeLessThan(15_000_000);
      caller.socket.on('data', () => (caller.text = caller.text.slice(-10))).resume();
      await caller.until(/\r\n0\r\n\r\n$/);
      expect(sent).toBeGreaterThanOrEqual(20_000_000);
      expect(most).toBeLessThan(1_000_000);
    });
  });

  describe('requests on one connection', () => {
    it.each([
      ['at once', (exchange: ServerExchange) => exchange.answer(ok(), exchange.target)],
      ['later', (exchange: ServerExchange) => late(exchange, exchange.target, 5)],
    ])('are answered in their order, %s', async (_when, serve) => {
      const running: string[] = [];
      let most = 0;
      await start((exchange) => {
        running.push(exchange.target);
        most = Math.max(most, running.length);
        serve(exchange);
        const check = setInterval(() => {
          if (!exchange.over) return;
          clearInterval(check);
        }, 1);
        running.pop();
      });
      caller.send(get('/1') + get('/2') + post('body') + get('/4', 'Connection: close'));
      const text = await caller.until('closed');
      expect(text.match(/\r\n\r\n(\/\d?)/g)).toEqual([
        '\r\n\r\n/1',
        '\r\n\r\n/2',
        '\r\n\r\n/',
        '\r\n\r\n/4',
      ]);
      expect(most).toBe(1);
    });

    it('are handed over one at a time', async () => {
      let running = 0;
      let most = 0;
      await start((exchange) => {
        most = Math.max(most, ++running);
        setTimeout(() => {
          running--;
          exchange.answer(ok(), 'x');
        }, 5);
      });
      caller.send(get().repeat(20));
      await caller.count('\r\n\r\nx', 20);
      expect(most).toBe(1);
    });

    it('wait at the sender when nobody answers', async () => {
      await start(() => {});
      const wanted = 20_000_000;
      caller.send(get() + get().repeat(wanted / get().length));
      await wait(300);
      expect(caller.socket.writableLength).toBeGreaterThan(wanted / 2);
    });

    it('wait when their answers are not read', async () => {
      let served = 0;
      await start((exchange) => {
        served++;
        exchange.answer(ok(), Buffer.alloc(100_000));
      });
      caller.socket.pause();
      caller.send(get().repeat(400));
      await wait(300);
      const before = served;
      await wait(200);
      expect(served).toBe(before);
      expect(served).toBeLessThan(250);
      caller.socket.resume().on('data', () => (caller.text = ''));
      const all = performance.now() + 8000;
      while (served < 400 && performance.now() < all) await wait(20);
      expect(served).toBe(400);
    }, 15_000);

    it('are nothing behind one that closes the connection', async () => {
      const seen: string[] = [];
      await start((exchange) => {
        seen.push(exchange.target);
        exchange.answer(ok(), 'x');
      });
      caller.send(get('/1', 'Connection: close') + get('/2'));
      await caller.until('closed');
      expect(seen).toEqual(['/1']);
    });

    it('come before the refusal of bytes that are none', async () => {
      await start((exchange) => late(exchange, 'fine'));
      caller.send(`${get()}no request\x01\r\n\r\n${get()}`);
      const text = await caller.until('closed');
      expect(statuses(text)).toEqual(['200', '400']);
    });

    it.each(samples)('are the same wherever they are split: %j', async (bytes) => {
      const seen: string[] = [];
      await start((exchange) => {
        const told = `${exchange.method} ${exchange.target} ${exchange.fields.join('|')}`;
        if (!exchange.body) {
          seen.push(told);
          return exchange.answer(ok());
        }
        void read(exchange.body).then((body) => {
          seen.push(`${told} ${body}`);
          exchange.answer(ok());
        });
      });
      const { requests } = readAll(bytes, 4096);
      expect(requests.length).toBeGreaterThan(0);
      const allSeen = (): Promise<void> => eventually(() => seen.length >= requests.length);
      caller.send(bytes);
      await allSeen();
      const whole = [...seen];
      expect(whole).toHaveLength(requests.length);
      for (const step of [1, 7, 40]) {
        seen.length = 0;
        const other = new RawCaller(server.port);
        for (let at = 0; at < bytes.length; at += step) {
          other.send(bytes.slice(at, at + step));
          await new Promise((resolve) => setImmediate(resolve));
        }
        await allSeen();
        expect(seen).toEqual(whole);
        other.socket.destroy();
      }
    });
  });

  describe('a request body', () => {
    it('is pushed to who takes it, and held back for who has enough', async () => {
      let flow: BodyFlow | undefined;
      let taken = 0;
      let ended = false;
      await start((exchange) => {
        flow = exchange.body!.pushTo({
          chunk: (bytes) => ((taken += bytes.length), false),
          end: () => {
            ended = true;
            exchange.answer(ok(), 'done');
          },
          fail: () => {},
        });
      });
      const size = 8_000_000;
      caller.send(post('x'.repeat(size)));
      await eventually(() => taken > 0);
      const first = taken;
      expect(first).toBeGreaterThan(0);
      await wait(100);
      expect(taken).toBe(first);
      expect(caller.socket.writableLength).toBeGreaterThan(0);
      while (!ended) {
        flow!.resume();
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(taken).toBe(size);
      await caller.until(/done$/);
    });

    it.each([0, 50])('can be read by iteration, %i ms later', async (time) => {
      await start((exchange) => {
        void wait(time).then(async () => exchange.answer(ok(), await read(exchange.body!)));
      });
      caller.send(post('hello') + post('again'));
      expect(await caller.until(/hello[^]*again$/)).toMatch(/\r\n\r\nhelloHTTP/);
    });

    it('waits at the sender while nobody reads it', async () => {
      await start(() => {});
      caller.send(post('x'.repeat(20_000_000)));
      await wait(200);
      expect(caller.socket.writableLength).toBeGreaterThan(5_000_000);
    });

    it('of tiny chunks waits at the sender no less', async () => {
      await start(() => {});
      caller.send('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n');
      await wait(20);
      const before = process.memoryUsage().heapUsed;
      caller.send('1\r\nx\r\n'.repeat(3_000_000));
      await wait(300);
      expect(caller.socket.writableLength).toBeGreaterThan(5_000_000);
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000);
    });

    it('is null where none is framed', async () => {
      const bodies: unknown[] = [];
      await start((exchange) => {
        bodies.push(exchange.body);
        exchange.answer(ok());
      });
      caller.send(get() + post('') + get().replace('GET', 'POST'));
      await caller.count('HTTP', 3);
      expect(bodies).toEqual([null, null, null]);
    });

    it('breaks off when its caller leaves', async () => {
      const failures: unknown[] = [];
      let gone = 0;
      let reads = false;
      await start((exchange) => {
        reads = true;
        exchange.watcher = { callerGone: () => gone++ };
        read(exchange.body!).catch((error: unknown) => failures.push(error));
      });
      caller.send(post('hello').slice(0, -2));
      await eventually(() => reads);
      caller.socket.destroy();
      await eventually(() => gone > 0 && failures.length > 0);
      expect(gone).toBe(1);
      expect(failures).toEqual([expect.any(CallerGone)]);
    });

    it('that is malformed breaks off and is refused', async () => {
      const failures: unknown[] = [];
      await start((exchange) => {
        read(exchange.body!).catch((error: unknown) => failures.push(error));
      });
      caller.send('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxx\r\n');
      expect(statuses(await caller.until('closed'))).toEqual(['400']);
      expect(failures).toEqual([expect.any(CallerGone)]);
    });

    it('that is malformed is refused once, whatever its reader says to its end', async () => {
      await start((exchange) => {
        exchange.body!.pushTo({
          chunk: () => true,
          end: () => {},
          fail: () => exchange.answer(ok(), 'another'),
        });
      });
      caller.send('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n');
      expect(statuses(await caller.until('closed'))).toEqual(['400']);
    });

    it('that is malformed cuts an answer off that has begun', async () => {
      await start((exchange) => {
        exchange.begin(ok());
        exchange.write(Buffer.from('abc'));
      });
      caller.send('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
      await caller.until(/abc/);
      caller.send('xx\r\n');
      expect(await caller.until('closed')).toMatch(/3\r\nabc\r\n$/);
    });

    it('is thrown away behind its answer, and the connection goes on', async () => {
      const seen: string[] = [];
      await start((exchange) => {
        seen.push(exchange.target);
        exchange.answer(ok(), 'no');
      });
      const body = get('/inside');
      caller.send(post(body).slice(0, -20));
      await caller.until(/no$/);
      caller.send(post(body).slice(-20) + get('/next'));
      await caller.until(/no[^]*no$/);
      expect(seen).toEqual(['/', '/next']);
    });

    it('leaves a connection that goes on, whenever its reader stops and its answer comes', async () => {
      let seed = 5;
      const random = (below: number): number => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return Math.floor((seed / 2 ** 32) * below);
      };
      const later = (task: () => void): void => {
        const turns = random(3);
        if (turns === 0) process.nextTick(task);
        else if (turns === 1) setImmediate(task);
        else setTimeout(task, random(6));
      };
      await start((exchange) => {
        const { body } = exchange;
        if (!body) return exchange.answer(ok(), 'next');
        const answers = random(3);
        const answer = (): void => later(() => exchange.answer(ok(), 'early'));
        if (answers === 0) answer();
        let flow: BodyFlow | undefined;
        let pieces = random(8);
        later(() => {
          flow = body.pushTo({
            chunk: () => {
              if (pieces-- === 0) {
                later(() => flow!.stop());
                answer();
              }
              if (random(2) === 0) return true;
              later(() => flow!.resume());
              return false;
            },
            end: answer,
            fail: () => {},
          });
        });
      });
      const body = 'x'.repeat(300_000);
      for (let round = 0; round < 200; round++) {
        const other = new RawCaller(server.port);
        other.send(post(body) + get());
        await other.until(/early[^]*next$/);
        expect(statuses(other.text)).toEqual(['200', '200']);
        other.socket.destroy();
      }
    }, 30_000);

    it('without end is thrown away for a while, then the connection closes', async () => {
      await start((exchange) => exchange.answer(ok(), 'no'));
      caller.send('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      let sent = 0;
      while (!caller.closed && sent < 200_000_000) {
        if (caller.socket.destroyed) break;
        sent += chunk.length;
        if (!caller.socket.write(chunk)) await wait(2);
      }
      expect(sent).toBeLessThan(100_000_000);
    }, 15_000);
  });

  describe('"100 Continue"', () => {
    const expecting = post('hello', 'Expect: 100-continue').slice(0, -5);

    it('is said once somebody reads the body', async () => {
      await start((exchange) => {
        setTimeout(() => void read(exchange.body!).then((text) => exchange.answer(ok(), text)), 50);
      });
      caller.send(expecting);
      await wait(20);
      expect(caller.text).toBe('');
      await caller.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      caller.send('hello');
      expect(await caller.until(/hello$/)).toMatch(/Connection: keep-alive/);
    });

    it('is not said where the answer needs no body, and the connection closes', async () => {
      await start((exchange) => exchange.answer(ok(), 'no'));
      caller.send(expecting);
      expect(await caller.until('closed')).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/);
    });

    it.each([
      ['100-Continue', 'continue'],
      ['200-ok', 'unknown'],
      ['100-continue, 100-continue', 'unknown'],
    ])('is what "Expect: %s" wants: %s', async (value, expects) => {
      await start((exchange) => exchange.answer(ok(), exchange.expects ?? 'nothing'));
      caller.send(get('/', `Expect: ${value}`));
      expect(await caller.until(/\r\n\r\n\w+$/)).toMatch(new RegExp(`${expects}$`));
    });

    it('is not for HTTP/1.0', async () => {
      await start((exchange) => exchange.answer(ok(), exchange.expects ?? 'nothing'));
      caller.send('GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n');
      expect(await caller.until('closed')).toMatch(/\r\n\r\nnothing$/);
    });
  });

  it('passes interim answers on, but not to HTTP/1.0 nor behind the head', async () => {
    await start((exchange) => {
      exchange.interim(103, ['Link', '</a>']);
      exchange.answer(ok(), 'x');
      exchange.interim(103, ['Link', '</b>']);
    });
    caller.send(`${get()}GET / HTTP/1.0\r\n\r\n`);
    const text = await caller.until('closed');
    expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(statuses(text)).toEqual(['103', '200', '200']);
  });

  describe('a caller that leaves', () => {
    it.each(['destroy', 'end'] as const)('by %s is noticed while its call waits', async (how) => {
      let [here, gone] = [false, false];
      const taken: boolean[] = [];
      await start((exchange) => {
        here = true;
        const callerGone = (): void => {
          gone = true;
          exchange.answer(ok(), 'late');
          taken.push(exchange.begun);
        };
        exchange.watcher = { callerGone };
      });
      caller.send(get());
      await eventually(() => here);
      caller.socket[how]();
      await eventually(() => gone);
      expect(taken).toEqual([false]);
    });

    it('in the middle of an answer wakes who waits for room', async () => {
      let [waits, woken] = [false, false];
      await start((exchange) => {
        exchange.begin(ok());
        while (exchange.write(Buffer.alloc(100_000)));
        waits = true;
        exchange.onDrain = () => (woken = exchange.over);
      });
      caller.socket.pause();
      caller.send(get());
      await eventually(() => waits);
      caller.socket.destroy();
      await eventually(() => woken);
      expect(woken).toBe(true);
    });

    it('in the middle of a request is told that it was none', async () => {
      const seen = jest.fn();
      await start(seen);
      const half = new RawCaller(server.port, true);
      half.send('GET / HTTP/1.1\r\nHost');
      half.socket.end();
      expect(statuses(await half.until('closed'))).toEqual(['400']);
      expect(seen).not.toHaveBeenCalled();
      half.socket.destroy();
    });
  });

  describe('time limits', () => {
    it('end a head that does not arrive, however slowly it goes on', async () => {
      await start(() => {}, { headTimeout: 300 });
      const drip = setInterval(() => caller.send('G'), 50);
      caller.send('GET / HTTP/1.1\r\nX: ');
      expect(statuses(await caller.until('closed'))).toEqual(['408']);
      clearInterval(drip);
    });

    it('end a body that does not arrive', async () => {
      let gone = false;
      await start((exchange) => void (exchange.watcher = { callerGone: () => (gone = true) }), {
        requestTimeout: 300,
      });
      caller.send(post('hello').slice(0, -1));
      expect(statuses(await caller.until('closed'))).toEqual(['408']);
      expect(gone).toBe(true);
    });

    it('end a connection that says nothing, without a word', async () => {
      await start(() => {}, { headTimeout: 200 });
      expect(await caller.until('closed')).toBe('');
    });

    it('end a connection that rests, and leave one alone that waits for its answer', async () => {
      const long = 2500;
      await start((exchange) => late(exchange, 'x', exchange.target === '/slow' ? long : 0), {
        keepAliveTimeout: 100,
      });
      const slow = new RawCaller(server.port).send(get('/slow'));
      caller.send(get());
      await caller.until('closed');
      expect(statuses(caller.text)).toEqual(['200']);
      await slow.until(/x$/);
      slow.socket.destroy();
    });
    describe('and a caller who reads slowly', () => {
      const large = 16 * 1024 * 1024;
      const begin = async (request: string, requestTimeout: number): Promise<void> => {
        await start(
          (exchange) => {
            if (exchange.target === '/stream') {
              exchange.begin(ok('Content-Length', String(large)));
              exchange.write(Buffer.alloc(large));
              exchange.end();
            } else exchange.answer(ok(), Buffer.alloc(large));
          },
          { keepAliveTimeout: 0, requestTimeout },
        );
        caller.socket.pause();
        caller.send(request);
      };

      it.each([
        ['a connection that closes', get('/', 'Connection: close')],
        ['a streamed answer on a connection that closes', get('/stream', 'Connection: close')],
        ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
        ['a connection that is kept', get('/')],
        ['an early answer', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n'],
      ])(
        'do not cut off what is still to leave: %s',
        async (_, request) => {
          await begin(request, 10_000);
          await wait(3500);
          caller.socket.resume();
          const text = await caller.until('closed');
          expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(large);
        },
        15_000,
      );

      it.each(['/', '/stream'])(
        'end when it takes nothing at all: %s',
        async (path) => {
          await begin(get(path), 800);
          await wait(2500);
          caller.socket.resume();
          expect((await caller.until('closed')).length).toBeLessThan(large);
        },
        15_000,
      );
    });
  });

  describe('the end of the server', () => {
    it('closes what rests at once, and the others with their next answer', async () => {
      await start((exchange) => late(exchange, 'x', exchange.target === '/slow' ? 200 : 0));
      const slow = new RawCaller(server.port).send(get('/slow'));
      const young = new RawCaller(server.port);
      caller.send(get());
      await caller.until(/x$/);
      server.http.drain();
      await caller.until('closed');
      await young.until('closed');
      expect(await slow.until('closed')).toMatch(/Connection: close[^]*x$/);
    });

    it('still limits the time of a connection whose handshake was on its way', async () => {
      await start((exchange) => exchange.answer(ok()), { headTimeout: 100 });
      const late = new RawCaller(server.port);
      await wait(50);
      server.http.drain();
      await Promise.all([caller.until('closed'), late.until('closed')]);
      const later = new RawCaller(server.port);
      later.send('GET /');
      expect(await later.until('closed')).toMatch(/^HTTP\/1\.1 408 /);
      const served = new RawCaller(server.port);
      served.send(get());
      expect(await served.until('closed')).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/);
    });

    it('closes a connection whose answer had begun before', async () => {
      let running: ServerExchange | undefined;
      await start((exchange) => {
        running = exchange;
        exchange.begin(ok());
      });
      caller.send(get());
      await caller.until(/chunked/);
      server.http.drain();
      running!.end();
      expect(await caller.until('closed')).toMatch(/0\r\n\r\n$/);
    });
  });

  describe('an offer to leave HTTP', () => {
    const offer = get('/', 'Connection: Upgrade', 'Upgrade: websocket');

    it('gives the socket away, with what came behind the request', async () => {
      await start((exchange) => {
        expect(exchange.upgrade).toBe('websocket');
        setTimeout(() => {
          const early = exchange.detach();
          exchange.socket.write(`own:${early.toString('latin1')}`);
          exchange.socket.on('data', (chunk) => exchange.socket.write(chunk));
        }, 30);
      });
      caller.send(`${offer}early`);
      await caller.until(/^own:early$/);
      caller.send('more');
      await caller.until(/^own:earlymore$/);
    });

    it.each([
      ['no Connection', get('/', 'Upgrade: websocket')],
      ['no Upgrade', get('/', 'Connection: Upgrade')],
      ['a body', post('x', 'Connection: Upgrade', 'Upgrade: websocket')],
      ['HTTP/1.0', offer.replace('HTTP/1.1', 'HTTP/1.0')],
    ])('is none with %s', async (_what, bytes) => {
      await start((exchange) => exchange.answer(ok(), `${exchange.upgrade}`));
      caller.send(bytes);
      expect(await caller.until(/\r\n\r\n\w+$/)).toMatch(/undefined$/);
    });
  });

  it('cuts the connection of a handler that throws, and goes on', async () => {
    await start((exchange) => {
      if (exchange.target === '/bad') throw new Error('defect');
      exchange.answer(ok(), 'x');
    });
    caller.send(get('/bad'));
    await caller.until('closed');
    expect(server.defects).toEqual([expect.objectContaining({ message: 'defect' })]);
    server.defects.length = 0;
    const other = new RawCaller(server.port).send(get());
    await other.until(/x$/);
    other.socket.destroy();
  });

  it('answers ten thousand requests on one connection without a trace of the earlier ones', async () => {
    let served = 0;
    await start((exchange) => {
      served++;
      if (exchange.body) void read(exchange.body).then(() => exchange.answer(ok(), 'x'));
      else exchange.answer(ok(), 'x');
    });
    const listeners = new Set<number>();
    for (let round = 0; round < 100; round++) {
      caller.text = '';
      caller.send((get() + post('hello')).repeat(50));
      await caller.count('\r\n\r\nx', 100);
      listeners.add(caller.socket.listenerCount('data'));
    }
    expect(served).toBe(10_000);
    expect(listeners.size).toBe(1);
  }, 30_000);
});
