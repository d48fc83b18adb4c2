import type { RequestLine } from './request-head.js';
import type { ResponseSink } from './response-reader.js';

/** One request and who takes its answer. */
export interface Call extends RequestLine, ResponseSink {
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** When the final head must be there, by performance.now(); Infinity: no limit. */
  readonly deadline: number;
  /** Where the call is; set by the client, undefined again when it is over. */
  holder: CallHolder | undefined;
  /** All that has arrived so far was told; called once or more after the head. */
  onArrival(): void;
  /** There is no (whole) answer: an Http1Failure, or what `abort` was given or the body threw. Nothing is told afterwards. */
  onFailure(failure: Error): void;
}

/** What holds a call: a connection, or the queue for one. */
export interface CallHolder {
  /** Reads no more from the backend until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the call, and its connection, which is of no use any more. `onFailure` is called with the failure. */
  abort(failure: Error): void;
}
