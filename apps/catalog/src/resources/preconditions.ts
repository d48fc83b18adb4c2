import { ServiceError } from '@isthmus/host';
import type { StoredResource } from './store/resource.store.js';

/** The conditional headers of a request. */
export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** The entity tag of a stored resource: a write gives it another, and no two revisions share one. */
export function etagOf(resource: StoredResource): string {
  return `"${resource.revision.toString(16).padStart(12, '0')}"`;
}

/**
 * RFC 9110, 13.1. `If-Match: *` on a PUT may create: Azure's clients send it without looking first.
 * @throws ServiceError 404 when `mustExist` and it does not, 412 when a condition fails
 */
export function checkPreconditions(
  existing: StoredResource | undefined,
  { ifMatch, ifNoneMatch }: Preconditions,
  mustExist: boolean,
  label: string,
): void {
  if (!existing && mustExist) throw notFound(label);
  const tags = (text: string): string[] =>
    text.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  const wrongMatch =
    ifMatch !== undefined &&
    ifMatch.trim() !== '*' &&
    !(existing && tags(ifMatch).includes(etagOf(existing)));
  const wrongNoneMatch =
    ifNoneMatch !== undefined &&
    existing !== undefined &&
    (ifNoneMatch.trim() === '*' || tags(ifNoneMatch).includes(etagOf(existing)));
  if (wrongMatch || wrongNoneMatch)
    throw new ServiceError(
      412,
      'PreconditionFailed',
      existing
        ? 'Resource was modified since last retrieval.'
        : `${label} does not exist, and the condition asks for one that does.`,
    );
}

/** What a request for something that is not there is answered with. */
export function notFound(label: string): ServiceError {
  return new ServiceError(404, 'ResourceNotFound', `${label} not found.`);
}
