import type { IncomingMessage } from 'node:http';
import { Body, bodyOptions, TransportError } from '@isthmus/policy-engine';
import type { Headers } from '@isthmus/policy-engine';

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
  headers: Headers,
  options: IncomingBodyOptions,
): Body | null {
  const framed =
    headers.has('transfer-encoding') || Number(headers.text('content-length') ?? 0) > 0;
  // HTTP/2 frames a body without any header.
  const maybe =
    message.httpVersionMajor === 2 && !message.readableEnded && !headers.has('content-length');
  if (!framed && !maybe) return null;
  return Body.fromStream(chunksOf(message, options), bodyOptions(headers, options.limit));
}

async function* chunksOf(
  message: IncomingMessage,
  { sendContinue, received }: IncomingBodyOptions,
): AsyncGenerator<Uint8Array> {
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

/** How long the rest of a body is read and thrown away after its answer. Milliseconds. */
const linger = 2000;

/**
 * After the answer: a body that was read in part is read on for a moment, so that the caller gets
 * the answer instead of a reset, then the connection closes: nothing else can come on it.
 * (A body that nobody touched is dealt with by Node.)
 */
export function letGo(message: IncomingMessage): void {
  if (message.complete || !message.readableDidRead || message.destroyed) return;
  message.resume();
  const timer = setTimeout(() => message.socket.destroy(), linger);
  timer.unref();
  message.once('close', () => clearTimeout(timer));
}
