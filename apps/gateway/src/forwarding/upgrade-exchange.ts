import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { ResponseHead } from '@isthmus/http1';
import type { Dispatcher } from 'undici';
import { BackendFailure } from './failures.js';
import type { PendingAnswer } from './pending-answer.js';
import { fieldsOf, UndiciExchange } from './undici-exchange.js';

/** The backend's answer to a handshake is none: what it speaks on the connection now is anybody's guess. */
export class HandshakeFailure extends BackendFailure {
  constructor(message: string) {
    super('BackendConnectionFailure', 'http_protocol_error', true, { message });
  }
}

/** Who waits for the end of a handshake. */
export interface HandshakeEnd {
  /** The value of Sec-WebSocket-Accept that fits the key which was sent. */
  readonly accept: string;
  /** The backend agreed: the connection is a WebSocket. */
  agreed(socket: Duplex): void;
  /** The exchange is over, one way or the other. */
  finished(): void;
}

/** Takes the answer to a WebSocket handshake: the connection where the backend agrees, any other answer as usual. */
export class UpgradeExchange extends UndiciExchange {
  constructor(
    private readonly answer: PendingAnswer,
    private readonly end: HandshakeEnd,
    timeout: number,
  ) {
    super(answer, timeout);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    parsed: Record<string, string | string[] | undefined>,
    socket: Duplex,
  ): void {
    this.inTime();
    const { answer, end } = this;
    // A call that was given up meanwhile has no use for it.
    if (answer.holder !== this) return void socket.destroy();
    const fields = fieldsOf(controller.rawHeaders, parsed);
    const problem = handshakeProblem(status, fields, end.accept);
    const head = new ResponseHead(status, 'Switching Protocols', fields, 1);
    answer.holder = undefined;
    if (problem !== undefined) {
      socket.destroy();
      answer.onFailure(new HandshakeFailure(problem));
    } else {
      end.agreed(socket);
      answer.onHead({ status, reason: head.reason, headers: head.headers, length: 0 });
      answer.onEnd([]);
      answer.onArrival();
    }
    end.finished();
  }

  override onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    parsed: Record<string, string | string[] | undefined>,
    reason?: string,
  ): void {
    if (status === 101) this.abort(new HandshakeFailure('The backend names no new protocol.'));
    else super.onResponseStart(controller, status, parsed, reason);
  }

  override onResponseEnd(
    controller: Dispatcher.DispatchController,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    super.onResponseEnd(controller, trailers);
    this.end.finished();
  }

  override onResponseError(
    controller: Dispatcher.DispatchController | undefined,
    error: Error,
  ): void {
    super.onResponseError(controller, error);
    this.end.finished();
  }
}

/** What a backend makes of a key to show that it understood the handshake (RFC 6455 section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Why an answer does not agree to the handshake that was sent (RFC 6455 section 4.1), or undefined. */
function handshakeProblem(
  status: number,
  fields: readonly string[],
  accept: string,
): string | undefined {
  const values = (wanted: string): string[] =>
    fields.filter((_, at) => at % 2 === 1 && fields[at - 1]!.toLowerCase() === wanted);
  if (status !== 101) return `The backend changes the protocol with status ${status}.`;
  if (values('upgrade').join().toLowerCase() !== 'websocket')
    return 'The backend changes to another protocol than WebSocket.';
  if (values('sec-websocket-accept').join() !== accept)
    return 'Sec-WebSocket-Accept of the backend does not fit the key.';
  // None are offered: frames go through as they are, but none was agreed on by the caller.
  return values('sec-websocket-extensions').length > 0
    ? 'The backend agrees to extensions that were not offered.'
    : undefined;
}
