import { ServiceError } from '@isthmus/host';
import type { Request } from 'express';

const largest = 16 * 1024 * 1024;

/** The text of a management call. @throws ServiceError 413 over 16 MB */
export async function readText(request: Request): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest)
      throw new ServiceError(413, 'RequestEntityTooLarge', `The body is over ${largest} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON object of a management call; empty without a body. @throws ServiceError 400, 413 */
export async function readJson(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(request);
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new ServiceError(400, 'InvalidRequestContent', 'The request content is not a JSON object.');
}
