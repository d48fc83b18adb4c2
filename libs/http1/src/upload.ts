import { Http1Failure } from './failure.js';
import type { Outgoing } from './outgoing.js';
import { isPushed, pushIterable } from './pushed-body.js';
import type { BodyFlow, BodyReceiver } from './pushed-body.js';

/**
 * Sends a body that streams behind its head, at the pace of the backend.
 */
export class Upload implements BodyReceiver {
  readonly #out: Outgoing;
  readonly #failed: (error: Error) => void;
  /** Bytes to come by the Content-Length; undefined: chunks. */
  #left: number | undefined;
  #flow: BodyFlow | undefined;
  #stopped = false;
  /** Everything has been written. */
  finished = false;

  /** `length`: -1 for chunks. `failed` is called when the body breaks off or is not as long as it says. */
  constructor(out: Outgoing, length: number, failed: (error: Error) => void) {
    this.#out = out;
    this.#left = length < 0 ? undefined : length;
    this.#failed = failed;
  }

  start(head: string, body: AsyncIterable<Uint8Array>): void {
    this.#out.send(head);
    this.#flow = isPushed(body) ? body.pushTo(this) : pushIterable(body, this);
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#stopped || bytes.length === 0) return true;
    if (this.#left === undefined)
      this.#out.write(`${bytes.length.toString(16)}\r\n`, bytes, '\r\n');
    else if ((this.#left -= bytes.length) >= 0) this.#out.write('', bytes);
    else {
      this.#fail(wrongLength());
      return true;
    }
    return !this.#out.isFull;
  }

  end(): void {
    if (this.#stopped) return;
    if (this.#left !== undefined && this.#left > 0) return this.#fail(wrongLength());
    if (this.#left === undefined) this.#out.send('0\r\n\r\n');
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
