import { lineWriter } from '@isthmus/host';
import type { LineWriter, Logger } from '@isthmus/host';
import { failureOf } from '../forwarding/last-failure.js';
import { logJson } from './log-text.js';
import { GatewayRequest } from '../request/gateway-request.js';
import type { FinishedCall } from '../handle-request.js';

/**
 * Writes one line for a call: who, what, how it ended and why. Never a key, a token or a query: it has no field that
 * could hold one, so nothing is left to redact. The line is put together by hand, in the shape of the log's other lines.
 */
export class CallLog {
  readonly #lines: LineWriter;
  readonly #base: string;
  #head: Head = { at: 0, level: 'info', text: '' };
  #entities: Entities = { text: '' };

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
      this.#headOf(level) +
        fieldsOf(call) +
        this.#entitiesOf(call) +
        failureFields(call) +
        ',"msg":"call"}\n',
    );
  }

  /** A line for what never became a call: bytes or heads that are refused before any API is looked for. */
  refused({ status, reason, client }: RefusedCall): void {
    if (this.which !== 'all' || !this.logger.isLevelEnabled('info')) return;
    this.#lines.write(
      `${this.#headOf('info')},"status":${status}${field('reason', reason)}${field('client', client)},"msg":"refused"}\n`,
    );
  }

  /** The beginning of the lines of one millisecond. */
  #headOf(level: Head['level']): string {
    const at = Date.now();
    if (at !== this.#head.at || level !== this.#head.level) {
      const text = `{"level":"${level}","time":"${new Date(at).toISOString()}"${this.#base}`;
      this.#head = { at, level, text };
    }
    return this.#head.text;
  }

  /** What was called and by whom, as text: mostly the same as in the last call, or soon again. */
  #entitiesOf({ routed, context: { parts } }: FinishedCall): string {
    const [api, operation] = [routed.api?.info.id, routed.operation?.info.id];
    const [product, subscription] = [parts.product?.id, parts.subscription?.id];
    const last = this.#entities;
    if (
      api === last.api &&
      operation === last.operation &&
      product === last.product &&
      subscription === last.subscription
    )
      return last.text;
    const text =
      field('api', api) +
      field('operation', operation) +
      field('product', product) +
      field('subscription', subscription);
    this.#entities = { api, operation, product, subscription, text };
    return text;
  }
}

/** A request that was refused before it was one. */
export interface RefusedCall {
  readonly status: number;
  /** For whoever reads the log. */
  readonly reason: string;
  /** Address of the other end of the connection, as the system spells it. */
  readonly client: string | undefined;
}

interface Head {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: 'info' | 'warn';
  readonly text: string;
}

interface Entities {
  readonly api?: string | undefined;
  readonly operation?: string | undefined;
  readonly product?: string | undefined;
  readonly subscription?: string | undefined;
  readonly text: string;
}

/** The fields that every line has, each with a comma in front. */
function fieldsOf({ context, sent, statusCode, duration }: FinishedCall): string {
  const { request } = context;
  let text = `,"requestId":"${context.requestId}"`;
  if (request instanceof GatewayRequest) {
    // The fields under which every process of the product logs a call.
    const { traceId, spanId, correlationId } = request.correlation;
    text += `,"trace_id":"${traceId}","span_id":"${spanId}","correlationId":${correlationId === traceId ? `"${traceId}"` : quoted(correlationId)}`;
  }
  return (
    text +
    `,"method":${quoted(request.method)},"path":${quoted(request.originalUrl.path)},"status":${statusCode}` +
    `,"ms":${Math.round(duration * 10) / 10},"bytes":${sent.bytes},"client":${quoted(request.ipAddress)}`
  );
}

/** Why a call did not go well, where it did not. */
function failureFields({ context, routed, sent }: FinishedCall): string {
  const { lastError } = context;
  let text = '';
  if (lastError) {
    const failure = failureOf(context);
    text =
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

/** Longest text of a field: messages may quote what a caller sent. Characters. */
const longest = 8192;

/** Text as JSON; what callers send is mostly plain. */
function quoted(text: string): string {
  if (text.length <= longest && /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  return logJson(text, longest);
}
