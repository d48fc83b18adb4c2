import { Body, bodyOptions, Headers, Response } from '@isthmus/policy-engine';
import type { Aged } from './freshness.js';

/** A response in the cache, with the request headers that chose it. */
export interface StoredResponse extends Aged {
  readonly statusReason: string;
  readonly body: Uint8Array;
  /** Values of the headers that Vary names, as the request had them. */
  readonly selectedBy: Readonly<Record<string, string>>;
}

/** Variants of one address that are kept; the oldest leave first. */
export const mostVariants = 16;

/** The request headers that choose among variants (RFC 9111 section 4.1), white space folded. */
export function selectors(request: Headers, response: Headers): Record<string, string> {
  const names = (response.text('vary') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return Object.fromEntries(names.map((name) => [name, folded(request, name)]));
}

/** Whether a stored response answers requests with these headers. */
export function isSelected(stored: StoredResponse, request: Headers): boolean {
  return Object.entries(stored.selectedBy).every(
    ([name, value]) => folded(request, name) === value,
  );
}

function folded(request: Headers, name: string): string {
  return (request.get(name) ?? [])
    .join(',')
    .replace(/\s*,\s*/g, ',')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A response made from a stored one: with its age, and without a body for HEAD and 304. */
export function answerFrom(stored: StoredResponse, request: Headers, age: number): Response {
  const headers = stored.headers.clone();
  headers.set('Age', String(Math.max(0, Math.floor(age))));
  if (isNotModified(stored, request)) {
    for (const [name] of [...headers])
      if (/^content-(?!location)/i.test(name)) headers.delete(name);
    return new Response(304, 'Not Modified', headers);
  }
  return new Response(
    stored.statusCode,
    stored.statusReason,
    headers,
    Body.fromBytes(stored.body, bodyOptions(headers)),
  );
}

/** Whether the caller has what is stored already (RFC 9110 section 13.2.2). */
function isNotModified(stored: StoredResponse, request: Headers): boolean {
  if (stored.statusCode !== 200) return false;
  const tags = request.text('if-none-match');
  if (tags !== undefined) {
    const own = stored.headers.text('etag')?.replace(/^W\//, '');
    return (
      tags.trim() === '*' ||
      tags.split(',').some((tag) => own !== undefined && tag.trim().replace(/^W\//, '') === own)
    );
  }
  const since = Date.parse(request.text('if-modified-since') ?? '');
  const changed = Date.parse(stored.headers.text('last-modified') ?? '');
  return changed <= since;
}

/** The bytes of all variants of an address. */
export function writeVariants(variants: readonly StoredResponse[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const one of variants) {
    const { statusCode, statusReason, requestTime, responseTime, selectedBy, body } = one;
    const head = Buffer.from(
      JSON.stringify({
        statusCode,
        statusReason,
        requestTime,
        responseTime,
        selectedBy,
        headers: [...one.headers],
        length: body.length,
      }),
    );
    const size = Buffer.alloc(4);
    size.writeUInt32BE(head.length);
    parts.push(size, head, body);
  }
  return Buffer.concat(parts);
}

/** Reads what `writeVariants` wrote. Throws an Error when the bytes are something else. */
export function readVariants(data: Uint8Array): StoredResponse[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const variants: StoredResponse[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    const head = JSON.parse(bytes.toString('utf8', at + 4, end)) as Omit<
      StoredResponse,
      'headers' | 'body'
    > & { headers: [string, string[]][]; length: number };
    variants.push({
      ...head,
      headers: Headers.from(head.headers),
      body: bytes.subarray(end, end + head.length),
    });
    at = end + head.length;
  }
  return variants;
}
