import {
  encodeContent,
  headerOf,
  worded,
  type EffectOutcome,
  type ResponseOutcome,
} from '@isthmus/workflow-engine';
import { isArray, isObject, memberOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import { tooLarge } from './answer-collector.js';
import { ExchangeError } from './exchange-error.js';
import type { WireResponse } from './http-exchange.js';
import type { CallSender, Outgoing } from './send-call.js';

/** Bytes of a part where the other side prescribes none; bodies up to this size are sent in one piece. */
const partSize = 5_242_880;
const manyParts = 100_000;

/**
 * Transfer mode Chunked (documentation "Handle large messages"): a body goes up in parts when the other side agrees
 * to it, content comes down by ranges.
 */
export function sendChunked(sender: CallSender, outgoing: Outgoing): Promise<EffectOutcome> {
  const { effect, request } = outgoing;
  // Whoever asks for a range of its own gets that one.
  if (headerOf(request.headers, 'range') !== undefined) return sender.send(outgoing);
  return sender.failing(outgoing, async () => {
    const response =
      request.method === 'GET' ? await download(sender, outgoing) : await upload(sender, outgoing);
    return response ? sender.outcome(effect, request.method, response) : sender.send(outgoing);
  });
}

async function download(sender: CallSender, outgoing: Outgoing): Promise<WireResponse> {
  const ranged = (from: number): Outgoing =>
    withHeaders(outgoing, { Range: `bytes=${from}-${from + partSize - 1}` });
  const first = await sender.exchange(ranged(0));
  if (first.statusCode !== 206) return first;
  const total = totalSize(first);
  if (total > sender.contentSize) throw tooLarge(sender.contentSize);
  const parts = [first.body];
  let size = first.body.length;
  for (let count = 0; size < total && count < manyParts; count++) {
    const part = await sender.exchange(ranged(size));
    if (part.statusCode !== 206 || part.body.length === 0) return part;
    parts.push(part.body);
    size += part.body.length;
  }
  return { ...first, statusCode: 200, body: Buffer.concat(parts) };
}

function totalSize(response: WireResponse): number {
  const total = /\/(\d+)$/.exec(header(response, 'content-range') ?? '')?.[1];
  return total === undefined ? 0 : Number(total);
}

async function upload(sender: CallSender, outgoing: Outgoing): Promise<WireResponse | undefined> {
  const { request } = outgoing;
  const given = Object.entries(request.headers).find(
    ([name]) => name.toLowerCase() === 'content-type',
  );
  const content = encodeContent(request.body, given?.[1]);
  if (content.bytes.length <= partSize) return undefined;
  const { body: _, ...bare } = request;
  const announced = {
    'x-ms-transfer-mode': 'chunked',
    'x-ms-content-length': String(content.bytes.length),
  };
  const begun = await sender.exchange(withHeaders({ ...outgoing, request: bare }, announced));
  const location = header(begun, 'location');
  if (begun.statusCode >= 300 || location === undefined) return begun;
  let target = addressOf(location, request.uri);
  let size = Number(header(begun, 'x-ms-chunk-size') ?? partSize);
  for (let at = 0, count = 0; count < manyParts; count++) {
    const bytes = content.bytes.subarray(at, at + Math.max(size, 1));
    const range = `bytes ${at}-${at + bytes.length - 1}/${content.bytes.length}`;
    const envelope = {
      '$content-type': content.contentType ?? 'application/octet-stream',
      $content: Buffer.from(bytes).toString('base64'),
    };
    const part: Outgoing = {
      ...outgoing,
      request: { ...bare, method: 'PATCH', uri: target, body: envelope },
    };
    const response = await sender.exchange(withHeaders(part, { 'Content-Range': range }));
    at += bytes.length;
    if (response.statusCode >= 300 || at >= content.bytes.length) return response;
    target = addressOf(header(response, 'location') ?? target, target);
    size = Number(header(response, 'x-ms-chunk-size') ?? size);
  }
  return undefined;
}

/** An address that the other side names. @throws ExchangeError */
export function addressOf(link: string, base: string): string {
  if (URL.canParse(link, base)) return new URL(link, base).href;
  throw new ExchangeError('BadRequest', worded`The address '${link}' is not valid.`, false);
}

function withHeaders(outgoing: Outgoing, headers: Record<string, string>): Outgoing {
  return { ...outgoing, headers: { ...outgoing.headers, ...headers } };
}

function header(response: WireResponse, name: string): string | undefined {
  const at = response.rawHeaders.findIndex(
    (one, index) => index % 2 === 0 && one.toLowerCase() === name,
  );
  return at < 0 ? undefined : response.rawHeaders[at + 1];
}

/**
 * Pagination: the pages behind `nextLink` are read until there are enough items; whole pages are kept, and the body
 * is `{ value }` alone (measured on the service).
 */
export async function sendPaged(
  first: ResponseOutcome,
  next: (uri: string) => Promise<EffectOutcome>,
  limits: { readonly minimumItemCount: number; readonly pageCount: number },
): Promise<EffectOutcome> {
  let page: EffectOutcome = first;
  const items: WorkflowValue[] = [];
  for (let count = 1; page.kind === 'response' && page.statusCode < 300; count++) {
    const body: WorkflowValue | undefined = page.body;
    const value = isObject(body) ? memberOf(body, 'value') : undefined;
    if (!isObject(body) || !isArray(value)) return count === 1 ? first : page;
    for (const item of value) items.push(item);
    const link: WorkflowValue | undefined =
      memberOf(body, 'nextLink') ?? memberOf(body, '@odata.nextLink');
    if (
      typeof link !== 'string' ||
      link === '' ||
      items.length >= limits.minimumItemCount ||
      count >= limits.pageCount
    ) {
      return { ...first, body: { value: items } };
    }
    page = await next(link);
  }
  return page;
}
