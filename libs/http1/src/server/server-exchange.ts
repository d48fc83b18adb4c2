import type { Socket } from 'node:net';
import type { PushedBody } from '../pushed-body.js';
import type { Expectation } from './received-head.js';

/** The head of an answer. Fields that frame a message or belong to a connection are left out of it: the server writes them. */
export interface AnswerHead {
  readonly status: number;
  /** Latin-1 without control characters; HTTP/2 has none. */
  readonly reason: string;
  /** Name, value, name, value, … A Content-Length is that of a body that streams, or of none (HEAD, 304). */
  readonly fields: readonly string[];
  /** Fields that come behind them. */
  readonly more?: readonly string[];
  /** Names and values were looked at before: tokens, and what a field value may hold. */
  readonly sound?: boolean;
}

/**
 * Who wants to know of a caller's leave. An object, as V8 makes functions that are assigned to a property old from the
 * start: each would keep its whole call from the quick collections.
 */
export interface CallerWatcher {
  callerGone(): void;
}

/** One request of a caller and the way to answer it, whatever the version of HTTP. */
export interface ServerExchange {
  readonly method: string;
  /** As it came: origin form, absolute form or "*". */
  readonly target: string;
  readonly version: '1.0' | '1.1' | '2.0';
  /** Name, value, name, value, … as they came; with HTTP/2 its pseudo fields too. */
  readonly fields: readonly string[];
  /** Null when the message frames none. Broken off by its caller it fails with CallerGone. */
  readonly body: PushedBody | null;
  /** "100 Continue" is said by itself, once somebody reads the body. */
  readonly expects: Expectation | undefined;
  /** The protocol that the caller offers to change to. */
  readonly upgrade: string | undefined;
  /** What the request came on; of HTTP/2 a view of it. */
  readonly socket: Socket;
  /** The final head has left. */
  readonly begun: boolean;
  /** Nobody waits for the answer any more: it has ended, or the caller has left. What is written is thrown away. */
  readonly over: boolean;
  /** Told when the caller leaves before the answer has ended. */
  watcher: CallerWatcher | undefined;
  /** Called after `write` gave false: there is room again, or nobody is left to read. */
  onDrain: (() => void) | undefined;

  /** The connection closes after this answer; HTTP/2 closes none for it. */
  close(): void;
  /** Sends a whole answer: one write for what is small. A text is Latin-1. */
  answer(head: AnswerHead, content?: string | Uint8Array): void;
  /** Starts an answer whose body follows by `write` and `end`. The head leaves with the first bytes, or at the end of the turn. */
  begin(head: AnswerHead): void;
  /** False: wait for `onDrain`. */
  write(bytes: Uint8Array): boolean;
  /** `trailers`: name, value, … that are sound; left out where the framing has no place for them. */
  end(trailers?: readonly string[]): void;
  /** Sends an interim answer (102, 103), where the caller may know such. `fields`: sound. */
  interim(status: number, fields: readonly string[]): void;
  /** Breaks the answer off, so that it never looks complete. */
  abort(): void;
  /**
   * Leaves HTTP: the socket is the caller's of this method, who gets the bytes that came behind the request. Where
   * `upgrade` is offered, and in a later turn than the request came: until then what is behind it has not been read.
   */
  detach(): Buffer;
}

/** The caller left before the body of its request was here. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';

  constructor() {
    super('The caller left before its request was complete.');
  }
}
