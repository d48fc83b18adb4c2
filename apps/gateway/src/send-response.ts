import { isFieldValue } from '@isthmus/http1';
import type { AnswerHead, ServerExchange } from '@isthmus/http1';
import { isHeaderName, isSafeHeaderValue, isSameName, Response } from '@isthmus/policy-engine';
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

/** What is larger leaves in parts of this size, so that a slow caller has no more of it waiting than of a stream. Bytes. */
const onePart = 64 * 1024;

const noBytes: Sent = { bytes: 0 };
const noNames: ReadonlySet<string> = new Set();

/**
 * Sends the response of a context. Small bodies leave in one write with their head; large ones and streams follow
 * the caller's pace: the call lasts, and what it holds in memory is counted, until they have left. A stream that breaks
 * off breaks the answer off, so that a truncated one never looks complete. Resolves when the answer has left or failed.
 */
export function sendResponse(
  context: PolicyContext,
  exchange: ServerExchange,
  extra: readonly string[],
): Sent | Promise<Sent> {
  const answer = checked(context.response ?? new Response());
  const { statusCode, headers } = answer;
  const head: AnswerHead = {
    status: statusCode,
    reason: answer.statusReason,
    fields: headers.clean ? headers.raw : wireHeaders(headers, noNames),
    more: extra,
    sound: true,
  };
  const bodiless = statusCode === 204 || statusCode === 205 || statusCode === 304;
  const content = bodiless ? undefined : contentOf(answer);
  const isHead = exchange.method === 'HEAD';
  if (content === undefined || typeof content === 'string' || content instanceof Uint8Array) {
    if (!isHead && content instanceof Uint8Array && content.length > onePart) {
      exchange.begin({ ...head, fields: withLength(head.fields, content.length) });
      return pump(partsOf(content), exchange, context);
    }
    exchange.answer(head, content);
    return isHead || content === undefined ? noBytes : { bytes: content.length };
  }
  exchange.begin(head);
  if (!isHead) return pump(content, exchange, context);
  exchange.end();
  return noBytes;
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

/** What would break the message does not leave; an answer that holds such a thing is ours to refuse. */
function checked(answer: Response): Response {
  const sound =
    answer.statusCode >= 200 && answer.statusCode <= 999 && isFieldValue(answer.statusReason);
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

function withLength(fields: readonly string[], length: number): string[] {
  const others = fields.filter((_, at) => !isSameName(fields[at & ~1]!, 'content-length'));
  return [...others, 'Content-Length', String(length)];
}

function* partsOf(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += onePart) yield content.subarray(at, at + onePart);
}

async function pump(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  exchange: ServerExchange,
  { cancellation }: PolicyContext,
): Promise<Sent> {
  const hasLeft = (): boolean => exchange.over || cancellation.cancelled;
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      if (hasLeft()) return { bytes, aborted: 'client' };
      bytes += chunk.length;
      if (!exchange.write(chunk)) await drained(exchange);
      if (hasLeft()) return { bytes, aborted: 'client' };
    }
  } catch {
    const aborted = hasLeft() ? 'client' : 'backend';
    exchange.abort();
    return { bytes, aborted };
  }
  exchange.end(stream instanceof ResponseStream ? soundTrailers(stream) : undefined);
  return { bytes };
}

/** Resolves when there is room again, or nobody left to read. */
function drained(exchange: ServerExchange): Promise<void> {
  return new Promise((resolve) => (exchange.onDrain = resolve));
}

function soundTrailers({ trailers }: ResponseStream): readonly string[] {
  return trailers.filter((_, at) => {
    const name = at & ~1;
    return isHeaderName(trailers[name]!) && isSafeHeaderValue(trailers[name + 1]!);
  });
}
