import { IncomingMessage } from 'node:http';
import type { ServerExchange } from '@isthmus/http1';
import { wireHeaders } from './forwarding/hop-headers.js';
import { join, UpgradeForward } from './forwarding/upgrade.js';
import { SubscriptionUpgrade, type SubscriptionSockets } from './graphql/subscription-sockets.js';
import { handleRequest } from './handle-request.js';
import type { DataPlane } from './handle-request.js';

/** What handshakes need beyond what requests do. */
export interface UpgradeServices {
  readonly subscriptions: SubscriptionSockets;
  /** Told of every socket that has left HTTP. */
  upgraded(this: void, socket: ServerExchange['socket']): void;
}

/**
 * A handshake runs through the same story as every request (routing, key, policies); only
 * forwarding differs. When the backend agrees, the two sockets are joined; any other answer is sent
 * as plain HTTP and the connection closes.
 */
export async function handleUpgrade(
  plane: DataPlane,
  { subscriptions, upgraded }: UpgradeServices,
  exchange: ServerExchange,
): Promise<void> {
  // Callers may speak the other protocol before it is agreed to: what they say then is no request.
  exchange.close();
  const { socket } = exchange;
  let backend: UpgradeForward | undefined;
  let forward: SubscriptionUpgrade | undefined;
  const running = handleRequest(plane, exchange, {
    ports: (own) => {
      backend = new UpgradeForward(own.forwarding);
      forward = new SubscriptionUpgrade(backend);
      return { ...own, forward };
    },
    answered: (context) => {
      const answer = context.response;
      const api = forward?.api;
      // A policy that answers otherwise leaves the backend's end to be closed.
      if (answer?.statusCode !== 101) return false;
      if (api) {
        upgraded(socket);
        const message = messageOf(exchange);
        subscriptions.serve({ message, socket, head: exchange.detach(), context, api });
        return true;
      }
      const other = backend?.take();
      if (!other) return false;
      const fields = [
        'Connection',
        'Upgrade',
        'Upgrade',
        'websocket',
        ...wireHeaders(answer.headers, new Set(['content-length'])),
      ];
      const lines = ['HTTP/1.1 101 Switching Protocols'];
      for (let index = 0; index < fields.length; index += 2)
        lines.push(`${fields[index]}: ${fields[index + 1]}`);
      upgraded(socket);
      const head = exchange.detach();
      socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
      join(socket, other, head);
      return true;
    },
  });
  try {
    await running;
  } finally {
    // Not joined: another answer was sent, or the caller has left.
    backend?.take()?.destroy();
  }
}

/** Whether a request offers to become a WebSocket. Other offers ("h2c") are ignored, as RFC 9110 section 7.8 allows. */
export function isWebSocket({ method, upgrade }: ServerExchange): boolean {
  return method === 'GET' && upgrade?.toLowerCase() === 'websocket';
}

/** A handshake in the form that the WebSocket library reads. */
function messageOf({ socket, method, target, fields }: ServerExchange): IncomingMessage {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!.toLowerCase();
    headers[name] = name in headers ? `${headers[name]}, ${fields[at + 1]}` : fields[at + 1]!;
  }
  return Object.assign(new IncomingMessage(socket), { method, url: target, headers });
}
