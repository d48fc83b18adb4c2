import http from 'node:http';
import { duplexPair } from 'node:stream';
import { readAll } from './testing/read-all.js';
import type { ReadRequest } from './testing/read-all.js';
import { samples } from './testing/samples.js';

const limit = 16 * 1024;

/** What node's own server makes of the same bytes: its complete requests. */
async function readByNode(server: http.Server, bytes: string): Promise<readonly ReadRequest[]> {
  const requests: ReadRequest[] = [];
  const seen = (message: http.IncomingMessage, response: http.ServerResponse): void => {
    let body = '';
    message.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    message.on('error', () => {});
    message.on('end', () => {
      requests.push({
        method: message.method!,
        target: message.url!,
        version: message.httpVersionMinor as 0 | 1,
        fields: message.rawHeaders,
        body,
        persistent: response.shouldKeepAlive,
      });
      response.end();
    });
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    server.removeAllListeners(event);
    server.on(event, seen);
  }
  const [client, accepted] = duplexPair();
  client.on('error', () => {}).resume();
  const closed = new Promise<void>((resolve) => accepted.once('close', resolve));
  server.emit('connection', accepted);
  client.end(Buffer.from(bytes, 'latin1'));
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 100))]);
  await new Promise((resolve) => setImmediate(resolve));
  client.destroy();
  accepted.destroy();
  return requests;
}

/** Node reads nothing behind an offer to leave HTTP, even when it stays. */
const comparable = samples.filter((bytes) => !bytes.includes('Upgrade:'));

/** Whoever closes a connection that node keeps reads nothing more: that is no difference in what is read. */
function asStrictAs(own: readonly ReadRequest[]): (theirs: ReadRequest, at: number) => ReadRequest {
  return (theirs, at) =>
    own[at]?.persistent === false ? { ...theirs, persistent: false } : theirs;
}

/** Bytes that matter to somebody who parses HTTP. */
const nasty = '\r\n\t \0\x0b\x0c\x7f\x80\xff:;,="\\/#?*%+-_0129afAFxX';
const lines = [
  'Content-Length: 3\r\n',
  'Content-Length: 0\r\n',
  'content-length:5 \r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'TE: trailers\r\n',
  'Connection: close\r\n',
  'Connection: keep-alive, x\r\n',
  'Expect: 100-continue\r\n',
  'X-A: b\r\n c\r\n',
  '\r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  ';a=b',
];

/** Changes of a message at random, but the same ones every time. */
function* mutations(count: number): Generator<string> {
  let seed = 20_261_123;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pick = <T>(list: ArrayLike<T>): T => list[random(list.length)]!;
  for (let round = 0; round < count; round++) {
    let text = pick(comparable) + (random(2) === 0 ? pick(comparable) : '');
    for (let change = random(3); change >= 0; change--) {
      const at = random(text.length + 1);
      const kind = random(6);
      if (kind === 0) text = text.slice(0, at) + pick(nasty) + text.slice(at);
      else if (kind === 1) text = text.slice(0, at) + pick(nasty) + text.slice(at + 1);
      else if (kind === 2) text = text.slice(0, at) + text.slice(at + 1 + random(3));
      else if (kind === 3) {
        const end = text.indexOf('\r\n', at);
        if (end >= 0) text = text.slice(0, end + 2) + pick(lines) + text.slice(end + 2);
      } else if (kind === 4) text = text.replace(pick(['\r\n', ': ', ' ', '\r']), pick(nasty));
      else text = text.slice(0, at) + text.slice(random(at + 1), at) + text.slice(at);
    }
    yield text;
  }
}

describe("a reader of requests, beside node's own server", () => {
  let server: http.Server;
  beforeAll(() => {
    server = http.createServer({
      requireHostHeader: false,
      insecureHTTPParser: false,
      maxHeaderSize: limit,
    });
    // What came before still reaches its reader.
    server.on('clientError', (_error, socket) =>
      setImmediate(() => setImmediate(() => socket.destroy())),
    );
    server.maxHeadersCount = 0;
  });
  afterAll(() => void server.close());

  it.each(comparable)('reads the same: %j', async (bytes) => {
    const own = readAll(bytes, limit).requests;
    expect(own).toEqual(await readByNode(server, bytes));
  });

  it('never takes a request that node refuses, and reads what both take in the same way', async () => {
    const rounds = 20_000;
    let both = 0;
    let refused = 0;
    const differences: unknown[] = [];
    for (const bytes of mutations(rounds)) {
      const own = readAll(bytes, limit);
      const theirs = await readByNode(server, bytes);
      const same = theirs.slice(0, own.requests.length);
      if (JSON.stringify(own.requests) !== JSON.stringify(same.map(asStrictAs(own.requests))))
        differences.push({ bytes, own: own.requests, theirs });
      both += same.length;
      if (own.refused !== undefined) refused++;
    }
    expect(differences).toEqual([]);
    // The changes leave enough on both sides for this to mean something.
    expect(both).toBeGreaterThan(rounds / 4);
    expect(refused).toBeGreaterThan(rounds / 4);
  }, 120_000);
});
