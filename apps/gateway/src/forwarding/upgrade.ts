import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Body, Headers, isSameName, Response } from '@isthmus/policy-engine';
import type { Forward, ForwardOptions, PolicyContext } from '@isthmus/policy-engine';
import { chooseDestination, entityOf, tellDestination, tripped } from './destination.js';
import type { ForwardServices, ReadyDestination } from './destination.js';
import type { Exchange } from './exchange.js';
import { ForwardWatcher } from './forward-watcher.js';
import { originOf } from './origin.js';
import { outgoingHeaders } from './outgoing-headers.js';
import { PendingAnswer } from './pending-answer.js';
import { dispatchByUndici } from './undici-exchange.js';
import { acceptOf, HandshakeFailure, UpgradeExchange } from './upgrade-exchange.js';

/**
 * Forwards a WebSocket handshake as every other request is forwarded: entity, pool, breaker, credentials, TLS, proxy,
 * time limit. The pipeline sees a response with status 101 when the backend agrees; the socket is then had by `take`.
 * Its connection never serves another request.
 */
export class UpgradeForward implements Forward {
  #upgraded: Duplex | undefined;

  constructor(private readonly services: ForwardServices) {}

  async forward(context: PolicyContext, options: ForwardOptions): Promise<Response> {
    const destination = chooseDestination(this.services, context, false);
    if (destination === 'open') return tripped();
    if (context.recorder) tellDestination(context, destination);
    const entity = await entityOf(context, destination);
    // Tried again: the connection before is of no use.
    this.take()?.destroy();
    try {
      return await this.#shake(this.#handshake(context, options, { ...destination, entity }));
    } catch (error) {
      if (error instanceof HandshakeFailure) return badGateway(error.message);
      throw error;
    }
  }

  /** The backend's end, once; undefined where it did not agree. */
  take(): Duplex | undefined {
    const upgraded = this.#upgraded;
    this.#upgraded = undefined;
    return upgraded;
  }

  #shake(request: Exchange): PromiseLike<Response> {
    const { dispatcher } = request.transport;
    // Not while undici itself is about to go on with it.
    const finished = (): void => void setImmediate(() => void dispatcher.destroy());
    const answer = new PendingAnswer(request);
    if (!answer.begin()) {
      finished();
      return answer;
    }
    const end = {
      accept: acceptOf(valueOf(request.headers, 'sec-websocket-key') ?? ''),
      agreed: (socket: Duplex): void => {
        // Whoever breaks it before it is joined ends it, not the process.
        socket.on('error', () => socket.destroy());
        this.#upgraded = socket;
      },
      finished,
    };
    const handler = new UpgradeExchange(answer, end, request.timeout);
    dispatchByUndici(request, answer, { handler, upgrade: 'websocket' });
    return answer;
  }

  #handshake(
    context: PolicyContext,
    options: ForwardOptions,
    { url, chosen, connection, entity }: ReadyDestination,
  ): Exchange {
    const { dispatchers, bodyBuffer } = this.services;
    const all = outgoingHeaders(context, entity, false);
    return {
      transport: dispatchers.fresh(connection),
      method: 'GET',
      origin: originOf(url),
      path: url.path + url.queryString,
      headers: all.filter((_, at) => !isSameName('sec-websocket-extensions', all[at & ~1]!)),
      body: null,
      timeout: options.timeout,
      bodyBuffer,
      bodyRoom: context.parts.bodyRoom,
      gatherSmall: true,
      cancellation: context.cancellation,
      watcher: new ForwardWatcher(context, chosen),
    };
  }
}

function valueOf(fields: readonly string[], name: string): string | undefined {
  const at = fields.findIndex((one, index) => index % 2 === 0 && isSameName(name, one));
  return at < 0 ? undefined : fields[at + 1];
}

/** A backend that agrees to something else: 502, as a response, so that retry and choose can see it. */
function badGateway(message: string): Response {
  const headers = Headers.from([
    ['Content-Type', 'application/json'],
    ['Proxy-Status', 'isthmus; error=http_protocol_error'],
  ]);
  const text = `{ "statusCode": 502, "message": ${JSON.stringify(message)} }`;
  return new Response(502, 'Bad Gateway', headers, Body.fromText(text));
}

/** Joins two sockets for good: the end or failure of each ends the other. */
export function join(client: Duplex, backend: Duplex, early: Buffer): void {
  if (early.length > 0) backend.write(early);
  client.pipe(backend);
  backend.pipe(client);
  // Silence is no reason to end what has left HTTP.
  for (const socket of [client, backend]) if (socket instanceof Socket) socket.setTimeout(0);
  const end = (): void => {
    client.destroy();
    backend.destroy();
  };
  for (const socket of [client, backend]) socket.on('error', end).on('close', end);
}
