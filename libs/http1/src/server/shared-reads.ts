import type { Socket } from 'node:net';
import { readBuffer } from '../read-buffer.js';

/** Takes what a socket has read: the bytes up to `to`, for as long as the call lasts. */
export type TakeRead = (bytes: Buffer, to: number) => void;

/** What node keeps at a socket for the option `onread`, by the names of its symbols. */
interface Slots {
  readonly buffer: symbol;
  readonly callback: symbol;
}

/** The parts of a socket that node shows nobody. */
interface Inside {
  readonly _handle?: { useUserBuffer?(this: object, buffer: Uint8Array): void } | null;
  [slot: symbol]: unknown;
}

let known: Slots | null | undefined;

/**
 * Has an accepted socket read into the buffer that all share, and tell `take`. Node offers this (`onread`) for sockets
 * that connect, not for those that are accepted, so that it is set where node keeps it (docs/adr/0016). False where
 * this node keeps it elsewhere, and for TLS: the socket is the stream that it was.
 */
export function readShared(socket: Socket, take: TakeRead): boolean {
  const inside = socket as unknown as Inside;
  known ??= slotsOf(inside);
  const handle = inside._handle;
  if (!known || 'encrypted' in socket || typeof handle?.useUserBuffer !== 'function') return false;
  if (inside[known.buffer] !== null) return false;
  handle.useUserBuffer(readBuffer);
  inside[known.buffer] = readBuffer;
  inside[known.callback] = (read: number): boolean => {
    take(readBuffer, read);
    return true;
  };
  return true;
}

/** Makes a socket that reads into the shared buffer a stream again. */
export function giveBack(socket: Socket): void {
  const inside = socket as unknown as Inside;
  if (!known || inside[known.buffer] !== readBuffer) return;
  inside[known.callback] = (read: number): boolean =>
    socket.push(Buffer.from(readBuffer.subarray(0, read)));
}

function slotsOf(inside: Inside): Slots | null {
  const symbols = Object.getOwnPropertySymbols(inside);
  const find = (name: string): symbol | undefined =>
    symbols.find(({ description }) => description === name);
  const buffer = find('kBuffer');
  const callback = find('kBufferCb');
  return buffer && callback ? { buffer, callback } : null;
}
