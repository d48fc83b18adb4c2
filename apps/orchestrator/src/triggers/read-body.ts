import { ServiceError } from '@isthmus/host';
import type { Request } from 'express';

/**
 * The bytes of a request's body.
 * @throws ServiceError 413 when there are more than `largest`.
 */
export async function readBody(request: Request, largest: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) {
      throw new ServiceError(413, 'RequestEntityTooLarge', `The body is over ${largest} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
