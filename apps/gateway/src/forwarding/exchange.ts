import type { BodyRoom, Cancellation, Response } from '@isthmus/policy-engine';
import type { ServerExchange } from '@isthmus/http1';
import type { Transport } from './dispatchers.js';
import type { BackendFailure } from './failures.js';
import { PendingAnswer } from './pending-answer.js';
import { dispatchByUndici } from './undici-exchange.js';

/** One request as it leaves. */
export interface Exchange {
  readonly transport: Transport;
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  readonly method: string;
  /** Name, value, name, value … without hop-by-hop fields. */
  readonly headers: string[];
  /** All of them were looked at when they came, or when a policy set them. */
  readonly sound?: boolean;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Milliseconds until the response headers must be there; 0: no limit. */
  readonly timeout: number;
  /** Bytes of a response that policies may hold in memory. */
  readonly bodyBuffer: number;
  /** Where they count then. */
  readonly bodyRoom?: BodyRoom | undefined;
  /** Small bodies come with the headers, in one piece; false where every chunk counts at once. */
  readonly gatherSmall: boolean;
  /** The exchange ends when its caller goes away. */
  readonly cancellation?: Cancellation | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gets the interim answers of the backend (Early Hints). */
  readonly interimTo?: ServerExchange | undefined;
  /** Told how it ended, right before the promise settles. */
  readonly watcher?: ExchangeWatcher | undefined;
}

/** Who wants to know how an exchange ended. */
export interface ExchangeWatcher {
  answered(response: Response): void;
  failed(failure: BackendFailure): void;
}

/**
 * Performs an exchange. Resolves when the response headers are there (small bodies included), the
 * body streams with back-pressure. Rejects with BackendFailure when there is no response.
 */
export function exchange(request: Exchange): PromiseLike<Response> {
  const answer = new PendingAnswer(request);
  if (!answer.begin()) return answer;
  const { plain } = request.transport;
  if (plain && request.origin.startsWith('http:')) plain.send(request.origin, answer);
  else dispatchByUndici(request, answer);
  return answer;
}
