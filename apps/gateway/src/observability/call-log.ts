import { lineWriter } from '@isthmus/host';
import type { LineWriter, Logger } from '@isthmus/host';
import { failureOf } from '../forwarding/last-failure.js';
import { GatewayRequest } from '../request/gateway-request.js';
import type { FinishedCall } from '../handle-request.js';

/**
 * Writes one line for a call: who, what, how it ended and why. Never a key, a token or a query: it has no field that
 * could hold one, so nothing is left to redact. The line is put together by hand, in the shape of the log's other lines.
 */
export class CallLog {
  readonly #lines: LineWriter;
  readonly #base: string;

  constructor(
    private readonly logger: Logger,
    private readonly which: string,
  ) {
    this.#lines = lineWriter(logger);
    this.#base = Object.entries(logger.bindings())
      .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join('');
  }

  write(call: FinishedCall): void {
    if (this.which === 'off') return;
    const { sent, statusCode } = call;
    const failed = statusCode >= 500 || statusCode === 0 || sent.aborted !== undefined;
    if (this.which === 'errors' && !failed) return;
    const level = failed ? 'warn' : 'info';
    if (!this.logger.isLevelEnabled(level)) return;
    this.#lines.write(
      `{"level":"${level}","time":"${now()}"${this.#base}${fieldsOf(call)},"msg":"call"}\n`,
    );
  }
}

/** The fields of a line, each with a comma in front. */
function fieldsOf({ context, routed, sent, statusCode, duration }: FinishedCall): string {
  const { request, lastError, parts } = context;
  let text = `,"requestId":"${context.requestId}"`;
  if (request instanceof GatewayRequest) {
    // The fields under which every process of the product logs a call.
    const { traceId, spanId, correlationId } = request.correlation;
    text += `,"trace_id":"${traceId}","span_id":"${spanId}","correlationId":${quoted(correlationId)}`;
  }
  text +=
    `,"method":${quoted(request.method)},"path":${quoted(request.originalUrl.path)},"status":${statusCode}` +
    `,"ms":${Math.round(duration * 10) / 10},"bytes":${sent.bytes},"client":${quoted(request.ipAddress)}` +
    field('api', routed.api?.info.id) +
    field('operation', routed.operation?.info.id) +
    field('product', parts.product?.id) +
    field('subscription', parts.subscription?.id);
  if (lastError) {
    const failure = failureOf(context);
    text +=
      field('errorSource', lastError.source) +
      field('errorReason', lastError.reason) +
      field('errorMessage', lastError.message) +
      field('cause', failure?.proxyStatus) +
      // What the connection to the backend said.
      field('causeMessage', failure?.cause instanceof Error ? failure.cause.message : undefined);
  }
  return text + field('miss', routed.miss) + field('aborted', sent.aborted);
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quoted(value)}`;
}

/** Text as JSON; what callers send is mostly plain. */
function quoted(text: string): string {
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

let written = { at: 0, text: '' };

/** The time of day, ISO 8601. */
function now(): string {
  const at = Date.now();
  if (at !== written.at) written = { at, text: new Date(at).toISOString() };
  return written.text;
}
