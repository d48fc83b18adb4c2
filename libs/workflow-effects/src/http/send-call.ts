import {
  decodeContent,
  encodeContent,
  foldHeaders,
  orderCacheControl,
  type CallEffect,
  type CallRequest,
  type EffectOutcome,
  type ResponseOutcome,
} from '@isthmus/workflow-engine';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import type { Dispatcher } from 'undici';
import { credentialsOf, type Credentials, type TokenSource } from './authentication.js';
import { DispatcherPool } from './dispatcher-pool.js';
import { checkAddress, type EgressRules } from './egress-guard.js';
import { type WireRequest } from './collect-response.js';
import { ExchangeError } from './exchange-error.js';
import { exchange, type WireResponse } from './http-exchange.js';
import { workflowHeaders, type RunContext } from './workflow-headers.js';

/** What sending needs beside the request. */
export interface SenderOptions {
  readonly egress: EgressRules;
  readonly tokens: TokenSource;
  readonly contentSize: number;
}

/** A request that is ready but for its authentication. */
export interface Outgoing {
  readonly effect: CallEffect;
  readonly run: RunContext;
  readonly signal: AbortSignal;
  /** With an absolute address. */
  readonly request: CallRequest;
  /** Of the connection, where the action has none of its own. */
  readonly authentication?: WorkflowObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends the requests of effects: authentication, body, workflow headers, egress guard, decoding of the answer. */
export class CallSender {
  private readonly pool: DispatcherPool;

  constructor(private readonly options: SenderOptions) {
    this.pool = new DispatcherPool(options.egress);
  }

  /** One exchange, its answer as an outcome. @throws the reason of the signal when it is aborted */
  async send(outgoing: Outgoing): Promise<EffectOutcome> {
    const { effect, signal } = outgoing;
    try {
      return this.outcome(effect, outgoing.request.method, await this.exchange(outgoing));
    } catch (error) {
      if (signal.aborted || !(error instanceof ExchangeError)) throw error;
      return {
        kind: 'failure',
        effectId: effect.id,
        code: error.code,
        message: error.message,
        retryable: error.retryable,
      };
    }
  }

  /** One exchange. @throws ExchangeError */
  async exchange(outgoing: Outgoing): Promise<WireResponse> {
    const { effect, request, signal } = outgoing;
    const url = parseUrl(request.uri);
    const credentials = await credentialsOf(
      request.authentication ?? outgoing.authentication,
      this.options.tokens,
      {
        audience: url.origin,
        signal,
      },
    );
    for (const [name, value] of Object.entries(credentials.query ?? {}))
      url.searchParams.set(name, value);
    checkAddress(url, this.options.egress);
    return exchange(wireRequest(outgoing, url, credentials), {
      signal,
      timeout: effect.timeout,
      contentSize: this.options.contentSize,
      dispatcher: await this.dispatcher(credentials),
    });
  }

  outcome(effect: CallEffect, method: string, response: WireResponse): EffectOutcome {
    const headers = orderCacheControl(foldHeaders(response.rawHeaders));
    if (method !== 'HEAD') headers['Content-Length'] = String(response.body.length);
    const content = decodeContent(response.body, headers['Content-Type']);
    if (!content.ok) {
      const message = `Http request failed: the content was not a valid JSON. Error while parsing JSON: '${content.message}'`;
      return {
        kind: 'failure',
        effectId: effect.id,
        code: 'BadRequest',
        message,
        retryable: false,
      };
    }
    const outcome: ResponseOutcome = {
      kind: 'response',
      effectId: effect.id,
      statusCode: response.statusCode,
      headers,
    };
    return content.value === undefined ? outcome : { ...outcome, body: content.value };
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private dispatcher({ certificate }: Credentials): Promise<Dispatcher> {
    return this.pool.get(certificate);
  }
}

function parseUrl(uri: string): URL {
  if (!URL.canParse(uri))
    throw new ExchangeError('BadRequest', `The address '${uri}' is not valid.`, false);
  return new URL(uri);
}

function wireRequest(outgoing: Outgoing, url: URL, credentials: Credentials): WireRequest {
  const { effect, request, run } = outgoing;
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const given = Object.entries(request.headers).find(
    ([name]) => name.toLowerCase() === 'content-type',
  );
  const content = encodeContent(hasBody ? request.body : undefined, given?.[1]);
  const headers: Record<string, string> = { ...workflowHeaders(effect, run), ...outgoing.headers };
  const own = {
    ...request.headers,
    ...credentials.headers,
    ...(request.cookie !== undefined && { Cookie: request.cookie }),
  };
  for (const [name, value] of Object.entries(own)) {
    const before = Object.keys(headers).find((known) => known.toLowerCase() === name.toLowerCase());
    if (before !== undefined) delete headers[before];
    headers[name] = headerValue(value);
  }
  if (given) delete headers[given[0]];
  if (content.contentType !== undefined) headers['Content-Type'] = content.contentType;
  return {
    method: request.method,
    url: url.href,
    headers,
    ...(hasBody && { body: content.bytes }),
  };
}

/** Headers carry bytes: other characters go out as UTF-8. */
function headerValue(value: string): string {
  return /[^\t\x20-\x7e]/.test(value)
    ? Buffer.from(value.replace(/[^\t\x20-\u{10ffff}]/gu, ''), 'utf8').toString('latin1')
    : value;
}
