import type { Socket } from 'node:net';
import { Http1Failure } from './failure.js';
import { isPushed, pushIterable } from './pushed-body.js';
import type { BodyFlow, BodyReceiver } from './pushed-body.js';

/** Up to this size bytes are copied behind a head, so that both are one piece. */
const onePiece = 16 * 1024;

/** Writes the head of a request with the first bytes of its body: one write to the kernel. */
export function writeHeadWith(socket: Socket, head: string, bytes: Uint8Array): void {
  if (bytes.length <= onePiece) {
    const piece = Buffer.allocUnsafe(head.length + bytes.length);
    piece.write(head, 'latin1');
    piece.set(bytes, head.length);
    socket.write(piece);
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(bytes);
    socket.uncork();
  }
}

/**
 * Sends a body that streams behind its head, at the pace of the backend. The head is held back for a
 * moment, so that it leaves in one write with the first bytes of a body that is already there.
 */
export class Upload implements BodyReceiver {
  readonly #socket: Socket;
  readonly #failed: (error: Error) => void;
  /** Bytes to come by the Content-Length; undefined: chunks. */
  #left: number | undefined;
  #flow: BodyFlow | undefined;
  /** The head, until it leaves. */
  #head: string | undefined;
  #stopped = false;
  /** Everything has been written. */
  finished = false;

  /** `length`: -1 for chunks. `failed` is called when the body breaks off or is not as long as it says. */
  constructor(socket: Socket, length: number, failed: (error: Error) => void) {
    this.#socket = socket;
    this.#left = length < 0 ? undefined : length;
    this.#failed = failed;
  }

  start(head: string, body: AsyncIterable<Uint8Array>): void {
    this.#head = head;
    setImmediate(() => this.#sendHead());
    this.#flow = isPushed(body) ? body.pushTo(this) : pushIterable(body, this);
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#stopped || bytes.length === 0) return true;
    if (this.#left === undefined) this.#writeChunk(bytes);
    else {
      this.#left -= bytes.length;
      if (this.#left < 0) {
        this.#fail(wrongLength());
        return true;
      }
      if (this.#head === undefined) this.#socket.write(bytes);
      else {
        writeHeadWith(this.#socket, this.#head, bytes);
        this.#head = undefined;
      }
    }
    return !this.#socket.writableNeedDrain;
  }

  end(): void {
    if (this.#stopped) return;
    if (this.#left !== undefined && this.#left > 0) return this.#fail(wrongLength());
    this.#sendHead();
    if (this.#left === undefined) this.#socket.write('0\r\n\r\n', 'latin1');
    this.finished = true;
  }

  fail(error: Error): void {
    if (!this.#stopped) this.#fail(error);
  }

  /** The socket has written what waited. */
  drained(): void {
    if (!this.#stopped && !this.finished) this.#flow?.resume();
  }

  /** Nobody wants the rest. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (!this.finished) this.#flow?.stop();
  }

  #writeChunk(bytes: Uint8Array): void {
    const socket = this.#socket;
    socket.cork();
    this.#sendHead();
    socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
    socket.write(bytes);
    socket.write('\r\n', 'latin1');
    socket.uncork();
  }

  #sendHead(): void {
    if (this.#head === undefined || this.#stopped) return;
    this.#socket.write(this.#head, 'latin1');
    this.#head = undefined;
  }

  #fail(error: Error): void {
    this.stop();
    this.#failed(error);
  }
}

function wrongLength(): Http1Failure {
  return new Http1Failure('proxy_internal_error', true, {
    message: 'The body of the request is not as long as its Content-Length says.',
  });
}
