import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { register } from 'prom-client';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';
import { bodyMemory } from '../settings.js';

const kilobyte = 1024;
const reads =
  '<policies><inbound><choose><when condition="@(context.Request.Body.As&lt;string&gt;(true) == &quot;&quot;)"><return-response /></when></choose></inbound><backend><forward-request /></backend><outbound><choose><when condition="@(context.Request.Headers.ContainsKey(&quot;X-Read&quot;))"><set-header name="X-Length"><value>@(context.Response.Body.As&lt;string&gt;(true).Length.ToString())</value></set-header></when></choose></outbound><on-error /></policies>';
const passes =
  '<policies><inbound /><backend><forward-request buffer-request-body="false" /></backend><outbound /><on-error /></policies>';

const post = (length: number, ...fields: string[]): string =>
  [
    'POST /api/x HTTP/1.1',
    'Host: gateway.example',
    `Content-Length: ${length}`,
    'Connection: close',
    ...fields,
    '',
    '',
  ].join('\r\n');

/** The value of a metric without labels. */
async function metric(name: string): Promise<number> {
  const found = (await register.getSingleMetric(name)?.get())?.values[0];
  return found?.value ?? NaN;
}

describe('the memory for bodies', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  let answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  beforeAll(async () => {
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        if (/^POST /.test(chunk.toString('latin1'))) socket.write(answer);
      }),
    );
    gateway = await startGateway(wideApi(backend.port, reads), ['--body-memory=102400']);
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
  });
  beforeEach(() => {
    gateway.publish(wideApi(backend.port, reads));
    answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  });

  /** A caller who has sent this much of a body of 90 KiB, and waits. */
  async function half(kilobytes: number): Promise<net.Socket> {
    const socket = net.connect(gateway.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.write(post(90 * kilobyte) + 'x'.repeat(kilobytes * kilobyte));
    const begun = await metric('isthmus_gateway_body_bytes');
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await metric('isthmus_gateway_body_bytes')) >= begun + kilobytes * kilobyte) break;
      await new Promise((done) => setTimeout(done, 10));
    }
    return socket;
  }

  const rest = (socket: net.Socket, bytes: number): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString('latin1')));
      socket.on('close', () => resolve(text));
      socket.write('x'.repeat(bytes));
    });

  it('is shared by all calls: one that finds no room is 503, the others go on, and the end gives it back', async () => {
    const refusedBefore = await metric('isthmus_gateway_bodies_refused_total');
    const first = await half(60);
    const second = await talk(gateway.port, post(50 * kilobyte) + 'x'.repeat(50 * kilobyte));
    expect(second.text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(second.text).toContain('Retry-After: 1\r\n');
    expect(second.text).toContain('Content-Type: application/json\r\n');
    expect(second.text).toMatch(
      /"statusCode": 503, "message": "There is no room in memory for the message body at the moment\./,
    );
    expect(await metric('isthmus_gateway_bodies_refused_total')).toBe(refusedBefore + 1);
    expect(await rest(first, 30 * kilobyte)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await metric('isthmus_gateway_body_bytes')).toBe(0);
    const third = await talk(gateway.port, post(50 * kilobyte) + 'x'.repeat(50 * kilobyte));
    expect(third.text).toMatch(/^HTTP\/1\.1 200 /);
    const line = gateway.log.find(
      ({ fields }) => (fields as { errorReason?: string }).errorReason === 'MessageBodyNoRoom',
    );
    expect(line?.level).toBe('warn');
  });

  it('is given back when a caller leaves in the middle of its body', async () => {
    const socket = await half(60);
    socket.destroy();
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await metric('isthmus_gateway_body_bytes')) === 0) break;
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(await metric('isthmus_gateway_body_bytes')).toBe(0);
  });

  it('counts the answers of backends that policies read', async () => {
    answer = `HTTP/1.1 200 OK\r\nContent-Length: 122880\r\n\r\n${'y'.repeat(120 * kilobyte)}`;
    const read = await talk(gateway.port, `${post(1, 'X-Read: 1')}x`);
    expect(read.text).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n/);
    expect(await metric('isthmus_gateway_body_bytes')).toBe(0);
    const unread = await talk(gateway.port, `${post(1)}x`);
    expect(unread.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(unread.text.endsWith('y'.repeat(100))).toBe(true);
  });

  it('counts what a compressed body becomes', async () => {
    const packed = gzipSync(Buffer.alloc(200 * kilobyte, 'z'));
    const head = Buffer.from(post(packed.length, 'Content-Encoding: gzip'));
    const { text } = await talk(gateway.port, Buffer.concat([head, packed]));
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('is not for bodies that stream', async () => {
    gateway.publish(wideApi(backend.port, passes));
    const { text } = await talk(gateway.port, post(300 * kilobyte) + 'x'.repeat(300 * kilobyte));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(await metric('isthmus_gateway_body_bytes')).toBe(0);
  });

  it('is a quarter of the heap unless it is set, and has room for one body', () => {
    const bodyBuffer = 64 * kilobyte ** 2;
    expect(bodyMemory({ bodyBuffer, bodyMemory: undefined }, 4 * kilobyte ** 3)).toBe(
      kilobyte ** 3,
    );
    expect(bodyMemory({ bodyBuffer, bodyMemory: undefined }, 128 * kilobyte ** 2)).toBe(bodyBuffer);
    expect(bodyMemory({ bodyBuffer, bodyMemory: 1000 })).toBe(1000);
  });
});
