import type { ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import type { Http2ServerResponse } from 'node:http2';
import { isHeaderName, isSafeHeaderValue, Response } from '@isthmus/policy-engine';
import type { Headers, PolicyContext } from '@isthmus/policy-engine';
import { ResponseStream } from './forwarding/response-stream.js';
import { wireHeaders } from './forwarding/hop-headers.js';
import { nameSet, type NameTable } from '@isthmus/http1';

/** How an answer ended. */
export interface Sent {
  /** Bytes of the body that left. */
  readonly bytes: number;
  /** Why the answer was cut off, if it was. */
  readonly aborted?: 'client' | 'backend';
}

/** Up to this size a copy is cheaper than a second buffer for the kernel. Bytes. */
const oneWrite = 16 * 1024;

/** Fields that the gateway writes itself, or that belong to the connection to the backend. */
const connectionFields = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];

/** What is left out of the head of a stream, of a body whose length another message had, and of a whole body. */
const left = {
  stream: nameSet(connectionFields),
  foreignLength: nameSet([...connectionFields, 'trailer']),
  whole: nameSet([...connectionFields, 'trailer', 'content-length']),
};

const noBytes: Sent = { bytes: 0 };
const noNames: ReadonlySet<string> = new Set();

/**
 * Sends the response of a context. Small bodies leave in one write with their head; streams follow
 * the caller's pace. A stream that breaks off destroys the connection, so that a truncated answer
 * never looks complete. Resolves when the answer has left or failed.
 */
export function sendResponse(
  context: PolicyContext,
  target: ServerResponse,
  extra: readonly string[],
): Sent | Promise<Sent> {
  const answer = checked(context.response ?? new Response());
  const { statusCode } = answer;
  const bodiless = statusCode < 200 || statusCode === 204 || statusCode === 304;
  const isHead = target.req.method === 'HEAD';
  const content = bodiless ? undefined : contentOf(answer);
  if (content !== undefined && typeof content !== 'string' && !(content instanceof Uint8Array)) {
    writeHead(target, answer, headOf(answer.headers, left.stream, extra));
    if (!isHead)
      return pump(content, target, () => target.destroyed || context.cancellation.cancelled);
    target.end();
    return noBytes;
  }
  const bytes = content?.length ?? 0;
  // The length of an answer to HEAD is the one that GET would have.
  const keepLength = isHead || statusCode === 304;
  const head = headOf(answer.headers, keepLength ? left.foreignLength : left.whole, extra);
  if (!keepLength && !bodiless) head.push('Content-Length', String(bytes));
  writeHead(target, answer, head);
  if (isHead || content === undefined || bytes === 0) {
    target.end();
    return noBytes;
  }
  // As text it goes out with its head in one write; Latin-1 keeps every byte.
  if (typeof content === 'string') target.end(content, 'latin1');
  else target.end(content);
  return { bytes };
}

/** A small body as Latin-1, a large one as bytes, or what is still to come. */
function contentOf({
  body,
}: Response): string | Uint8Array | AsyncIterable<Uint8Array> | undefined {
  if (body === null) return undefined;
  if (body.buffered) return (body.length ?? 0) > oneWrite ? body.wire : body.latin1;
  const stream = body.send();
  return stream instanceof ResponseStream && stream.complete ? stream.takeAll() : stream;
}

/** The fields of a head; the gateway's own come last. */
function headOf(headers: Headers, leftOut: NameTable<true>, extra: readonly string[]): string[] {
  const raw = headers.clean ? headers.raw : wireHeaders(headers, noNames);
  const head: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (leftOut.find(name) === undefined) head.push(name, raw[at + 1] ?? '');
  }
  for (const text of extra) head.push(text);
  return head;
}

/** Node refuses what would break the message; an answer that holds such a thing is ours to refuse. */
function checked(answer: Response): Response {
  const sound =
    answer.statusCode >= 200 &&
    answer.statusCode <= 999 &&
    /^[\t\x20-\x7e\x80-\xff]*$/.test(answer.statusReason);
  if (!answer.headers.clean && !isSafe(answer.headers.raw)) return new Response(500);
  return sound
    ? answer
    : new Response(
        answer.statusCode >= 200 && answer.statusCode <= 999 ? answer.statusCode : 500,
        'Error',
        answer.headers,
        answer.body,
      );
}

function isSafe(raw: readonly string[]): boolean {
  return raw.every((text, at) => (at % 2 === 0 ? isHeaderName(text) : isSafeHeaderValue(text)));
}

function writeHead(target: ServerResponse, answer: Response, head: string[]): void {
  if (target.req.httpVersionMajor === 2) {
    const headers: Record<string, string[]> = {};
    for (let index = 0; index < head.length; index += 2)
      (headers[(head[index] ?? '').toLowerCase()] ??= []).push(head[index + 1] ?? '');
    delete headers['connection'];
    target.writeHead(answer.statusCode, headers);
  } else target.writeHead(answer.statusCode, answer.statusReason, head);
}

async function pump(
  stream: AsyncIterable<Uint8Array>,
  target: ServerResponse,
  hasLeft: () => boolean,
): Promise<Sent> {
  let bytes = 0;
  // The caller sees the head even while the backend thinks about the first byte.
  target.flushHeaders();
  try {
    for await (const chunk of stream) {
      if (hasLeft()) return { bytes, aborted: 'client' };
      bytes += chunk.length;
      if (!target.write(chunk)) await drained(target);
      if (hasLeft()) return { bytes, aborted: 'client' };
    }
  } catch {
    const aborted = hasLeft() ? 'client' : 'backend';
    breakOff(target);
    return { bytes, aborted };
  }
  if (stream instanceof ResponseStream) addTrailers(target, stream.trailers);
  target.end();
  return { bytes };
}

/** Ends an answer in the middle: the connection, or with a code that says so the stream, which else would look complete. */
function breakOff(target: ServerResponse | Http2ServerResponse): void {
  if ('stream' in target) target.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else target.destroy();
}

function drained(target: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
  });
}

function addTrailers(target: ServerResponse, trailers: ResponseStream['trailers']): void {
  const http2 = target.req.httpVersionMajor === 2;
  if (trailers.length === 0 || !(http2 || target.chunkedEncoding)) return;
  const list: [string, string][] = [];
  for (let at = 0; at < trailers.length; at += 2) {
    const name = trailers[at]!;
    const value = trailers[at + 1]!;
    if (isHeaderName(name) && isSafeHeaderValue(value)) list.push([name, value]);
  }
  if (list.length === 0) return;
  // HTTP/2 frames them in any case; its lists are objects.
  if (!http2) target.addTrailers(list);
  else for (const [name, value] of list) target.addTrailers({ [name.toLowerCase()]: value });
}
