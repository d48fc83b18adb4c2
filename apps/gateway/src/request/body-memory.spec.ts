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

  it('has room for small bodies always: calls with much do not keep out those with little', async () => {
    const first = await half(60);
    const second = await half(39);
    const small = await talk(gateway.port, post(10 * kilobyte) + 'x'.repeat(10 * kilobyte));
    expect(small.text).toMatch(/^HTTP\/1\.1 200 /);
    const large = await talk(gateway.port, post(20 * kilobyte) + 'x'.repeat(20 * kilobyte));
    expect(large.text).toMatch(/^HTTP\/1\.1 503 /);
    first.destroy();
    second.destroy();
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

  it('counts what policies make: the sample of mock-response', async () => {
    const policy =
      '<policies><inbound><mock-response /></inbound><backend /><outbound /><on-error /></policies>';
    const mocked = (size: number): string => {
      const resources = wideApi(backend.port, policy);
      const operation = resources.find(({ id }) => id.endsWith('/operations/post'));
      Object.assign(operation!.properties, {
        responses: [
          {
            statusCode: 200,
            representations: [
              {
                contentType: 'text/plain',
                examples: { default: { value: 'm'.repeat(size) } },
              },
            ],
          },
        ],
      });
      gateway.publish(resources);
      return post(0);
    };
    const small = await talk(gateway.port, mocked(90 * kilobyte));
    expect(small.text).toMatch(/^HTTP\/1\.1 200 [^]*m{1000}$/);
    const large = await talk(gateway.port, mocked(120 * kilobyte));
    expect(large.text).toMatch(/^HTTP\/1\.1 503 /);
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

describe('answers that leave to slow callers', () => {
  const size = 24 * kilobyte ** 2;
  let backend: RawBackend;
  let gateway: RunningGateway;
  beforeAll(async () => {
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        if (!/^POST /.test(chunk.toString('latin1'))) return;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        socket.write(Buffer.alloc(size, 'y'));
      }),
    );
    gateway = await startGateway(wideApi(backend.port, reads), [
      `--body-memory=${Math.floor(size * 1.5)}`,
      '--body-buffer=50000000',
    ]);
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
  });

  /** A caller that reads its status line, and then nothing. */
  function slow(): Promise<net.Socket> {
    return new Promise((resolve) => {
      const socket = net.connect(gateway.port, '127.0.0.1');
      socket.on('error', () => socket.destroy());
      socket.once('data', () => resolve(socket.pause()));
      socket.write(`${post(1, 'X-Read: 1')}x`);
    });
  }

  const settles = async (bytes: number): Promise<void> => {
    for (let tries = 0; tries < 300; tries += 1) {
      if ((await metric('isthmus_gateway_body_bytes')) === bytes) break;
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(await metric('isthmus_gateway_body_bytes')).toBe(bytes);
  };

  it('count until they have left', async () => {
    const reader = await slow();
    await new Promise((done) => setTimeout(done, 200));
    expect(await metric('isthmus_gateway_body_bytes')).toBe(size + 1);
    const other = await talk(gateway.port, `${post(1, 'X-Read: 1')}x`);
    expect(other.text).toMatch(/^HTTP\/1\.1 503 /);
    let read = 0;
    const whole = new Promise((resolve) => reader.on('close', resolve));
    reader.on('data', (chunk) => (read += chunk.length));
    reader.resume();
    await whole;
    expect(read).toBeGreaterThan(size * 0.9);
    await settles(0);
  });

  it('count no more when the caller leaves', async () => {
    const reader = await slow();
    await settles(size + 1);
    reader.destroy();
    await settles(0);
    expect(gateway.server.rules.bodyMemory.held).toBe(0);
  });
});
