import type { IncomingMessage } from 'node:http';
import { decodeContent, foldHeaders, type TriggerRequest } from '@isthmus/workflow-engine';
import { ServiceError } from '@isthmus/host';
import { ownQueries, type CalledUrl } from './trigger-address.js';

/**
 * What a call to a signed URL says.
 * @param what is called, for messages: `trigger 'manual'`
 * @param url of the call, where it is read already
 * @throws ServiceError 413 when the body is larger than `largest` bytes, 400 when it cannot be read
 */
export async function readCall(
  request: IncomingMessage,
  what: string,
  largest: number,
  url: CalledUrl = readUrl(request.url ?? ''),
): Promise<TriggerRequest> {
  const bytes = hasBody(request) ? await readBody(request, largest) : noBytes;
  const content = decodeContent(bytes, request.headers['content-type']);
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

function readBody(request: IncomingMessage, largest: number): Promise<Buffer> {
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
