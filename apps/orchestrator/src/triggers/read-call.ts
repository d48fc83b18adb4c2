import type { IncomingMessage } from 'node:http';
import { decodeContent, foldHeaders, type TriggerRequest } from '@isthmus/workflow-engine';
import { ServiceError } from '@isthmus/host';
import { ownQueries, type CalledUrl } from './trigger-address.js';

/**
 * What a call to a signed URL says.
 * @param what is called, for messages: `trigger 'manual'`
 * @throws ServiceError 413 when the body is larger than `largest` bytes, 400 when it cannot be read
 */
export async function readCall(
  request: IncomingMessage,
  what: string,
  largest: number,
): Promise<TriggerRequest> {
  const body = await readBody(request, largest);
  return callOf(request, body, { what, url: readUrl(request.url ?? '') });
}

/** What a call says whose body and URL are read. @throws ServiceError 400 when the body is not what its type says */
export function callOf(
  request: IncomingMessage,
  body: Buffer,
  { what, url }: { readonly what: string; readonly url: CalledUrl },
): TriggerRequest {
  const content = decodeContent(body, request.headers['content-type']);
  if (!content.ok) {
    throw new ServiceError(
      400,
      'InvalidRequestContent',
      `The request content of ${what} is not valid and could not be deserialized: '${content.message}'.`,
    );
  }
  return {
    method: request.method ?? 'GET',
    headers: foldHeaders(request.rawHeaders),
    queries: url.queries,
    ...(url.relativePath === undefined ? {} : { relativePath: url.relativePath }),
    ...(content.value === undefined ? {} : { body: content.value }),
  };
}

const noBytes = Buffer.alloc(0);

function readUrl(url: string): CalledUrl {
  return { queries: ownQueries(new URL(url, 'http://localhost').searchParams) };
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || length !== '0';
}

/** The bytes of a body. @throws ServiceError 413 when they are more than `largest` */
export function readBody(request: IncomingMessage, largest: number): Promise<Buffer> {
  if (!hasBody(request)) return Promise.resolve(noBytes);
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      new ServiceError(413, 'RequestEntityTooLarge', `The body is over ${largest} bytes.`);
    if (Number(request.headers['content-length'] ?? 0) > largest) return reject(tooLarge());
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largest) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
