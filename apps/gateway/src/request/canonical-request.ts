import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Headers, Query, RequestUrl } from '@isthmus/policy-engine';
import type { Body } from '@isthmus/policy-engine';
import { canonicalPath, isCleanQuery } from './canonical-path.js';
import type { EncodedSlashes } from './canonical-path.js';
import { removeHopHeaders } from '../forwarding/hop-headers.js';
import { canonicalAddress, clientAddress } from './client-address.js';
import type { TrustedProxies } from './client-address.js';
import { incomingBody } from './incoming-body.js';
import { ambiguity, isHost } from './request-framing.js';

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
  /** What has arrived of the body so far. */
  readonly received: { readonly bytes: number };
  /** Address of the connection's other end. */
  readonly peerAddress: string;
}

export type Canonicalised =
  | { readonly ok: true; readonly request: CanonicalRequest }
  | { readonly ok: false; readonly status: 400 | 405 | 421; readonly reason: string };

export interface CanonicalRules {
  readonly encodedSlashes: EncodedSlashes;
  readonly trustedProxies: TrustedProxies;
  /** Bytes of a body that policies may hold in memory. */
  readonly bodyBuffer: number;
}

/** Told by proxies only: from anybody else they would let a caller speak for the proxy. */
const proxyHeaders = [
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-original-url',
  'x-original-host',
  'x-rewrite-url',
  'x-real-ip',
];

/** Makes the canonical request, or says why there is none. */
export function canonicalRequest(
  message: IncomingMessage,
  rules: CanonicalRules,
  sendContinue?: () => void,
): Canonicalised {
  const unclear = ambiguity(message);
  if (unclear !== undefined) return refuse(unclear);
  const method = message.method ?? 'GET';
  if (method === 'CONNECT')
    return { ok: false, status: 405, reason: 'CONNECT is not for gateways' };
  const headers = readHeaders(message);
  const authority =
    headers.text('host') ?? (message.headers[':authority'] as string | undefined) ?? '';
  const target = readTarget(message.url ?? '', authority);
  if (target === undefined) return refuse('malformed request target');
  const path = canonicalPath(target.path, rules.encodedSlashes);
  if (!path.ok) return refuse(path.reason);
  if (!isCleanQuery(target.query)) return refuse('character that a query cannot hold');
  const origin = callerOrigin(message, headers, target.authority, rules.trustedProxies);
  const received = { bytes: 0 };
  const body = incomingBody(message, headers, { limit: rules.bodyBuffer, received, sendContinue });
  removeHopHeaders(headers);
  const query = new Query(target.query);
  return {
    ok: true,
    request: { method, path: path.path, query, headers, body, received, ...origin },
  };
}

/** Who calls, and by which address of ours: the connection says it, or a trusted proxy. */
function callerOrigin(
  message: IncomingMessage,
  headers: Headers,
  authority: string,
  proxies: TrustedProxies,
): Pick<CanonicalRequest, 'scheme' | 'host' | 'port' | 'ipAddress' | 'peerAddress'> {
  const peer = message.socket.remoteAddress ?? '';
  const trusted = proxies.trusts(peer);
  const told = trusted ? toldByProxy(headers) : undefined;
  const ipAddress = clientAddress(
    peer,
    trusted ? headers.text('x-forwarded-for') : undefined,
    proxies,
  );
  if (!trusted) dropProxyHeaders(headers);
  const secure = (message.socket as TLSSocket).encrypted === true;
  const scheme = told?.scheme ?? (secure ? 'https' : 'http');
  const { host, port } = splitHost(told?.host ?? authority, scheme, message.socket.localPort);
  return { scheme, host, port, ipAddress, peerAddress: canonicalAddress(peer) };
}

/** The URL of the caller as policies see it. */
export function callerUrl(request: CanonicalRequest): RequestUrl {
  return new RequestUrl(
    { scheme: request.scheme, host: request.host, port: request.port, path: '' },
    request.path,
    request.query.clone(),
  );
}

/** HTTP/2 carries method, path and authority as fields; they are no headers. */
function readHeaders(message: IncomingMessage): Headers {
  const headers = Headers.fromRaw(message.rawHeaders);
  if (message.httpVersionMajor === 2) {
    for (const name of [':method', ':path', ':scheme', ':authority', ':protocol'])
      headers.delete(name);
  }
  return headers;
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

function splitHost(
  authority: string,
  scheme: string,
  localPort: number | undefined,
): { host: string; port: number } {
  const match = /^(.*?)(?::(\d{1,5}))?$/.exec(authority);
  const host = (match?.[1] ?? authority).toLowerCase().replace(/\.$/, '');
  const standard = scheme === 'https' ? 443 : 80;
  return {
    host: host === '' ? 'localhost' : host,
    port: match?.[2] ? Number(match[2]) : authority === '' ? (localPort ?? standard) : standard,
  };
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

/** Removes what only proxies may say, and every spelling with "_" that some servers read as "-". */
function dropProxyHeaders(headers: Headers): void {
  for (const name of proxyHeaders) headers.delete(name);
  for (const [name] of [...headers]) {
    if (!name.includes('_')) continue;
    const dashed = name.replaceAll('_', '-').toLowerCase();
    if (proxyHeaders.includes(dashed) || dashed === 'x-forwarded-for') headers.delete(name);
  }
}
