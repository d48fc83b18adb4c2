import type { ServerExchange } from '@isthmus/http1';
import { reasonOf, refuse } from '../errors.js';
import type { CanonicalRequest } from '../request/canonical-request.js';

/**
 * What a call over plain HTTP gets where HTTPS is required: a redirect of GET and HEAD to the same
 * address, or 403. The body of another method has been sent in the clear already, so a redirect
 * would only hide the mistake.
 */
export function answerPlain(
  rule: string,
  request: CanonicalRequest,
  exchange: ServerExchange,
  tlsPort: number | undefined,
): void {
  const movable = request.method === 'GET' || request.method === 'HEAD';
  if (rule !== 'redirect' || !movable) return refuse(exchange, 403);
  const port = tlsPort === undefined || tlsPort === 443 ? '' : `:${tlsPort}`;
  const location = `https://${request.host}${port}${request.path}${request.query.toString()}`;
  exchange.answer({ status: 308, reason: reasonOf(308), fields: ['Location', location] });
}
