import type { Body, BodyRoom } from '../model/body.js';
import type { Headers } from '../model/headers.js';
import type { CertificateInfo } from '../model/entities.js';
import type { Response } from '../model/message.js';

/** A call made by a policy: send-request, Dapr, content safety, token and key endpoints. */
export interface OutgoingRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: Body | null;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  readonly certificate?: CertificateInfo;
  readonly proxy?: ProxyInfo;
  readonly signal?: AbortSignal;
  /** Where the body of the answer counts that the call then holds. */
  readonly bodyRoom?: BodyRoom | undefined;
  /** True: status and headers are not awaited by anybody (send-one-way-request). */
  readonly oneWay?: boolean;
}

export interface ProxyInfo {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** HTTP client behind the egress guard. Rejects with TransportError when there is no response. */
export interface Http {
  send(request: OutgoingRequest): Promise<Response>;
}

/** Why there is no response. The reason is the one of LastError. */
export type TransportFailure = 'BackendConnectionFailure' | 'ClientConnectionFailure' | 'Timeout';

export class TransportError extends Error {
  override readonly name = 'TransportError';
  constructor(
    readonly reason: TransportFailure,
    message?: string,
    options?: { cause?: unknown },
  ) {
    super(message ?? transportMessages[reason], options);
  }
}

const transportMessages: Readonly<Record<TransportFailure, string>> = {
  BackendConnectionFailure: 'Underlying transport connection was unexpectedly closed.',
  ClientConnectionFailure: 'Client connection was unexpectedly closed.',
  Timeout: 'Request to the backend service timed out',
};

/** A fake: answers from a function, remembers what was sent. */
export class FakeHttp implements Http {
  readonly sent: OutgoingRequest[] = [];
  readonly #answer: (request: OutgoingRequest, index: number) => Response | Promise<Response>;

  constructor(answer: (request: OutgoingRequest, index: number) => Response | Promise<Response>) {
    this.#answer = answer;
  }

  async send(request: OutgoingRequest): Promise<Response> {
    this.sent.push(request);
    return await this.#answer(request, this.sent.length - 1);
  }
}
