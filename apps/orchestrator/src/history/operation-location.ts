import { createHash } from 'node:crypto';
import type { Request } from 'express';

/** The id of the operation that began a run: follows from the run, so that nothing has to be kept. */
export function operationId(run: string): string {
  const digits = createHash('sha256').update(`operation ${run}`).digest('hex');
  return [8, 4, 4, 4, 12]
    .map((length, part) => {
      const start = [0, 8, 12, 16, 20][part]!;
      return digits.slice(start, start + length);
    })
    .join('-');
}

/**
 * Where the caller of a management call that began a run asks for it.
 * @param base address of the orchestrator
 */
export function operationLocation(request: Request, base: string, run: string): string {
  const url = new URL(request.originalUrl, base);
  const workflow = url.pathname.slice(0, url.pathname.lastIndexOf('/triggers/'));
  return new URL(`${workflow}/runs/${run}/operations/${operationId(run)}${url.search}`, base).href;
}
