import type { IncomingMessage } from 'node:http';
import { Body, bodyOptions, TransportError } from '@isthmus/policy-engine';
import type { BodyFlow, BodyReceiver, PushedBody } from '../forwarding/http1/pushed-body.js';
import type { RequestFields } from './request-fields.js';

/** How a request body is read. */
export interface IncomingBodyOptions {
  /** Bytes that policies may hold in memory. */
  readonly limit: number;
  /** Counts what arrives. */
  readonly received: { bytes: number };
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
  return Body.fromStream(new IncomingBody(message, options), bodyOptions(headers, options.limit));
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
    const { sendContinue, received } = this.#options;
    sendContinue?.();
    return new IncomingFlow(this.#message, receiver, received);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { sendContinue, received } = this.#options;
    const message = this.#message;
    sendContinue?.();
    try {
      // The message outlives a reader that stops early: its connection still carries the answer.
      for await (const chunk of message.iterator({ destroyOnReturn: false })) {
        received.bytes += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
    } catch (error) {
      throw message.destroyed ? new TransportError('ClientConnectionFailure') : error;
    }
    if (!message.complete) throw new TransportError('ClientConnectionFailure');
  }
}

/** Gives the chunks of a message to a receiver, by events. */
class IncomingFlow implements BodyFlow {
  readonly #message: IncomingMessage;
  readonly #receiver: BodyReceiver;
  readonly #received: IncomingBodyOptions['received'];
  #over = false;

  constructor(
    message: IncomingMessage,
    receiver: BodyReceiver,
    received: IncomingBodyOptions['received'],
  ) {
    this.#message = message;
    this.#receiver = receiver;
    this.#received = received;
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
    this.#received.bytes += chunk.length;
    if (!this.#receiver.chunk(chunk)) this.#message.pause();
  }

  #end(): void {
    if (this.#over) return;
    if (!this.#message.complete) return this.#break();
    this.#over = true;
    this.#receiver.end();
  }

  #break(): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver.fail(new TransportError('ClientConnectionFailure'));
  }
}

/** How long the rest of a body is read and thrown away after its answer. Milliseconds. */
const linger = 2000;

/**
 * After the answer: a body that was read in part is read on for a moment, so that the caller gets
 * the answer instead of a reset, then the connection closes: nothing else can come on it.
 * (A body that nobody touched is dealt with by Node.)
 */
export function letGo(message: IncomingMessage): void {
  if (!message.readableDidRead || message.destroyed) return;
  // What is complete but unread would keep Node from reading the next request.
  if (!message.readableEnded) message.resume();
  if (message.complete) return;
  const timer = setTimeout(() => message.socket.destroy(), linger);
  timer.unref();
  message.once('close', () => clearTimeout(timer));
}
