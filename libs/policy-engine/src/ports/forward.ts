import type { Response } from '../model/message.js';
import type { PolicyContext } from '../pipeline/context.js';

/** Attributes of forward-request. */
export interface ForwardOptions {
  /** Milliseconds until the response headers must have arrived. */
  readonly timeout: number;
  /** Milliseconds to wait for `100 Continue`, when configured. */
  readonly continueTimeout?: number;
  readonly httpVersion: '1' | '2' | '2or1';
  readonly followRedirects: boolean;
  /** The body is in memory and can be sent again by a retry. */
  readonly bufferRequestBody: boolean;
  /** False: chunks go to the caller as they come (server-sent events). */
  readonly bufferResponse: boolean;
}

/**
 * Sends `context.request` to `context.backend` and resolves when the response headers are there; the body
 * streams. Does hop-by-hop headers, credentials of backend entities, pools and circuit breakers.
 * Rejects with TransportError when there is no response.
 */
export interface Forward {
  forward(context: PolicyContext, options: ForwardOptions): PromiseLike<Response>;
}

/** What set-backend-service chose. */
export type BackendTarget =
  /** The service URL of the API, already the base of `context.request.url`. */
  | { readonly kind: 'service' }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'entity'; readonly id: string }
  | {
      readonly kind: 'dapr';
      readonly appId: string;
      readonly method: string;
      readonly namespace?: string;
    };

/** A fake: answers from a function. */
export class FakeForward implements Forward {
  readonly #answer: (
    context: PolicyContext,
    options: ForwardOptions,
  ) => Response | Promise<Response>;

  constructor(
    answer: (context: PolicyContext, options: ForwardOptions) => Response | Promise<Response>,
  ) {
    this.#answer = answer;
  }

  async forward(context: PolicyContext, options: ForwardOptions): Promise<Response> {
    return await this.#answer(context, options);
  }
}
