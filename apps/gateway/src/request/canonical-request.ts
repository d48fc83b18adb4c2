import { Query, RequestUrl } from '@isthmus/policy-engine';
import type { Body, Headers } from '@isthmus/policy-engine';
import type { ServerExchange } from '@isthmus/http1';
import { CallBytes } from './call-bytes.js';
import type { BodyMemory } from './call-bytes.js';
import { canonicalPath, isCleanQuery } from './canonical-path.js';
import type { EncodedSlashes } from './canonical-path.js';
import type { TrustedProxies } from './client-address.js';
import { incomingBody } from './incoming-body.js';
import { connectionOf } from './connection.js';
import type { Connection } from './connection.js';
import { readFields } from './request-fields.js';
import { isHost } from './request-framing.js';

/** The one view of a request that routing, keys, policies and forwarding share. */
export interface CanonicalRequest {
  readonly method: string;
  /** Canonical path, see `canonicalPath`. */
  readonly path: string;
  readonly query: Query;
  readonly headers: Headers;
  readonly scheme: 'http' | 'https';
  /** Host name in lower case without port; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  /** The caller, by the trusted-proxy rule. */
  readonly ipAddress: string;
  /** Null when the caller sent none. */
  readonly body: Body | null;
  /** What has arrived of the body so far, and what the call holds in memory. */
  readonly bytes: CallBytes;
  readonly connection: Connection;
  /** W3C trace that the caller is in, as it says. */
  readonly traceparent: string | undefined;
  /** The caller's tracking id, as it says. */
  readonly trackingId: string | undefined;
}

export type Canonicalised =
  | { readonly ok: true; readonly request: CanonicalRequest }
  | { readonly ok: false; readonly status: 400 | 405 | 421; readonly reason: string };

export interface CanonicalRules {
  readonly encodedSlashes: EncodedSlashes;
  readonly trustedProxies: TrustedProxies;
  /** Bytes of a body that policies may hold in memory. */
  readonly bodyBuffer: number;
  /** Where what they hold counts. */
  readonly bodyMemory: BodyMemory;
}

/** Makes the canonical request, or says why there is none. */
export function canonicalRequest(exchange: ServerExchange, rules: CanonicalRules): Canonicalised {
  const connection = connectionOf(exchange.socket, rules.trustedProxies);
  const fields = readFields(exchange, connection);
  if (typeof fields === 'string') return refuse(fields);
  const { method } = exchange;
  if (method === 'CONNECT')
    return { ok: false, status: 405, reason: 'CONNECT is not for gateways' };
  const target = readTarget(exchange.target, fields.host ?? '');
  if (target === undefined) return refuse('malformed request target');
  const path = canonicalPath(target.path, rules.encodedSlashes);
  if (!path.ok) return refuse(path.reason);
  if (!isCleanQuery(target.query)) return refuse('character that a query cannot hold');
  const { headers } = fields;
  const told = connection.trusted ? toldByProxy(headers) : undefined;
  const scheme = told?.scheme ?? (connection.secure ? 'https' : 'http');
  const { host, port } = connection.origin(told?.host ?? target.authority, scheme);
  const bytes = new CallBytes(rules.bodyMemory);
  return {
    ok: true,
    request: {
      method,
      path: path.path,
      query: new Query(target.query),
      headers,
      scheme,
      host,
      port,
      ipAddress: connection.client(
        connection.trusted ? headers.text('x-forwarded-for') : undefined,
        rules.trustedProxies,
      ),
      body: incomingBody(exchange.body, headers, { limit: rules.bodyBuffer, bytes }),
      bytes,
      connection,
      traceparent: fields.traceparent,
      trackingId: fields.trackingId ?? fields.correlationId,
    },
  };
}

/** The URL of the caller as policies see it. */
export function callerUrl(request: CanonicalRequest): RequestUrl {
  return new RequestUrl(
    { scheme: request.scheme, host: request.host, port: request.port, path: '' },
    request.path,
    request.query,
  );
}

function refuse(reason: string): Canonicalised {
  return { ok: false, status: 400, reason };
}

/** Origin form, or absolute form whose authority replaces Host (RFC 9112 section 3.2.2). */
function readTarget(
  url: string,
  host: string,
): { path: string; query: string; authority: string } | undefined {
  if (url.startsWith('/')) return { ...splitQuery(url), authority: host };
  const absolute = /^https?:\/\/([^/?#@]+)(\/[^#]*|\?[^#]*)?$/i.exec(url);
  if (!absolute?.[1] || !isHost(absolute[1])) return undefined;
  const rest = absolute[2] ?? '/';
  return { ...splitQuery(rest.startsWith('/') ? rest : `/${rest}`), authority: absolute[1] };
}

function splitQuery(target: string): { path: string; query: string } {
  const question = target.indexOf('?');
  return question < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, question), query: target.slice(question) };
}

function toldByProxy(headers: Headers): { scheme?: 'http' | 'https'; host?: string } {
  const last = (name: string): string | undefined => headers.text(name)?.split(',').at(-1)?.trim();
  const scheme = last('x-forwarded-proto')?.toLowerCase();
  const host = last('x-forwarded-host');
  return {
    ...(scheme === 'http' || scheme === 'https' ? { scheme } : {}),
    ...(host !== undefined && isHost(host) ? { host } : {}),
  };
}
