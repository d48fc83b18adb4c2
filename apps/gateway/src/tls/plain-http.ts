import type { ServerExchange } from '@isthmus/http1';
import { reasonOf } from '../errors.js';
import type { CanonicalRequest } from '../request/canonical-request.js';

/**
 * Redirects a call over plain HTTP where HTTPS is required: GET and HEAD to the same address, where the rule says so.
 * False: it is refused. The body of another method has been sent in the clear already, so a redirect would only hide
 * the mistake.
 */
export function redirected(
  rule: string,
  request: CanonicalRequest,
  exchange: ServerExchange,
  tlsPort: number | undefined,
): boolean {
  const movable = request.method === 'GET' || request.method === 'HEAD';
  if (rule !== 'redirect' || !movable) return false;
  const port = tlsPort === undefined || tlsPort === 443 ? '' : `:${tlsPort}`;
  const location = `https://${request.host}${port}${request.path}${request.query.toString()}`;
  exchange.answer({ status: 308, reason: reasonOf(308), fields: ['Location', location] });
  return true;
}
