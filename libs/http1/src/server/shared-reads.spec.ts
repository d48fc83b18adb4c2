import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { kept, readBuffer } from '../read-buffer.js';
import { giveBack, readShared } from './shared-reads.js';

describe('accepted sockets that read into one buffer', () => {
  let server: Server;
  const callers: Socket[] = [];

  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.destroy();
    server.close();
    await once(server, 'close');
  });

  async function accepted(): Promise<{ caller: Socket; socket: Socket }> {
    const { port } = server.address() as AddressInfo;
    const caller = net.connect(port, '127.0.0.1').on('error', () => undefined);
    callers.push(caller);
    const [socket] = (await once(server, 'connection')) as [Socket];
    socket.on('error', () => undefined);
    return { caller, socket };
  }

  async function until(holds: () => boolean): Promise<void> {
    for (let patience = 0; patience < 400 && !holds(); patience++)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  beforeEach(async () => {
    server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  it('keep apart what each of them has read', async () => {
    const parts: Record<string, Buffer[]> = { a: [], b: [] };
    for (const name of ['a', 'b']) {
      const { caller, socket } = await accepted();
      const take = (bytes: Buffer, to: number): void => {
        expect(bytes).toBe(readBuffer);
        parts[name]!.push(kept(bytes, 0, to));
      };
      expect(readShared(socket, take)).toBe(true);
      for (let at = 0; at < 20; at++) caller.write(name.repeat(1000));
    }
    const textOf = (name: string): string => Buffer.concat(parts[name]!).toString();
    await until(() => textOf('a').length + textOf('b').length === 40_000);
    expect(textOf('a')).toBe('a'.repeat(20_000));
    expect(textOf('b')).toBe('b'.repeat(20_000));
  });

  it('become streams again when they are given away', async () => {
    const { caller, socket } = await accepted();
    let first = '';
    readShared(socket, (bytes, to) => (first += bytes.toString('latin1', 0, to)));
    caller.write('one');
    await until(() => first === 'one');
    giveBack(socket);
    let rest = '';
    socket.on('data', (bytes: Buffer) => (rest += bytes.toString()));
    caller.write('two');
    await until(() => rest === 'two');
    expect([first, rest]).toEqual(['one', 'two']);
  });

  it('stay streams where node shows no place for the buffer', () => {
    expect(readShared(Object.assign(new net.Socket(), { _handle: null }), () => undefined)).toBe(
      false,
    );
  });
});
