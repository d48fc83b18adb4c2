import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk } from './testing/start-gateway.js';
import type { RawBackend, RunningGateway } from './testing/start-gateway.js';

const agreed =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-City: Orl\xe9ans\r\n\r\n';

/** A WebSocket API at /live. */
function live(port: number, policy: string): Resource[] {
  return [
    {
      id: '/apis/live',
      properties: {
        displayName: 'Live',
        type: 'websocket',
        path: 'live',
        serviceUrl: `ws://127.0.0.1:${port}`,
        subscriptionRequired: false,
      },
    },
    { id: '/apis/live/policies/policy', properties: { format: 'rawxml', value: policy } },
  ];
}

const policy =
  '<policies><inbound><set-header name="X-User" exists-action="override"><value>ann</value></set-header>' +
  '</inbound><backend><forward-request /></backend><outbound /><on-error /></policies>';

describe('a WebSocket handshake', () => {
  let seen = '';
  let backend: RawBackend;
  let gateway: RunningGateway;
  beforeAll(async () => {
    backend = await rawBackend((socket) =>
      socket.once('data', (chunk) => {
        seen = chunk.toString('latin1');
        socket.write(agreed, 'latin1');
      }),
    );
    gateway = await startGateway(live(backend.port, policy), ['--trusted-proxies=127.0.0.1']);
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
  });

  const shake = async (...fields: string[]): Promise<string> => {
    const head = [
      'GET /live HTTP/1.1',
      'Host: gateway.example',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...fields,
    ];
    return (await talk(gateway.port, `${head.join('\r\n')}\r\n\r\n`)).text;
  };

  it('passes the fields of the answer on byte for byte', async () => {
    const text = await shake();
    expect(text).toContain('HTTP/1.1 101');
    expect(text).toContain('X-City: Orl\xe9ans\r\n');
  });
  it('goes out like every other request: one chain of proxies, one Host, the trace', async () => {
    await shake('X-Forwarded-For: 192.0.2.7');
    expect(seen.match(/^X-Forwarded-For:.*$/gim)).toEqual([
      'X-Forwarded-For: 192.0.2.7, 127.0.0.1',
    ]);
    expect(seen.match(/^Host:.*$/gim)?.map((one) => one.toLowerCase())).toEqual([
      `host: 127.0.0.1:${backend.port}`,
    ]);
    expect(seen).toMatch(/^traceparent: 00-/im);
    expect(seen).toMatch(/^Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==/im);
    expect(seen).not.toMatch(/^Content-Length/im);
  });
  it('carries no "X_User" of the caller beside the "X-User" that a policy set', async () => {
    await shake('X_User: eve', 'Sec-WebSocket-Extensions: permessage-deflate');
    expect(seen).toMatch(/^X-User: ann\r$/m);
    expect(seen).not.toMatch(/eve|permessage/);
  });
});
