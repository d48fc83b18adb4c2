import {
  Http1Client,
  isHopByHop,
  type Call,
  type CallHolder,
  type ResponseHead,
} from '@isthmus/http1';
import {
  AnswerCollector,
  type CollectedResponse,
  type ExchangeLimits,
} from './answer-collector.js';
import { addressGuard, type EgressRules } from './egress-guard.js';
import type { WireRequest } from './wire-request.js';

/** Milliseconds. The whole exchange has a limit of its own, so no single part needs one. */
const limits = {
  connections: Infinity,
  connectTimeout: 10_000,
  bodyTimeout: Infinity,
  keepAlive: 4000,
  mostKeepAlive: 600_000,
  mostAge: 300_000,
};

/** A client for plain connections that keeps to the rules. */
export function plainClient(rules: EgressRules): Http1Client {
  return new Http1Client(addressGuard(rules), limits);
}

/**
 * Whether a request can go over a plain connection. One that has a say in its framing or its connection is left to
 * undici, which knows what may be said.
 */
export function isPlain({ target, headers }: WireRequest): boolean {
  if (!target.origin.startsWith('http:')) return false;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!;
    if (isHopByHop(name) || isFraming(name)) return false;
  }
  return true;
}

function isFraming(name: string): boolean {
  if (name.length !== 14 && name.length !== 6) return false;
  const lower = name.toLowerCase();
  return lower === 'content-length' || lower === 'expect';
}

/**
 * Sends a request over a plain connection and collects its answer.
 * @throws ExchangeError, Http1Failure, or the reason of the signal
 */
export function collectPlainResponse(
  client: Http1Client,
  request: WireRequest,
  exchange: ExchangeLimits,
): Promise<CollectedResponse> {
  return new Promise((resolve, reject) => {
    const call = new PlainExchange(request, new AnswerCollector(exchange, { resolve, reject }));
    client.send(request.target.origin, call);
  });
}

class PlainExchange implements Call {
  readonly keepsAllFields = true;
  readonly deadline = Infinity;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Uint8Array | null;
  holder: CallHolder | undefined;
  readonly #answer: AnswerCollector;

  constructor({ method, target, headers, body }: WireRequest, answer: AnswerCollector) {
    this.method = method;
    this.path = target.path;
    this.headers = headers;
    this.body = body === undefined || body.length === 0 ? null : body;
    this.#answer = answer;
    answer.exchange = this;
  }

  abort(reason: Error): void {
    this.holder?.abort(reason);
  }

  onHead({ status, received }: ResponseHead): void {
    this.#answer.head(status, received ?? []);
  }

  onData(chunk: Buffer): void {
    this.#answer.data(chunk);
  }

  onArrival(): void {}

  onEnd(): void {
    this.#answer.end();
  }

  onFailure(failure: Error): void {
    this.#answer.fail(failure);
  }
}
