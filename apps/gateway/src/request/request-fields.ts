import { Headers, isSameName } from '@isthmus/policy-engine';
import { removeHopHeaders } from '../forwarding/hop-headers.js';
import type { Connection } from './connection.js';
import { hopFields, NameTable } from '@isthmus/http1';
import type { ServerExchange } from '@isthmus/http1';
import { singleFields } from './request-framing.js';
import type { SingleField } from './request-framing.js';

/** The header of a request, sorted: what goes on, and what only framed or described the connection. */
export class RequestFields {
  /** What policies and backends see, without the fields of this connection alone. */
  headers = new Headers();
  host: string | undefined;
  traceparent: string | undefined;
  /** Told by the caller under either of its names. */
  trackingId: string | undefined;
  correlationId: string | undefined;
}

/** What a field means to the gateway itself. */
type Meaning =
  | SingleField
  /** The host of HTTP/2. */
  | ':authority'
  | 'hop'
  | 'connection'
  /** Told by proxies only: from anybody else it would let a caller speak for the proxy. */
  | 'proxy'
  | 'traceparent'
  | 'x-ms-client-tracking-id'
  | 'x-correlation-id';

const proxyFields = [
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

const meanings = new NameTable<Meaning>([
  ...singleFields.map((name) => [name, name] as const),
  ...proxyFields.map((name) => [name, 'proxy'] as const),
  ...(
    [
      ':authority',
      'connection',
      'traceparent',
      'x-ms-client-tracking-id',
      'x-correlation-id',
    ] as const
  ).map((name) => [name, name] as const),
  ...['keep-alive', ...hopFields].map((name) => [name, 'hop'] as const),
]);

const bits: Readonly<Record<SingleField, number>> = {
  host: 1,
  'content-length': 2,
  'transfer-encoding': 4,
  'content-type': 8,
  authorization: 16,
};

/** Reads the fields once; a text says why the request is refused. */
export function readFields(
  exchange: ServerExchange,
  connection: Connection,
): RequestFields | string {
  const raw = exchange.fields;
  const fields = new RequestFields();
  const kept: string[] = [];
  let seen = 0;
  let namesHops = false;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    const meaning = meanings.find(name);
    switch (meaning) {
      case undefined:
        if (isForwarded(name, connection)) kept.push(name, value);
        continue;
      case 'hop':
        continue;
      case ':authority':
        if (!connection.isHost(value)) return 'malformed host';
        fields.host = value;
        continue;
      case 'proxy':
        if (connection.trusted) kept.push(name, value);
        continue;
      case 'connection':
        if (/^(?:keep-alive|close)$/i.test(value)) continue;
        namesHops = true;
        break;
      case 'traceparent':
      case 'x-ms-client-tracking-id':
      case 'x-correlation-id':
        keepTrace(fields, meaning, value);
        break;
      case 'host':
      case 'content-length':
      case 'transfer-encoding':
      case 'content-type':
      case 'authorization': {
        const bit = bits[meaning];
        if (seen & bit) return `two ${meaning} headers`;
        seen |= bit;
        if (meaning === 'transfer-encoding') continue;
        if (meaning !== 'host') break;
        if (!connection.isHost(value)) return 'malformed host';
        if (fields.host !== undefined && !isSameName(fields.host, value)) return 'two hosts';
        fields.host = value;
      }
    }
    kept.push(name, value);
  }
  if (fields.host === undefined && exchange.version === '1.1') return 'no host';
  fields.headers = Headers.fromRaw(kept);
  if (namesHops) removeHopHeaders(fields.headers);
  return fields;
}

function keepTrace(
  fields: RequestFields,
  name: 'traceparent' | 'x-ms-client-tracking-id' | 'x-correlation-id',
  value: string,
): void {
  const earlier = (text: string | undefined): string =>
    text === undefined ? value : `${text},${value}`;
  if (name === 'traceparent') fields.traceparent = earlier(fields.traceparent);
  else if (name === 'x-correlation-id') fields.correlationId = earlier(fields.correlationId);
  else fields.trackingId = earlier(fields.trackingId);
}

/** Whether an ordinary field goes on: pseudo fields of HTTP/2 and disguised words of a proxy do not. */
function isForwarded(name: string, connection: Connection): boolean {
  if (name.startsWith(':')) return false;
  return connection.trusted || !name.includes('_') || !isDisguised(name);
}

/** Some servers read "_" as "-". */
function isDisguised(name: string): boolean {
  const dashed = name.replaceAll('_', '-').toLowerCase();
  return dashed === 'x-forwarded-for' || proxyFields.includes(dashed);
}
