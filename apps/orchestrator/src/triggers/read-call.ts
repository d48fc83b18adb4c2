import { decodeContent, foldHeaders, type TriggerRequest } from '@isthmus/workflow-engine';
import { ServiceError } from '@isthmus/host';
import type { Request } from 'express';
import { urlParameters } from './callback-url.js';

/**
 * What a call to a signed URL says.
 * @param what is called, for messages: `trigger 'manual'`
 * @throws ServiceError 413 when the body is larger than `largest` bytes, 400 when it cannot be read
 */
export async function readCall(
  request: Request,
  what: string,
  largest: number,
): Promise<TriggerRequest> {
  const url = new URL(request.originalUrl, 'http://localhost');
  const bytes = await readBody(request, largest);
  const content = decodeContent(bytes, request.headers['content-type']);
  if (!content.ok) {
    throw new ServiceError(
      400,
      'InvalidRequestContent',
      `The request content of ${what} is not valid and could not be deserialized: '${content.message}'.`,
    );
  }
  const queries = [...url.searchParams].filter(([name]) => !urlParameters.has(name));
  const [, relativePath] = /\/invoke(\/.*)?$/.exec(url.pathname) ?? [];
  return {
    method: request.method,
    headers: foldHeaders(request.rawHeaders),
    queries: Object.fromEntries(queries),
    ...(relativePath === undefined ? {} : { relativePath }),
    ...(content.value === undefined ? {} : { body: content.value }),
  };
}

async function readBody(request: Request, largest: number): Promise<Buffer> {
  const tooLarge = () =>
    new ServiceError(413, 'RequestEntityTooLarge', `The body is over ${largest} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > largest) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
