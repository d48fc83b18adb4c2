import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PortChooser } from './free-ports.js';
import { runningText } from './running.js';

describe('PortChooser', () => {
  it('takes the usual port when it is free, and another one when it is not', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const chooser = new PortChooser(true);
    expect(await chooser.choose(port)).not.toBe(port);
    taken.close();
    await once(taken, 'close');
    expect(await chooser.choose(port)).toBe(port);
  });

  it('gives no port twice', async () => {
    const chooser = new PortChooser(false);
    const ports = await Promise.all(Array.from({ length: 20 }, () => chooser.choose(8080)));
    expect(new Set(ports).size).toBe(20);
  });
});

describe('the table of npm start', () => {
  it('says which usual port is taken', () => {
    const service = { url: 'http://127.0.0.1:9999', pid: 1, command: 'x' };
    const text = runningText(
      {
        pid: 1,
        services: { gateway: service, catalog: { ...service, url: 'http://127.0.0.1:8081' } },
        tokenCommand: 'T',
        callCommand: 'C',
      },
      { gateway: 8080, catalog: 8081 },
    );
    expect(text).toMatch(/gateway .*usual port 8080 is taken/);
    expect(text).not.toMatch(/catalog .*is taken/);
  });
});
