import type { ServerResponse } from 'node:http';
import { isSameName } from '@isthmus/policy-engine';

/**
 * Passes an interim answer of a backend on to its caller: the links of 103 (Early Hints, RFC 8297), and 102. Callers of
 * HTTP/1.0 know none (RFC 9110 section 15.2), and behind the final head there is no place for one.
 * @param fields name, value, name, value …
 */
export function passInterim(
  response: ServerResponse | undefined,
  status: number,
  fields: readonly string[],
): void {
  if (!response || response.headersSent || response.destroyed) return;
  if (response.req.httpVersionMajor === 1 && response.req.httpVersionMinor === 0) return;
  if (status === 102) response.writeProcessing();
  if (status !== 103) return;
  const link = fields.filter((_, at) => at % 2 === 1 && isSameName(fields[at - 1]!, 'link'));
  if (link.length === 0) return;
  try {
    response.writeEarlyHints({ link });
  } catch {
    // Links that are none are hints to nothing: the final answer says what counts.
  }
}
