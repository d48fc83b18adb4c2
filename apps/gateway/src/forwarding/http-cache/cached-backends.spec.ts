import { rawBackend, startGateway, talk, wideApi } from '../../testing/start-gateway.js';
import type { RawBackend } from '../../testing/start-gateway.js';

const tenant = 'context.Request.Headers.GetValueOrDefault("X-Tenant", "")';

describe('caching by RFC 9111 keeps answers apart', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const echo = (name: string): Promise<RawBackend> =>
    rawBackend((socket) =>
      socket.on('data', (chunk) => {
        const host = /host: (.*)\r\n/i.exec(chunk.toString('latin1'))?.[1] ?? '';
        const body = `<${name} ${host}>`;
        socket.write(
          `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      }),
    );

  it.each([
    [
      'of backend entities',
      `<choose><when condition='@(${tenant} == "b")'><set-backend-service backend-id="b" /></when>` +
        '<otherwise><set-backend-service backend-id="a" /></otherwise></choose>',
      [/<a /, /<b /],
    ],
    [
      'of virtual hosts at one address',
      `<set-header name="Host" exists-action="override"><value>@(${tenant} + ".example")</value></set-header>`,
      [/ a\.example>/, / b\.example>/],
    ],
  ])('%s', async (_what, inbound, [ofA, ofB]) => {
    const a = await echo('a');
    const b = await echo('b');
    const value =
      `<policies><inbound><base />${inbound}</inbound><backend><base /></backend>` +
      '<outbound><base /></outbound><on-error><base /></on-error></policies>';
    const resources = wideApi(a.port, value).map((one) =>
      one.id === '/apis/wide'
        ? { ...one, properties: { ...one.properties, responseCaching: 'standards' } }
        : one,
    );
    const backends = [
      { id: '/backends/a', properties: { protocol: 'http', url: `http://127.0.0.1:${a.port}` } },
      { id: '/backends/b', properties: { protocol: 'http', url: `http://127.0.0.1:${b.port}` } },
    ];
    const gateway = await startGateway([...resources, ...backends]);
    open.push(gateway, a, b);
    const call = async (name: string): Promise<string> =>
      (
        await talk(
          gateway.port,
          `GET /api/x HTTP/1.1\r\nHost: gateway.example\r\nX-Tenant: ${name}\r\n\r\n`,
        )
      ).text;
    expect(await call('a')).toMatch(ofA!);
    expect(await call('b')).toMatch(ofB!);
    const again = await call('a');
    expect(again).toMatch(ofA!);
    expect(again).toMatch(/\r\nAge: /);
  });
});
