import type { ServerExchange } from '@isthmus/http1';
import { Request } from '@isthmus/policy-engine';
import type { RequestParts } from '@isthmus/policy-engine';
import type { CallCorrelation } from './call-correlation.js';
import type { CallIdentity } from './call-identity.js';

/** A request with what only the gateway itself needs to know of it. */
export class GatewayRequest extends Request {
  constructor(
    parts: RequestParts,
    /** Address of the connection's other end: the caller or the last proxy. */
    readonly peerAddress: string,
    private readonly identity: CallIdentity,
    /** Where its answer will go; for what may be said before. */
    readonly exchange: ServerExchange,
  ) {
    super(parts);
  }

  override derive(parts: RequestParts): GatewayRequest {
    return new GatewayRequest(parts, this.peerAddress, this.identity, this.exchange);
  }

  get correlation(): CallCorrelation {
    return this.identity.correlation;
  }
}
