import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { Body, bodyOptions, TransportError } from '@isthmus/policy-engine';
import type { BodyFlow, BodyReceiver, PushedBody } from '@isthmus/http1';
import type { CallBytes } from './call-bytes.js';
import type { RequestFields } from './request-fields.js';

/** How a request body is read. */
export interface IncomingBodyOptions {
  /** Bytes that policies may hold in memory. */
  readonly limit: number;
  /** Counts what arrives, and what is held in memory. */
  readonly bytes: CallBytes;
  /** Present when the caller waits for "100 Continue": called when somebody wants the body. */
  readonly sendContinue?: (() => void) | undefined;
}

/** The body of a request: null when the message frames none, else its stream. */
export function incomingBody(
  message: IncomingMessage,
  { chunked, contentLength, headers }: RequestFields,
  options: IncomingBodyOptions,
): Body | null {
  const framed = chunked || (contentLength !== undefined && Number(contentLength) > 0);
  // HTTP/2 frames a body without any header.
  const maybe =
    message.httpVersionMajor === 2 && !message.readableEnded && contentLength === undefined;
  if (!framed && !maybe) return null;
  return Body.fromStream(
    new IncomingBody(message, options),
    bodyOptions(headers, options.limit, options.bytes),
  );
}

/** The body of a message: pushed to a backend, or iterated by whoever reads it. */
class IncomingBody implements PushedBody {
  readonly #message: IncomingMessage;
  readonly #options: IncomingBodyOptions;

  constructor(message: IncomingMessage, options: IncomingBodyOptions) {
    this.#message = message;
    this.#options = options;
  }

  pushTo(receiver: BodyReceiver): BodyFlow {
    const { sendContinue, bytes } = this.#options;
    sendContinue?.();
    return new IncomingFlow(this.#message, receiver, bytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { sendContinue, bytes } = this.#options;
    const message = this.#message;
    sendContinue?.();
    try {
      // The message outlives a reader that stops early: its connection still carries the answer.
      for await (const chunk of message.iterator({ destroyOnReturn: false })) {
        bytes.received += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
    } catch (error) {
      throw message.destroyed ? new TransportError('ClientConnectionFailure') : error;
    }
    if (!isWhole(message)) throw new TransportError('ClientConnectionFailure');
  }
}

/** Gives the chunks of a message to a receiver, by events. */
class IncomingFlow implements BodyFlow {
  readonly #message: IncomingMessage;
  readonly #receiver: BodyReceiver;
  readonly #bytes: CallBytes;
  #over = false;

  constructor(message: IncomingMessage, receiver: BodyReceiver, bytes: CallBytes) {
    this.#message = message;
    this.#receiver = receiver;
    this.#bytes = bytes;
    const broken = (): void => this.#break();
    message
      .on('end', () => this.#end())
      .on('error', broken)
      .on('close', broken)
      .on('data', (chunk: Uint8Array) => this.#take(chunk));
    if (message.destroyed) process.nextTick(broken);
  }

  resume(): void {
    if (!this.#over) this.#message.resume();
  }

  stop(): void {
    this.#over = true;
    this.#message.pause();
  }

  #take(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#bytes.received += chunk.length;
    if (!this.#receiver.chunk(chunk)) this.#message.pause();
  }

  #end(): void {
    if (this.#over) return;
    if (!isWhole(this.#message)) return this.#break();
    this.#over = true;
    this.#receiver.end();
  }

  #break(): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver.fail(new TransportError('ClientConnectionFailure'));
  }
}

/** Whether a request is here to its end: HTTP/2 calls a stream complete as well that was cancelled in the middle. */
function isWhole(message: IncomingMessage | Http2ServerRequest): boolean {
  return message.complete && !('stream' in message && message.aborted);
}

/** How much of a body is read and thrown away after its answer: milliseconds and bytes. */
const linger = { time: 2000, bytes: 16 * 1024 * 1024 };

/**
 * After the answer to a request with a body: what has not arrived is read on for a moment, so that the caller gets the
 * answer instead of a reset. A body that ends meanwhile leaves a connection that can be used again; with any other the
 * connection closes: its next bytes belong to no request (RFC 9112 section 9.3).
 */
export function letGo(message: IncomingMessage): void {
  if (message.destroyed || message.readableEnded) return;
  // HTTP/2 ends a stream by itself that nobody touched.
  if (message.httpVersionMajor === 2 && !message.readableDidRead) return;
  let left = linger.bytes;
  const close = (): void => void message.socket.destroy();
  const timer = message.complete ? undefined : setTimeout(close, linger.time).unref();
  message.on('data', (chunk: Uint8Array) => {
    if ((left -= chunk.length) < 0) close();
  });
  // What is complete but unread would keep Node from reading the next request.
  message.resume();
  message.once('close', () => clearTimeout(timer));
}
