import type { Logger } from '@isthmus/host';
import type { PolicyContext } from '@isthmus/policy-engine';
import { failureOf } from '../forwarding/last-failure.js';
import { GatewayRequest } from '../request/gateway-request.js';
import type { FinishedCall } from '../handle-request.js';

/** Writes one line for a call: who, what, how it ended and why. Never a key, a token or a query. */
export class CallLog {
  constructor(
    private readonly logger: Logger,
    private readonly which: string,
  ) {}

  write({ context, routed, sent, statusCode, duration }: FinishedCall): void {
    if (this.which === 'off') return;
    const failed = statusCode >= 500 || statusCode === 0 || sent.aborted !== undefined;
    if (this.which === 'errors' && !failed) return;
    const { request, lastError } = context;
    const line = {
      requestId: context.requestId,
      ...correlationOf(context),
      method: request.method,
      path: request.originalUrl.path,
      status: statusCode,
      ms: Math.round(duration * 10) / 10,
      bytes: sent.bytes,
      client: request.ipAddress,
      api: routed.api?.info.id,
      operation: routed.operation?.info.id,
      product: context.parts.product?.id,
      subscription: context.parts.subscription?.id,
      ...(lastError
        ? {
            errorSource: lastError.source,
            errorReason: lastError.reason,
            errorMessage: lastError.message,
          }
        : {}),
      ...causeOf(context),
      ...(routed.miss ? { miss: routed.miss } : {}),
      ...(sent.aborted ? { aborted: sent.aborted } : {}),
    };
    if (failed) this.logger.warn(line, 'call');
    else this.logger.info(line, 'call');
  }
}

/** Why a backend gave no response: the cause code, and what the connection said. */
function causeOf(context: PolicyContext): { cause?: string; causeMessage?: string } {
  const failure = failureOf(context);
  if (!failure) return {};
  const { cause } = failure;
  return {
    cause: failure.proxyStatus,
    ...(cause instanceof Error ? { causeMessage: cause.message } : {}),
  };
}

/** The fields under which every process of the product logs a call. */
function correlationOf({ request }: PolicyContext): {
  trace_id?: string;
  span_id?: string;
  correlationId?: string;
} {
  if (!(request instanceof GatewayRequest)) return {};
  const { traceId, spanId, correlationId } = request.correlation;
  return { trace_id: traceId, span_id: spanId, correlationId };
}
