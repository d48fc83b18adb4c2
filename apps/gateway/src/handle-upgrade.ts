import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { wireHeaders } from './forwarding/hop-headers.js';
import { join, UpgradeForward } from './forwarding/upgrade.js';
import { SubscriptionUpgrade, type SubscriptionSockets } from './graphql/subscription-sockets.js';
import { isRefused } from './errors.js';
import { handleRequest } from './handle-request.js';
import type { DataPlane } from './handle-request.js';
import { answersBefore } from './malformed-bytes.js';

/** A WebSocket handshake as Node hands it over. */
export interface Handshake {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  /** What the caller sent behind the handshake. */
  readonly head: Buffer;
}

/**
 * A handshake runs through the same story as every request (routing, key, policies); only
 * forwarding differs. When the backend agrees, the two sockets are joined; any other answer is sent
 * as plain HTTP and the connection closes.
 */
export async function handleUpgrade(
  plane: DataPlane,
  subscriptions: SubscriptionSockets,
  { message, socket, head }: Handshake,
): Promise<void> {
  await answersBefore(socket);
  if (socket.destroyed || isRefused(socket)) return;
  const response = new http.ServerResponse(message);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.on('finish', () => socket.end());
  socket.on('error', () => socket.destroy());
  // Other offers ("h2c") are ignored, as RFC 9110 section 7.8 allows: an answer, then the end.
  if (!isWebSocket(message)) {
    await handleRequest(plane, message, response);
    return;
  }
  let backend: UpgradeForward | undefined;
  let forward: SubscriptionUpgrade | undefined;
  const running = handleRequest(plane, message, response, {
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
        response.detachSocket(socket as Socket);
        subscriptions.serve({ message, socket, head, context, api });
        return true;
      }
      const upgraded = backend?.take();
      if (!upgraded) return false;
      response.detachSocket(socket as Socket);
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
      socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
      join(socket, upgraded, head);
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

/** Whether a request offers to become a WebSocket. */
export function isWebSocket(message: IncomingMessage): boolean {
  return message.method === 'GET' && message.headers.upgrade?.toLowerCase() === 'websocket';
}
