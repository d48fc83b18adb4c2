import { setTimeout as wait } from 'node:timers/promises';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';

const block = Buffer.alloc(4 * 1024 * 1024, 'x');

describe('an answer of a backend that nobody reads', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  /** A policy of an API, by what stands in its backend and outbound sections. */
  const policy = (backend: string, outbound: string, inbound = ''): string =>
    `<policies><inbound><base />${inbound}</inbound><backend>${backend}</backend>` +
    `<outbound><base />${outbound}</outbound><on-error><base /></on-error></policies>`;
  const forward = '<forward-request />';

  it.each([
    [
      'because the call was tried again',
      policy(
        `<retry condition="@(context.Response.StatusCode == 200)" count="3" interval="0">${forward}</retry>`,
        '<return-response><set-status code="200" /></return-response>',
      ),
      'GET',
    ],
    [
      'because a policy made another one',
      policy(forward, '<return-response><set-status code="200" /></return-response>'),
      'GET',
    ],
    [
      'because its status has no content',
      policy(forward, '<set-status code="204" reason="No Content" />'),
      'GET',
    ],
    [
      'because the caller asked for the head alone',
      policy(forward, '', '<set-method>GET</set-method>'),
      'HEAD',
    ],
  ])('gives its connection back %s', async (_why, value, method) => {
    let calls = 0;
    const backend = await rawBackend((socket) =>
      socket.on('data', () => {
        calls++;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${block.length}\r\n\r\n`);
        socket.write(block);
      }),
    );
    const gateway = await startGateway(wideApi(backend.port, value));
    open.push(gateway, backend);
    await talk(gateway.port, `${method} /api/x HTTP/1.1\r\nHost: gateway.example\r\n\r\n`);
    expect(calls).toBeGreaterThan(0);
    for (let turn = 0; turn < 100 && backend.sockets.size > 0; turn++) await wait(20);
    expect(backend.sockets.size).toBe(0);
  });
});
