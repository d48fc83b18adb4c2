import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ownGraphql, prepareSubscription, Response } from '@isthmus/policy-engine';
import type { Forward, ForwardOptions, GraphqlApi, PolicyContext } from '@isthmus/policy-engine';
import { handleProtocols } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { topicOf } from '../services/messages/gateway-messages.js';
import type { SubscriptionHub } from './subscription-hub.js';

/** Bytes of one message of a subscriber. */
const mostBytes = 102_400;

/**
 * Accepts the WebSocket of a GraphQL API that this gateway answers itself; handshakes of other APIs go on to their
 * backends.
 */
export class SubscriptionUpgrade implements Forward {
  /** The API whose subscriptions the caller gets, once the pipeline got as far as forwarding. */
  api: GraphqlApi | undefined;

  constructor(private readonly next: Forward) {}

  async forward(context: PolicyContext, options: ForwardOptions): Promise<Response> {
    this.api = ownGraphql(context);
    return this.api ? new Response(101) : this.next.forward(context, options);
  }
}

/** A handshake that the policies let through. */
export interface Subscribing {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly context: PolicyContext;
  readonly api: GraphqlApi;
}

/** Subscriptions over WebSocket by the protocol `graphql-transport-ws`. */
export class SubscriptionSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: mostBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  readonly #subscribing = new WeakMap<IncomingMessage, Subscribing>();
  readonly #protocol;
  #closing: Promise<void> | undefined;

  constructor(hub: SubscriptionHub) {
    this.#protocol = useServer(
      {
        onSubscribe: ({ extra }, _id, { query, operationName, variables }) => {
          const { context, api } = this.#subscribing.get(extra.request)!;
          const { api: info, workspace } = context.parts;
          const owner = workspace ? `/workspaces/${workspace.id}` : '';
          return prepareSubscription(
            context,
            api,
            {
              query,
              ...(operationName ? { operationName } : {}),
              ...(variables ? { variables } : {}),
            },
            (field) => hub.subscribe(topicOf(owner, { apiId: info?.id ?? '', field })),
          );
        },
      },
      this.#server,
    );
  }

  /** Answers the handshake and serves the connection until it closes. */
  serve(one: Subscribing): void {
    this.#subscribing.set(one.message, one);
    this.#server.handleUpgrade(one.message, one.socket, one.head, (socket) =>
      this.#server.emit('connection', socket, one.message),
    );
  }

  /** Ends all subscriptions; once is enough, more does no harm. */
  close(): Promise<void> {
    this.#closing ??= Promise.resolve(this.#protocol.dispose());
    return this.#closing;
  }
}
