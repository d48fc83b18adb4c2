import { Request } from '@isthmus/policy-engine';
import type { RequestParts } from '@isthmus/policy-engine';
import type { CallCorrelation } from './call-correlation.js';

/** A request with what only the gateway itself needs to know of it. */
export class GatewayRequest extends Request {
  constructor(
    parts: RequestParts,
    /** Address of the connection's other end: the caller or the last proxy. */
    readonly peerAddress: string,
    readonly correlation: CallCorrelation,
  ) {
    super(parts);
  }
}
