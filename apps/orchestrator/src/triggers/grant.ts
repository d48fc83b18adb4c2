import { ServiceError } from '@isthmus/host';
import type { Request } from 'express';
import type { WorkflowRow } from '../store/definitions.store.js';
import { isGranted, urlCredentials, type UrlCredentials } from './callback-url.js';

/** Whose keys sign: a workflow, or an integration account. */
export type Signer = Pick<WorkflowRow, 'name' | 'primary_key' | 'secondary_key'>;

/** @throws ServiceError 401 when the URL of a call was not signed for this permission or has expired */
export function assertGranted(request: Request, row: Signer, permission: string): void {
  const query = new URL(request.originalUrl, 'http://localhost').searchParams;
  assertSigned(urlCredentials(query), row, permission);
}

/** @throws ServiceError 401 when credentials were not signed for this permission or have expired */
export function assertSigned(credentials: UrlCredentials, row: Signer, permission: string): void {
  const keys = [row.primary_key, row.secondary_key];
  if (!isGranted(credentials, row.name, permission, { keys, now: Date.now() }))
    throw notAuthorized();
}

export function notAuthorized(): ServiceError {
  return new ServiceError(
    401,
    'DirectApiAuthorizationRequired',
    'The request must be authenticated only by Shared Access scheme.',
  );
}

export function workflowNotFound(name: string): ServiceError {
  return new ServiceError(404, 'WorkflowNotFound', `The workflow '${name}' could not be found.`);
}

/** The store is away or the service stops: nothing is accepted that could be lost. */
export function notAccepting(): ServiceError {
  return new ServiceError(
    503,
    'ServiceUnavailable',
    'The service cannot accept new work at the moment. Please try again.',
  );
}
