/** How a connection ends whose bytes are no request that is served. */
type RefusalStatus = 400 | 408 | 431;

/** A request that cannot be read in exactly one way, is too large, or did not arrive in time. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';

  constructor(
    readonly status: RefusalStatus,
    message: string,
  ) {
    super(message);
  }
}

export function tooLate(): RefusedRequest {
  return new RefusedRequest(408, 'The request did not arrive in time.');
}

export function malformed(message: string): RefusedRequest {
  return new RefusedRequest(400, message);
}
