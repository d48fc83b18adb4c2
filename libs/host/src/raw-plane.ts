import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/**
 * Takes requests before Nest's router sees them: for the few addresses whose calls are so many that
 * routing, guards and pipes would cost more than the work itself. False: the request is not for it.
 */
export type RawPlane = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Puts a plane in front of whatever listens on a server; what the plane does not take, goes there. */
export function putInFront(server: Server, plane: RawPlane): void {
  const behind = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (plane(request, response)) return;
    for (const listener of behind) listener.call(server, request, response);
  });
}
