import {
  DateTime,
  DateTimeOffset,
  Guid,
  JToken,
  parseDocument,
  parseElement,
  parseToken,
  TimeSpan,
  XDocument,
  XElement,
} from '@isthmus/dotnet';
import { Boxed, boxAs, textOf, unbox } from '@isthmus/policy-expressions';
import { Body, type BodyOptions } from '../model/body.js';
import { Headers } from '../model/headers.js';
import { Response } from '../model/message.js';
import type { CachedValue } from '../ports/cache.js';
import { responseOf, responseVariable } from './response-variable.js';

/** Writes and reads .NET values for caches, so that a value comes back with its type. */

const encode = (kind: string, text: string): CachedValue => ({
  kind,
  data: Buffer.from(text, 'utf8'),
});

/** Undefined when the value cannot be stored. */
export function storeValue(value: unknown): CachedValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return encode('string', value);
  if (typeof value === 'boolean') return encode('bool', String(value));
  if (value instanceof Uint8Array) return { kind: 'byte[]', data: value };
  if (value instanceof Boxed) return encode(`boxed ${value.typeName}`, String(unbox(value)));
  if (value instanceof JToken) return encode('json', value.toJson('None'));
  if (value instanceof XDocument)
    return encode('xdocument', value.toXml({ disableFormatting: true }));
  if (value instanceof XElement)
    return encode('xelement', value.toXml({ disableFormatting: true }));
  if (value instanceof Guid) return encode('guid', value.toString());
  if (value instanceof DateTime) return encode('datetime', `${value.ticks} ${value.kind}`);
  if (value instanceof DateTimeOffset) return encode('datetimeoffset', textOf(value));
  if (value instanceof TimeSpan) return encode('timespan', String(value.ticks));
  const response = responseOf(value);
  return response ? storeResponse(response) : encode('string', textOf(value));
}

/** The value again, or undefined when the entry was written by something else. */
export function restoreValue({ kind, data }: CachedValue): unknown {
  if (kind === 'byte[]') return data;
  if (kind === 'response') return responseVariable(restoreResponse(data));
  const text = Buffer.from(data).toString('utf8');
  if (kind.startsWith('boxed ')) return restoreBoxed(kind.slice('boxed '.length), text);
  switch (kind) {
    case 'string':
      return text;
    case 'bool':
      return text === 'true';
    case 'json':
      return parseToken(text);
    case 'xdocument':
      return parseDocument(text);
    case 'xelement':
      return parseElement(text);
    case 'guid':
      return Guid.parse(text);
    case 'datetime': {
      const [ticks, dateKind] = text.split(' ');
      return new DateTime(BigInt(ticks!), dateKind as 'Utc');
    }
    case 'timespan':
      return new TimeSpan(BigInt(text));
    default:
      return undefined;
  }
}

function restoreBoxed(type: string, text: string): unknown {
  if (type === 'long' || type === 'ulong') return boxAs(type, BigInt(text));
  return boxAs(type, type === 'decimal' ? text : Number(text));
}

/** Status, headers and buffered body of a response. */
export function storeResponse(response: Response): CachedValue {
  const head = {
    status: response.statusCode,
    reason: response.statusReason,
    headers: [...response.headers],
    hasBody: response.body !== null,
  };
  const line = Buffer.from(`${JSON.stringify(head)}\n`, 'utf8');
  return {
    kind: 'response',
    data: Buffer.concat([line, response.body?.content ?? new Uint8Array(0)]),
  };
}

/** What was read from stored bytes, for all responses that are made from them. */
interface Restored {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array | undefined;
  readonly options: BodyOptions;
}

/** Entries live as long as a cache keeps their bytes. */
const restored = new WeakMap<Uint8Array, Restored>();

/** A fresh response from what `storeResponse` wrote. */
export function restoreResponse(data: Uint8Array): Response {
  let known = restored.get(data);
  if (!known) restored.set(data, (known = readResponse(data)));
  const { status, reason, headers, bytes, options } = known;
  return new Response(
    status,
    reason,
    headers.clone(),
    bytes ? Body.fromBytes(bytes, options) : null,
  );
}

function readResponse(data: Uint8Array): Restored {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const end = bytes.indexOf(10);
  const head = JSON.parse(bytes.subarray(0, end).toString('utf8')) as {
    status: number;
    reason: string;
    headers: [string, string[]][];
    hasBody: boolean;
  };
  return {
    status: head.status,
    reason: head.reason,
    headers: Headers.from(head.headers),
    bytes: head.hasBody ? bytes.subarray(end + 1) : undefined,
    options: { sent: {} },
  };
}
