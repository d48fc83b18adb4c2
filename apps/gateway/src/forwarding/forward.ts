import type {
  Body,
  Forward,
  ForwardOptions,
  PolicyContext,
  Response,
} from '@isthmus/policy-engine';
import { GatewayRequest } from '../request/gateway-request.js';
import { chooseDestination, entityOf, tellDestination, tripped } from './destination.js';
import type { Destination, ForwardServices, ReadyDestination } from './destination.js';
import { usualConnection } from './dispatchers.js';
import type { ConnectionChoice } from './dispatchers.js';
import { exchange } from './exchange.js';
import type { Exchange, ExchangeWatcher } from './exchange.js';
import { BackendFailure } from './failures.js';
import { ForwardWatcher } from './forward-watcher.js';
import { originOf } from './origin.js';
import { outgoingHeaders } from './outgoing-headers.js';
import type { EntityFields } from './outgoing-headers.js';
import { followRedirects } from './redirects.js';

/** Forwards requests to backends as the `forward-request` policy asks. */
export class HttpForward implements Forward {
  readonly #services: ForwardServices;

  constructor(services: ForwardServices) {
    this.#services = services;
  }

  forward(context: PolicyContext, options: ForwardOptions): PromiseLike<Response> {
    try {
      // 1. Where to: service URL, backend entity, member of a pool.
      const destination = chooseDestination(this.#services, context, options.httpVersion !== '1');
      if (destination === 'open') return Promise.resolve(tripped());
      if (context.recorder) tellDestination(context, destination);
      // 2. What must be there before: a body that is sent again, a token of the gateway's identity.
      const model = destination.chosen?.model;
      return options.bufferRequestBody || options.followRedirects || model?.managedIdentity
        ? this.#prepareAndSend(context, options, destination)
        : this.#send(context, options, { ...destination, entity: model });
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async #prepareAndSend(
    context: PolicyContext,
    options: ForwardOptions,
    destination: Destination,
  ): Promise<Response> {
    if (options.bufferRequestBody || options.followRedirects) await context.request.body?.buffer();
    const entity = await entityOf(context, destination);
    return this.#send(context, options, { ...destination, entity });
  }

  #send(
    context: PolicyContext,
    options: ForwardOptions,
    { url, chosen, connection, entity }: ReadyDestination,
  ): PromiseLike<Response> {
    const { dispatchers, bodyBuffer } = this.#services;
    const { request } = context;
    const body = outgoingBody(request.body);
    const watcher = new ForwardWatcher(context, chosen);
    const message: Exchange = {
      transport: dispatchers.for(connection),
      method: request.method,
      origin: originOf(url),
      path: url.path + url.queryString,
      headers: outgoingHeaders(context, entity, body !== null && !(body instanceof Uint8Array)),
      sound: request.headers.clean && entity === undefined && request.hostOverride === null,
      body,
      timeout: options.timeout,
      bodyBuffer,
      bodyRoom: context.parts.bodyRoom,
      gatherSmall: options.bufferResponse,
      cancellation: context.cancellation,
      interimTo: request instanceof GatewayRequest ? request.exchange : undefined,
      // Of redirects, only the last answer counts.
      watcher: options.followRedirects ? undefined : watcher,
    };
    return options.followRedirects
      ? watched(
          followRedirects({
            ...message,
            url,
            secrets: secretsOf(context, entity),
            elsewhere: dispatchers.for(elsewhere(connection)),
          }),
          watcher,
        )
      : exchange(message);
  }
}

/** A stream can be sent once: a retry then sends nothing. */
function outgoingBody(body: Body | null): Uint8Array | AsyncIterable<Uint8Array> | null {
  const content = body?.send();
  return content === undefined || (content instanceof Uint8Array && content.length === 0)
    ? null
    : content;
}

/** How other origins are reached than the one that was chosen. */
function elsewhere({ proxy }: ConnectionChoice): ConnectionChoice {
  return proxy ? { ...usualConnection, proxy } : usualConnection;
}

/** Fields that are for the chosen backend alone. */
function secretsOf({ parts }: PolicyContext, entity: EntityFields | undefined): string[] {
  const key = parts.api?.subscriptionKeyParameterNames?.header;
  return [...(entity?.headers ?? []).map(([name]) => name), ...(key === undefined ? [] : [key])];
}

async function watched(
  exchanged: PromiseLike<Response>,
  watcher: ExchangeWatcher,
): Promise<Response> {
  try {
    const response = await exchanged;
    watcher.answered(response);
    return response;
  } catch (error) {
    if (error instanceof BackendFailure) watcher.failed(error);
    throw error;
  }
}
