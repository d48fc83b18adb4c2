import type { Socket } from 'node:net';
import type { Http1Exchange } from './http1-exchange.js';
import type { RefusedRequest } from './refused-request.js';
import type { ServerConnection } from './server-connection.js';

/** The server that a connection belongs to. Times in milliseconds. */
export interface ConnectionHost {
  readonly mostHeadBytes: number;
  readonly headTimeout: number;
  /** For a whole request to arrive; also for a caller to take more of an answer. */
  readonly requestTimeout: number;
  /** How long a connection is kept that waits for its next request. */
  readonly keepAlive: number;
  /** No connection is kept any more. */
  readonly draining: boolean;
  /** See `ExchangeCarrier.tail`. */
  tail(hasDate: boolean, closes: boolean, framing: string): string;
  /** The answer to a request that is none, whole, with `Connection: close`. */
  refusal(refused: RefusedRequest, socket: Socket): string;
  serve(exchange: Http1Exchange): void;
  /** A handler threw. */
  defect(error: unknown): void;
  closed(connection: ServerConnection): void;
}
