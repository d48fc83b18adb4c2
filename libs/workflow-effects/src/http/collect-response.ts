import type { Dispatcher } from 'undici';
import {
  AnswerCollector,
  type CollectedResponse,
  type ExchangeLimits,
} from './answer-collector.js';
import type { WireRequest } from './wire-request.js';

/**
 * Sends a request by undici and collects its answer.
 * @throws ExchangeError, what the connection says, or the reason of the signal
 */
export function collectResponse(
  dispatcher: Dispatcher,
  request: WireRequest,
  limits: ExchangeLimits,
): Promise<CollectedResponse> {
  const { origin, path } = request.target;
  return new Promise((resolve, reject) => {
    const answer = new AnswerCollector(limits, { resolve, reject });
    dispatcher.dispatch(
      {
        origin,
        path,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers as string[],
        body: request.body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      new UndiciExchange(answer),
    );
  });
}

class UndiciExchange implements Dispatcher.DispatchHandler {
  constructor(private readonly answer: AnswerCollector) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { stopped } = this.answer;
    if (stopped) controller.abort(stopped);
    else this.answer.exchange = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number): void {
    // Interim answers (1xx) are not the answer.
    if (statusCode < 200) return;
    const raw = controller.rawHeaders as Buffer[];
    this.answer.head(
      statusCode,
      raw.map((part) => part.toString('latin1')),
    );
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.answer.data(chunk);
  }

  onResponseEnd(): void {
    this.answer.end();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.answer.fail(error);
  }
}
