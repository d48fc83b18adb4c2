import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { putInFront } from './raw-plane.js';

const server = createServer((_, response) => response.end('behind'));
let url = '';

beforeAll(async () => {
  putInFront(server, (request, response) => {
    if (request.url !== '/fast') return false;
    response.end('in front');
    return true;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a plane in front of a server', () => {
  it('answers what it takes', async () => {
    expect(await (await fetch(`${url}/fast`)).text()).toBe('in front');
  });

  it('leaves everything else to what listened before', async () => {
    expect(await (await fetch(`${url}/other`)).text()).toBe('behind');
  });
});
