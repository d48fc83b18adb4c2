import type { Socket } from 'node:net';

/** Up to this size what is sent waits, and bytes are copied behind what stands before them, so that both are one piece. */
const onePiece = 16 * 1024;

/** Those that have something to send at the end of this turn. */
let waiting: Outgoing[] = [];

/**
 * What is sent on a socket. Small things wait for the end of the turn of the event loop: a write wakes whoever reads
 * at the other end, who sleeps again before the next one comes; many writes in a row find him awake. With 64 callers
 * at once that is a fifth of the processor time of a call; a call that is alone in its turn waits for nothing.
 */
export class Outgoing {
  readonly #socket: Socket;
  /** Latin-1 that waits, or a piece; never both. */
  #text = '';
  #piece: Uint8Array | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The other side takes less than it is sent: wait for the socket's `drain`. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Sends Latin-1, at the latest at the end of the turn. */
  send(text: string): void {
    if (this.#piece) this.flush();
    if (this.#text === '') this.#wait();
    this.#text += text;
    if (this.#text.length > onePiece) this.flush();
  }

  /** Sends Latin-1, bytes (which stay as they are) and Latin-1 as one write to the kernel; small ones at the end of the turn. */
  write(before: string, bytes: Uint8Array, after = ''): void {
    if (this.#piece) this.flush();
    const start = this.#text + before;
    this.#text = '';
    if (bytes.length > onePiece) {
      this.#writeNow(start, bytes, after);
      return;
    }
    this.#piece = start === '' && after === '' ? bytes : joined(start, bytes, after);
    this.#wait();
  }

  /** Sends at once what waits. */
  flush(): void {
    const [text, piece] = [this.#text, this.#piece];
    this.#text = '';
    this.#piece = undefined;
    if (this.#socket.destroyed) return;
    if (piece) this.#socket.write(piece);
    else if (text !== '') this.#socket.write(text, 'latin1');
  }

  #wait(): void {
    if (waiting.length === 0) setImmediate(flushAll);
    waiting.push(this);
  }

  #writeNow(before: string, bytes: Uint8Array, after: string): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    socket.cork();
    if (before !== '') socket.write(before, 'latin1');
    socket.write(bytes);
    if (after !== '') socket.write(after, 'latin1');
    socket.uncork();
  }
}

function joined(before: string, bytes: Uint8Array, after: string): Uint8Array {
  const piece = Buffer.allocUnsafe(before.length + bytes.length + after.length);
  piece.write(before, 'latin1');
  piece.set(bytes, before.length);
  piece.write(after, before.length + bytes.length, 'latin1');
  return piece;
}

function flushAll(): void {
  const all = waiting;
  waiting = [];
  for (const one of all) one.flush();
}
