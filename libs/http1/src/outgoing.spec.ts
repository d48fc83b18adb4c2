import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Outgoing } from './outgoing.js';

/** Records what reaches a socket, one text for each write to the kernel. */
class Recorder {
  readonly written: string[] = [];
  destroyed = false;
  writableNeedDrain = false;
  #corked: string[] | undefined;

  cork(): void {
    this.#corked = [];
  }

  uncork(): void {
    const text = this.#corked!.join('');
    this.#corked = undefined;
    this.written.push(text);
  }

  write(data: string | Uint8Array): boolean {
    const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
    (this.#corked ?? this.written).push(text);
    return true;
  }
}

describe('What is sent on a socket', () => {
  let socket: Recorder;
  let out: Outgoing;

  beforeEach(() => {
    socket = new Recorder();
    out = new Outgoing(socket as unknown as Socket);
  });

  it('leaves at the end of the turn, as one write', async () => {
    out.send('one ');
    out.send('two ');
    expect(socket.written).toEqual([]);
    await turn();
    expect(socket.written).toEqual(['one two ']);
  });

  it('keeps its order, and bytes take along what waits before them', async () => {
    out.send('head ');
    out.write('<', Buffer.from('b'), '>');
    out.send(' tail');
    await turn();
    expect(socket.written.join('')).toBe('head <b> tail');
    expect(socket.written[0]).toBe('head <b>');
  });

  it('leaves after the texts that others gave before in the same turn', async () => {
    const order: string[] = [];
    const others = ['a', 'b', 'c'].map((name) => {
      const other = new Recorder();
      other.write = (data) => order.push(`${name}: ${String(data)}`) > 0;
      return new Outgoing(other as unknown as Socket);
    });
    for (const other of others) other.send('x');
    others[0]!.send('y');
    await turn();
    expect(order).toEqual(['a: xy', 'b: x', 'c: x']);
  });

  it('does not wait when it is much', () => {
    out.send('head ');
    const body = Buffer.alloc(20_000, 'b');
    out.write('', body, ' end');
    expect(socket.written).toEqual([`head ${body.toString()} end`]);
    out.send('x'.repeat(20_000));
    expect(socket.written[1]).toHaveLength(20_000);
  });

  it('keeps every byte of Latin-1, and bytes as they are', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    out.send(all.toString('latin1'));
    out.write('é', all, 'ÿ');
    await turn();
    expect(socket.written.join('')).toBe(`${all.toString('latin1')}é${all.toString('latin1')}ÿ`);
  });

  it('is thrown away when the socket is gone meanwhile', async () => {
    out.send('one');
    socket.destroyed = true;
    out.write('', Buffer.alloc(20_000));
    await turn();
    expect(socket.written).toEqual([]);
  });

  it('leaves at once when it is told to, and not a second time', async () => {
    out.send('one');
    out.flush();
    expect(socket.written).toEqual(['one']);
    await turn();
    expect(socket.written).toEqual(['one']);
  });
});
