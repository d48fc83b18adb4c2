import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { rawBackend, startGateway, talk, wideApi } from '../../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../../testing/start-gateway.js';
import { namespaceOf, readConnectionString } from './connection-string.js';
import { EventQueue } from './event-queue.js';
import { MessagingClient, sharedAccessSignature } from './messaging-client.js';

interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What stands in for Azure: it remembers what it got and answers as it is told. */
class StubService {
  readonly posted: Posted[] = [];
  /** Status of the next answers, the last one for all that follow. */
  statuses = [201];
  /** Milliseconds before an answer. */
  delay = 0;
  readonly #server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (request.url === '/token') {
        response.setHeader('Content-Type', 'application/json');
        response.end('{"access_token":"token-of-the-gateway","expires_in":3600}');
        return;
      }
      this.posted.push({ path: request.url ?? '', headers: request.headers, body });
      response.statusCode =
        this.statuses.length > 1 ? this.statuses.shift()! : (this.statuses[0] ?? 201);
      setTimeout(() => response.end(), this.delay);
    });
  });

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  listen(): Promise<void> {
    return new Promise((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
  }
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
  async until(count: number): Promise<Posted[]> {
    for (let index = 0; index < 200 && this.posted.length < count; index++) await wait(30);
    return this.posted;
  }
}

const emulator = (port: number): string =>
  `Endpoint=sb://127.0.0.1:${port}/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true`;
const get = 'GET /api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const policies = (inbound: string, onError = ''): string =>
  `<policies><inbound>${inbound}</inbound><backend><forward-request/></backend><outbound/><on-error>${onError}</on-error></policies>`;

describe('messages of policies', () => {
  let stub: StubService;
  let backend: RawBackend;
  let gateway: RunningGateway | undefined;
  const start = async (inbound: string, flags: string[] = [], onError = ''): Promise<void> => {
    const logger = {
      id: '/loggers/hub',
      properties: {
        loggerType: 'azureEventHub',
        credentials: { name: 'calls', connectionString: '{{hub-connection}}' },
      },
    };
    const secret = {
      id: '/namedValues/hub-connection',
      properties: { displayName: 'hub-connection', secret: true, value: emulator(stub.port) },
    };
    const api = wideApi(backend.port, policies(inbound, onError));
    gateway = await startGateway([...api, logger, secret], flags);
  };
  const call = async (): Promise<string> => (await talk(gateway!.port, get)).text;

  beforeEach(async () => {
    stub = new StubService();
    await stub.listen();
    backend = await rawBackend((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
    );
  });
  afterEach(async () => {
    stub.close();
    await gateway?.close();
    gateway = undefined;
    backend.close();
  });

  describe('log-to-eventhub', () => {
    const log = '<log-to-eventhub logger-id="hub">@("call " + context.RequestId)</log-to-eventhub>';

    it('sends what came together as one batch, signed with the key of the connection string', async () => {
      await start(log);
      await Promise.all([call(), call(), call()]);
      const [posted] = await stub.until(1);
      expect(posted?.path).toBe('/calls/messages?timeout=60&api-version=2014-01');
      expect(posted?.headers['content-type']).toBe('application/vnd.microsoft.servicebus.json');
      const events = JSON.parse(posted?.body ?? '') as { Body: string }[];
      expect(events.map((one) => one.Body)).toEqual([
        expect.stringMatching(/^call [\w-]{36}$/),
        expect.stringMatching(/^call [\w-]{36}$/),
        expect.stringMatching(/^call [\w-]{36}$/),
      ]);
      const [, resource, signature, expiry, name] =
        /^SharedAccessSignature sr=(.+)&sig=(.+)&se=(\d+)&skn=(.+)$/.exec(
          posted?.headers.authorization ?? '',
        )!;
      expect(decodeURIComponent(resource!)).toBe(`https://127.0.0.1:${stub.port}/calls`);
      const expected = createHmac('sha256', 'c2VjcmV0').update(`${resource}\n${expiry}`);
      expect(decodeURIComponent(signature!)).toBe(expected.digest('base64'));
      expect(name).toBe('send');
      expect(Number(expiry) * 1000).toBeGreaterThan(Date.now());
    });

    it('never delays a call, however slow the event hub is', async () => {
      stub.delay = 3000;
      await start(log);
      await call();
      await stub.until(1);
      const started = performance.now();
      expect(await call()).toContain('200 OK');
      expect(performance.now() - started).toBeLessThan(1500);
    });

    it('never fails a call: the event hub refuses, and the log tells how many events are lost', async () => {
      stub.statuses = [401];
      await start(log);
      expect(await call()).toContain('200 OK');
      await stub.until(1);
      await wait(50);
      const line = gateway!.log.find((one) => one.message?.startsWith('events are lost'));
      expect(line).toMatchObject({
        level: 'warn',
        fields: { hub: 'calls', events: 1, error: 'Event Hubs answered 401' },
      });
    });

    it('repeats what failed for a reason that may pass', async () => {
      stub.statuses = [503, 201];
      await start(log);
      await call();
      const [first, second] = await stub.until(2);
      expect(second?.body).toBe(first?.body);
      await wait(50);
      expect(gateway!.log.some((one) => one.message?.startsWith('events are lost'))).toBe(false);
    });

    it('sends to a partition by its id, and with a partition key in a header', async () => {
      await start(
        '<log-to-eventhub logger-id="hub" partition-id="3">a</log-to-eventhub><log-to-eventhub logger-id="hub" partition-key="Köln">b</log-to-eventhub>',
      );
      await call();
      const posted = [...(await stub.until(2))].sort((a, b) => (a.path < b.path ? -1 : 1));
      expect(posted[0]?.path).toMatch(/^\/calls\/messages/);
      expect(posted[0]?.headers['brokerproperties']).toBe('{"PartitionKey":"K\\u00f6ln"}');
      expect(posted[0]?.body).toBe('b');
      expect(posted[1]?.path).toMatch(/^\/calls\/partitions\/3\/messages/);
      expect(JSON.parse(posted[1]?.body ?? '')).toEqual([{ Body: 'a' }]);
    });

    it('sends what waits before the process ends', async () => {
      await start(log);
      await call();
      await gateway!.close();
      gateway = undefined;
      expect(stub.posted).toHaveLength(1);
    });
  });

  describe('send-service-bus-message', () => {
    const send = (attributes: string): string =>
      `<send-service-bus-message ${attributes}><message-properties><message-property name="Host">@("h" + 1)</message-property></message-properties><payload>@("paid " + context.Request.Method)</payload></send-service-bus-message>`;

    it('sends to a queue of the configured namespace, with properties, ids and a time to live', async () => {
      const flag = `--service-bus-connections=${emulator(stub.port)}`;
      await start(
        send(
          'queue-name="orders/new" message-id="0f8fad5b-d9cb-469f-a165-70867728950e" session-id="7c9e6679-7425-40de-944b-e07fc1f90ae7" time-to-live="1.02:03:04"',
        ),
        [flag],
      );
      expect(await call()).toContain('200 OK');
      const [posted] = stub.posted;
      expect(posted?.path).toMatch(/^\/orders\/new\/messages\?/);
      expect(posted?.headers.authorization).toMatch(/^SharedAccessSignature sr=/);
      expect(JSON.parse(posted?.body ?? '')).toEqual([
        {
          Body: 'paid GET',
          BrokerProperties: {
            MessageId: '0f8fad5b-d9cb-469f-a165-70867728950e',
            SessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
            TimeToLiveTimeSpan: '1.02:03:04',
          },
          UserProperties: { Host: 'h1' },
        },
      ]);
    });

    it("shows the gateway's own identity to a namespace without a connection string", async () => {
      await start(send('topic-name="events" namespace="shop.servicebus.windows.net"'), [
        `--service-bus-endpoint=http://127.0.0.1:${stub.port}`,
        `--identity-token-url=http://127.0.0.1:${stub.port}/token`,
        '--identity-client-id=gateway',
        '--identity-client-secret=secret',
      ]);
      expect(await call()).toContain('200 OK');
      expect(stub.posted[0]?.path).toMatch(/^\/events\/messages\?/);
      expect(stub.posted[0]?.headers.authorization).toBe('Bearer token-of-the-gateway');
    });

    it.each([
      ['the service refuses', (port: number) => [`--service-bus-connections=${emulator(port)}`]],
      ['there is no namespace', () => []],
    ])('fails the call when %s, for on-error to handle', async (_why, flags) => {
      stub.statuses = [403];
      const onError =
        '<return-response><set-status code="502" reason="@(context.LastError.Reason)"/></return-response>';
      await start(send('queue-name="orders"'), flags(stub.port), onError);
      expect(await call()).toMatch(/^HTTP\/1\.1 502 ServiceBusMessageFailure/);
    });
  });
});

describe('a connection string', () => {
  it('names namespace, key and entity', () => {
    const text =
      'Endpoint=sb://Shop.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=a+b==;EntityPath=hub';
    expect(readConnectionString(text)).toEqual({
      origin: 'https://shop.servicebus.windows.net',
      access: { kind: 'key', keyName: 'n', key: 'a+b==' },
      entity: 'hub',
    });
  });
  it('is refused without its secret in the message', () => {
    expect(() => readConnectionString('SharedAccessKey=topsecret')).toThrow(
      /^The connection string has no 'Endpoint/,
    );
    expect(() => readConnectionString('Endpoint=sb://a/;SharedAccessKey=topsecret')).toThrow(
      /^The connection string has no 'SharedAccessKeyName'/,
    );
  });
  it.each(['evil.example/path', 'a@b', '', 'a b', 'x#'])('is not made of %j', (name) =>
    expect(() => namespaceOf(name, undefined)).toThrow(/no name of a Service Bus namespace/),
  );
});

describe('the queue of events', () => {
  it('has a bound: what comes beyond it is dropped and told', async () => {
    const told: string[] = [];
    const never = { send: () => new Promise<never>(() => {}) };
    const client = new MessagingClient(never, { managedIdentity: () => 't' } as never, Date.now);
    const queue = new EventQueue(client, (message) => told.push(message), undefined);
    const hub = { namespace: namespaceOf('shop', undefined), entity: 'hub', isBuffered: true };
    for (let index = 0; index < 10_000; index++) queue.add(hub, { loggerId: 'l', text: 'x' });
    expect(told).toEqual([]);
    queue.add(hub, { loggerId: 'l', text: 'x' });
    expect(told).toEqual(['events are dropped: too many wait for their event hub']);
  });
  it('signs as the service checks', () => {
    expect(
      sharedAccessSignature(
        'https://shop.servicebus.windows.net/hub',
        { keyName: 'n', key: 'k' },
        1,
      ),
    ).toBe(
      `SharedAccessSignature sr=https%3A%2F%2Fshop.servicebus.windows.net%2Fhub&sig=${encodeURIComponent(createHmac('sha256', 'k').update('https%3A%2F%2Fshop.servicebus.windows.net%2Fhub\n1').digest('base64'))}&se=1&skn=n`,
    );
  });
});
