import http from 'node:http';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { Body, Headers, isSameName, Response } from '@isthmus/policy-engine';
import type { Forward, ForwardOptions, PolicyContext } from '@isthmus/policy-engine';
import type { EgressGuard } from './egress-guard.js';
import { EgressRefusedError, guardedLookup } from './egress-guard.js';
import { backendFailure, BackendFailure, timedOut } from './failures.js';
import { removeHopHeaders } from './hop-headers.js';
import { outgoingHeaders } from './outgoing-headers.js';

/** A backend that agreed to another protocol. */
export interface Upgraded {
  readonly socket: Duplex;
  /** Bytes that came with the answer. */
  readonly head: Buffer;
}

/**
 * Forwards a WebSocket handshake. The pipeline sees a response with status 101 when the backend
 * agrees; the socket is then taken from `upgraded`. Its connection never serves another request.
 */
export class UpgradeForward implements Forward {
  upgraded: Upgraded | undefined;

  constructor(private readonly guard: EgressGuard) {}

  forward(context: PolicyContext, options: ForwardOptions): Promise<Response> {
    const { url } = context.request;
    if (isIP(bare(url.host)) !== 0 && !this.guard.allows(url.host)) {
      return Promise.reject(backendFailure(new EgressRefusedError(url.host)));
    }
    const secure = url.scheme === 'https' || url.scheme === 'wss';
    const request = (secure ? https : http).request(handshake(context, this.guard));
    return new Promise((resolve, reject) => {
      const late = (): void => void request.destroy(timedOut());
      const timer = options.timeout > 0 ? setTimeout(late, options.timeout) : undefined;
      const gone = (): void =>
        void request.destroy(
          new BackendFailure('ClientConnectionFailure', 'connection_terminated', true),
        );
      context.signal?.addEventListener('abort', gone, { once: true });
      const settled = (): void => {
        clearTimeout(timer);
        context.signal?.removeEventListener('abort', gone);
      };
      request.on('upgrade', (answer: IncomingMessage, socket: Duplex, head: Buffer) => {
        settled();
        this.upgraded = { socket, head };
        resolve(new Response(101, answer.statusMessage ?? 'Switching Protocols', fieldsOf(answer)));
      });
      request.on('response', (answer) => {
        settled();
        const body = Body.fromStream(answer);
        resolve(
          new Response(
            answer.statusCode ?? 502,
            answer.statusMessage ?? '',
            fieldsOf(answer),
            body,
          ),
        );
      });
      request.on('error', (error) => {
        settled();
        reject(backendFailure(error));
      });
      request.end();
    });
  }
}

/** The handshake as it leaves, on a connection of its own. */
function handshake(context: PolicyContext, guard: EgressGuard): https.RequestOptions {
  const { url, hostOverride } = context.request;
  const all = outgoingHeaders(context, undefined, false);
  const fields = all.filter((_, at) => !isSameName('sec-websocket-extensions', all[at & ~1]!));
  if (hostOverride === null)
    fields.push('Host', `${url.host}${url.isDefaultPort ? '' : `:${url.port}`}`);
  fields.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  const options = {
    host: bare(url.host),
    port: url.port,
    method: 'GET',
    path: url.path + url.queryString,
    headers: fields,
    agent: false as const,
    lookup: guardedLookup(guard),
    ALPNProtocols: ['http/1.1'],
  };
  return options;
}

/** An IPv6 host without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function fieldsOf(answer: IncomingMessage): Headers {
  const headers = Headers.fromRaw(answer.rawHeaders);
  removeHopHeaders(headers);
  return headers;
}

/** Joins two sockets for good: each one's end, failure or silence ends the other. */
export function join(client: Duplex, backend: Upgraded, early: Buffer): void {
  if (backend.head.length > 0) client.write(backend.head);
  if (early.length > 0) backend.socket.write(early);
  client.pipe(backend.socket);
  backend.socket.pipe(client);
  const end = (): void => {
    client.destroy();
    backend.socket.destroy();
  };
  for (const socket of [client, backend.socket]) socket.on('error', end).on('close', end);
}
