import type { ServerResponse } from 'node:http';
import { isHeaderName, isSafeHeaderValue, Response } from '@isthmus/policy-engine';
import type { PolicyContext } from '@isthmus/policy-engine';
import { ResponseStream } from './forwarding/response-stream.js';
import { wireHeaders } from './forwarding/hop-headers.js';

/** How an answer ended. */
export interface Sent {
  /** Bytes of the body that left. */
  readonly bytes: number;
  /** Why the answer was cut off, if it was. */
  readonly aborted?: 'client' | 'backend';
}

/** Up to this size a copy is cheaper than a second buffer for the kernel. Bytes. */
const oneWrite = 16 * 1024;

const framing: ReadonlySet<string> = new Set(['content-length', 'trailer']);
const trailer: ReadonlySet<string> = new Set(['trailer']);
const nothing: ReadonlySet<string> = new Set();

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
  const content = answer.body && !bodiless ? answer.body.send() : undefined;
  const bytes =
    content === undefined
      ? new Uint8Array(0)
      : content instanceof Uint8Array
        ? content
        : content instanceof ResponseStream && content.complete
          ? content.takeAll()
          : undefined;
  if (bytes) {
    // The length of an answer to HEAD is the one that GET would have.
    const keepLength = isHead || statusCode === 304;
    const head = wireHeaders(answer.headers, keepLength ? trailer : framing);
    if (!keepLength && !bodiless) head.push('Content-Length', String(bytes.length));
    head.push(...extra);
    writeHead(target, answer, head);
    end(target, isHead ? undefined : bytes);
    return { bytes: isHead ? 0 : bytes.length };
  }
  const stream = content as AsyncIterable<Uint8Array>;
  const head = wireHeaders(answer.headers, nothing);
  head.push(...extra);
  writeHead(target, answer, head);
  if (isHead) {
    target.end();
    return { bytes: 0 };
  }
  const hasLeft = (): boolean => target.destroyed || context.signal?.aborted === true;
  return pump(stream, target, hasLeft);
}

/** Node refuses what would break the message; an answer that holds such a thing is ours to refuse. */
function checked(answer: Response): Response {
  const sound =
    answer.statusCode >= 200 &&
    answer.statusCode <= 999 &&
    /^[\t\x20-\x7e\x80-\xff]*$/.test(answer.statusReason);
  let safe = true;
  answer.headers.forEach((name, values) => {
    if (!isHeaderName(name) || !values.every(isSafeHeaderValue)) safe = false;
  });
  if (!safe) return new Response(500);
  return sound
    ? answer
    : new Response(
        answer.statusCode >= 200 && answer.statusCode <= 999 ? answer.statusCode : 500,
        'Error',
        answer.headers,
        answer.body,
      );
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

/** A small body as text goes out with its head in one write; latin1 keeps every byte. */
function end(target: ServerResponse, bytes: Uint8Array | undefined): void {
  if (!bytes || bytes.length === 0) target.end();
  else if (bytes.length > oneWrite) target.end(bytes);
  else
    target.end(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
      'latin1',
    );
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
    target.destroy();
    return { bytes, aborted };
  }
  if (stream instanceof ResponseStream) addTrailers(target, stream.trailers);
  target.end();
  return { bytes };
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
  const list: [string, string][] = [];
  for (const [name, value] of Object.entries(trailers)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && isHeaderName(name) && isSafeHeaderValue(one)) list.push([name, one]);
  }
  if (list.length > 0 && target.chunkedEncoding) target.addTrailers(list);
}
