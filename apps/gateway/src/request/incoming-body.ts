import { Body, bodyOptions, TransportError } from '@isthmus/policy-engine';
import type { Headers } from '@isthmus/policy-engine';
import { CallerGone } from '@isthmus/http1';
import type { BodyFlow, BodyReceiver, PushedBody } from '@isthmus/http1';
import type { CallBytes } from './call-bytes.js';

/** How a request body is read. */
export interface IncomingBodyOptions {
  /** Bytes that policies may hold in memory. */
  readonly limit: number;
  /** Counts what arrives, and what is held in memory. */
  readonly bytes: CallBytes;
}

/** The body of a request; null when the message frames none. */
export function incomingBody(
  body: PushedBody | null,
  headers: Headers,
  options: IncomingBodyOptions,
): Body | null {
  if (!body) return null;
  return Body.fromStream(
    new IncomingBody(body, options.bytes),
    bodyOptions(headers, options.limit, options.bytes),
  );
}

/** A body whose bytes are counted, and whose loss is one of the caller's connection. */
class IncomingBody implements PushedBody {
  readonly #body: PushedBody;
  readonly #bytes: CallBytes;

  constructor(body: PushedBody, bytes: CallBytes) {
    this.#body = body;
    this.#bytes = bytes;
  }

  pushTo(receiver: BodyReceiver): BodyFlow {
    return this.#body.pushTo(new CountingReceiver(receiver, this.#bytes));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#body) {
        this.#bytes.received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw error instanceof CallerGone ? new TransportError('ClientConnectionFailure') : error;
    }
  }
}

class CountingReceiver implements BodyReceiver {
  readonly #receiver: BodyReceiver;
  readonly #bytes: CallBytes;

  constructor(receiver: BodyReceiver, bytes: CallBytes) {
    this.#receiver = receiver;
    this.#bytes = bytes;
  }

  chunk(bytes: Uint8Array): boolean {
    this.#bytes.received += bytes.length;
    return this.#receiver.chunk(bytes);
  }

  end(): void {
    this.#receiver.end();
  }

  fail(): void {
    this.#receiver.fail(new TransportError('ClientConnectionFailure'));
  }
}
