import type { ServerExchange } from '@isthmus/http1';
import { isSameName } from '@isthmus/policy-engine';

/** The value of a Link field (RFC 8288). */
const link = /^<[^>]*>(?:\s*;\s*[^;"\s]+(?:="[^"]*"|=[^;"\s]*)?)*(?:\s*,|$)/;

/**
 * Passes an interim answer of a backend on to its caller: the links of 103 (Early Hints, RFC 8297), and 102.
 * @param fields name, value, name, value …
 */
export function passInterim(
  exchange: ServerExchange | undefined,
  status: number,
  fields: readonly string[],
): void {
  if (!exchange) return;
  if (status === 102) exchange.interim(102, []);
  if (status !== 103) return;
  // Links that are none are hints to nothing: the final answer says what counts.
  const links = fields.filter(
    (_, at) => isSameName(fields[at & ~1]!, 'link') && link.test(fields[at | 1]!),
  );
  if (links.length > 0) exchange.interim(103, links);
}
