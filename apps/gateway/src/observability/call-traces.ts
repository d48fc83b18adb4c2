import { randomUUID } from 'node:crypto';
import { TraceRecorder } from '@isthmus/policy-engine';
import type { PolicyContext, TraceEntry } from '@isthmus/policy-engine';
import type { ApiModel } from '../configuration/gateway-model.js';
import type { FinishedCall } from '../handle-request.js';
import type { CanonicalRequest } from '../request/canonical-request.js';
import type { Routed } from '../routing/route.js';
import { qualifiedName } from '../subscriptions/subscription-table.js';
import { readCredential } from './debug-credential.js';
import { redact } from './redact.js';

/** Header in which a caller shows its debug credential. */
export const debugHeader = 'apim-debug-authorization';

/** A trace in the shape of the API inspector. */
export interface CallTrace {
  readonly serviceName: string;
  readonly traceId: string;
  readonly traceEntries: Readonly<Record<string, readonly TraceEntry[]>>;
}

/** Traces that are kept, and for how long (milliseconds). */
const most = 200;
const kept = 10 * 60 * 1000;

/** What the debug credential of a call came to: a recorder, or the header that says why not. */
export type TraceGrant =
  | { readonly recorder: GrantedRecorder }
  | { readonly header: readonly [string, string] }
  | undefined;

/** A recorder with the id under which its trace can be read. */
export class GrantedRecorder extends TraceRecorder {
  readonly traceId: string = randomUUID();
}

/**
 * Traces of single calls for those who hold a signed, short-lived credential. Nothing is recorded
 * for anybody else, and secrets are taken out before a trace is kept.
 */
export class CallTraces {
  readonly #traces = new Map<string, { trace: CallTrace; until: number }>();

  constructor(
    private readonly secret: string | undefined,
    private readonly serviceName: string,
    /** Told of each trace that is kept. */
    private readonly recorded: (trace: CallTrace) => void = () => {},
  ) {}

  /** Decides about the credential of a call and takes it off the request, so that no backend sees it. */
  grant(request: CanonicalRequest, api: ApiModel | undefined): TraceGrant {
    const token = request.headers.text(debugHeader);
    if (token === undefined) return undefined;
    request.headers.delete(debugHeader);
    if (this.secret === undefined) return undefined;
    const credential = readCredential(token, this.secret, Date.now());
    if (credential === 'expired') return { header: ['Apim-Debug-Authorization-Expired', 'true'] };
    if (credential === 'invalid') return undefined;
    if (
      credential.apiId !== undefined &&
      api !== undefined &&
      qualifiedName(api.workspace?.id, api.baseName) !== credential.apiId.toLowerCase()
    ) {
      return { header: ['Apim-Debug-Authorization-WrongAPI', 'true'] };
    }
    return { recorder: new GrantedRecorder() };
  }

  /** What stands in every trace before the policies: the request and where it was routed. */
  begin(context: PolicyContext, routed: Routed): void {
    const { request } = context;
    context.record('api-inspector', {
      request: {
        method: request.method,
        url: request.originalUrl.toString(),
        headers: listed(request.headers),
      },
    });
    if (routed.operation && routed.api) {
      const { url } = request;
      const to = {
        scheme: url.scheme,
        host: url.host,
        port: url.port,
        path: url.path,
        queryString: url.queryString,
        isDefaultPort: url.isDefaultPort,
      };
      const configuration = {
        api: {
          from: routed.api.info.path,
          to,
          version: routed.api.version ?? null,
          revision: routed.api.revision,
        },
        operation: { method: routed.operation.method, uriTemplate: routed.operation.urlTemplate },
        user: context.parts.user?.id ?? '-',
        product: context.parts.product ? { id: context.parts.product.id } : '-',
      };
      context.record('api-inspector', { configuration });
      return;
    }
    context.record('configuration', {
      message:
        'Unable to identify Api or Operation for this request. Responding to the caller with 404 Resource Not Found.',
      reason: routed.miss,
    });
  }

  /** Keeps the trace of a call that has ended. */
  finish({ context, statusCode, sent }: FinishedCall): void {
    const { recorder } = context;
    if (!(recorder instanceof GrantedRecorder)) return;
    const message = sent.aborted
      ? 'The response was cut off.'
      : 'Response has been sent to the caller in full';
    context.record('transfer-response', { message, statusCode, bytes: sent.bytes });
    const traceEntries = redact(
      recorder.entries,
      [context.parts.api?.subscriptionKeyParameterNames?.query ?? 'subscription-key'],
      context.parts.api?.subscriptionKeyParameterNames?.header,
    );
    const trace = { serviceName: this.serviceName, traceId: recorder.traceId, traceEntries };
    this.#traces.set(recorder.traceId, { trace, until: Date.now() + kept });
    this.recorded(trace);
    for (const [id, one] of this.#traces) {
      if (this.#traces.size <= most && one.until > Date.now()) break;
      this.#traces.delete(id);
    }
  }

  /** The trace with this id, for whoever holds a credential. */
  read(traceId: string, token: string | undefined): CallTrace | undefined {
    if (this.secret === undefined || token === undefined) return undefined;
    if (typeof readCredential(token, this.secret, Date.now()) === 'string') return undefined;
    const found = this.#traces.get(traceId);
    return found && found.until > Date.now() ? found.trace : undefined;
  }
}

function listed(headers: Iterable<[string, readonly string[]]>): { name: string; value: string }[] {
  return [...headers].map(([name, values]) => ({ name, value: values.join(', ') }));
}
