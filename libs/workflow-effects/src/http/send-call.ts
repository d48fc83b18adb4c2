import {
  decodeContent,
  encodeContent,
  foldHeaders,
  headerOf,
  orderCacheControl,
  type CallEffect,
  type CallRequest,
  type EffectOutcome,
  type ResponseOutcome,
  worded,
} from '@isthmus/workflow-engine';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import { credentialsOf, type Credentials, type TokenSource } from './authentication.js';
import { abortSignalOf, type CallSignal } from './call-signal.js';
import { DispatcherPool } from './dispatcher-pool.js';
import { checkAddress, type EgressRules } from './egress-guard.js';
import { ExchangeError } from './exchange-error.js';
import { exchange, type WireResponse } from './http-exchange.js';
import { wireTarget, type WireRequest, type WireTarget } from './wire-request.js';
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
  readonly signal: CallSignal;
  /** With an absolute address. */
  readonly request: CallRequest;
  /** Of the connection, where the action has none of its own. */
  readonly authentication?: WorkflowObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Addresses that are remembered; expressions may make any number of them. */
const mostTargets = 1000;
const anonymous: Credentials = { headers: {} };

/** Sends the requests of effects: authentication, body, workflow headers, egress guard, decoding of the answer. */
export class CallSender {
  private readonly pool: DispatcherPool;
  private readonly targets = new Map<string, WireTarget>();

  constructor(private readonly options: SenderOptions) {
    this.pool = new DispatcherPool(options.egress);
  }

  /** One exchange, its answer as an outcome. @throws the reason of the signal when it is aborted */
  async send(outgoing: Outgoing): Promise<EffectOutcome> {
    return this.failing(outgoing, async () =>
      this.outcome(outgoing.effect, outgoing.request.method, await this.exchange(outgoing)),
    );
  }

  /** What came of exchanges, those without a usable answer as failures. @throws the reason of the signal */
  async failing(
    { effect, signal }: Outgoing,
    exchanges: () => Promise<EffectOutcome>,
  ): Promise<EffectOutcome> {
    try {
      return await exchanges();
    } catch (error) {
      if (signal.aborted || !(error instanceof ExchangeError)) throw error;
      return {
        kind: 'failure',
        effectId: effect.id,
        code: error.code,
        message: error.message,
        messageTemplate: error.messageTemplate,
        retryable: error.retryable,
      };
    }
  }

  /** One exchange. @throws ExchangeError */
  exchange(outgoing: Outgoing): Promise<WireResponse> {
    const authentication = outgoing.request.authentication ?? outgoing.authentication;
    if (authentication) return this.authenticated(outgoing, authentication);
    const target = this.target(outgoing.request.uri);
    return this.sent(outgoing, { target, credentials: anonymous });
  }

  private async authenticated(
    outgoing: Outgoing,
    authentication: WorkflowObject,
  ): Promise<WireResponse> {
    const url = parseUrl(outgoing.request.uri);
    const { tokens, egress } = this.options;
    const use = { audience: url.origin, signal: abortSignalOf(outgoing.signal) };
    const credentials = await credentialsOf(authentication, tokens, use);
    for (const [name, value] of Object.entries(credentials.query ?? {}))
      url.searchParams.set(name, value);
    checkAddress(url, egress);
    return this.sent(outgoing, { target: wireTarget(url), credentials });
  }

  private sent(
    outgoing: Outgoing,
    { target, credentials }: { target: WireTarget; credentials: Credentials },
  ): Promise<WireResponse> {
    const { certificate } = credentials;
    return exchange(wireRequest(outgoing, target, credentials), {
      signal: outgoing.signal,
      timeout: outgoing.effect.timeout,
      contentSize: this.options.contentSize,
      plain: this.pool.plain,
      dispatcher: () => this.pool.get(certificate),
    });
  }

  /** An address taken apart and checked; those called before are remembered. */
  private target(uri: string): WireTarget {
    const before = this.targets.get(uri);
    if (before) return before;
    const url = parseUrl(uri);
    checkAddress(url, this.options.egress);
    const target = wireTarget(url);
    if (this.targets.size >= mostTargets) this.targets.clear();
    this.targets.set(uri, target);
    return target;
  }

  /** Bytes that the content of a message may have. */
  get contentSize(): number {
    return this.options.contentSize;
  }

  outcome(effect: CallEffect, method: string, response: WireResponse): EffectOutcome {
    const headers = orderCacheControl(foldHeaders(response.rawHeaders));
    if (method !== 'HEAD') headers['Content-Length'] = String(response.body.length);
    const content = decodeContent(response.body, headers['Content-Type']);
    if (!content.ok) {
      const words = worded`Http request failed: the content was not a valid JSON. Error while parsing JSON: '${content.message}'`;
      return {
        kind: 'failure',
        effectId: effect.id,
        code: 'BadRequest',
        ...words,
        retryable: false,
      };
    }
    const { statusCode } = response;
    const { value: body } = content;
    const outcome: ResponseOutcome =
      body === undefined
        ? { kind: 'response', effectId: effect.id, statusCode, headers }
        : { kind: 'response', effectId: effect.id, statusCode, headers, body };
    return outcome;
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

function parseUrl(uri: string): URL {
  if (!URL.canParse(uri))
    throw new ExchangeError('BadRequest', worded`The address '${uri}' is not valid.`, false);
  return new URL(uri);
}

function wireRequest(
  outgoing: Outgoing,
  target: WireTarget,
  credentials: Credentials,
): WireRequest {
  const { effect, request, run } = outgoing;
  const { method } = request;
  const base = workflowHeaders(effect, run);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  if (!hasBody) {
    const headers = merged(base, ownHeaders(outgoing, credentials, undefined));
    return { method, target, headers };
  }
  const { bytes, contentType } = encodeContent(
    request.body,
    headerOf(request.headers, 'content-type'),
  );
  const headers = merged(base, ownHeaders(outgoing, credentials, contentType));
  return { method, target, headers, body: bytes };
}

type OwnHeaders = ReadonlyMap<string, readonly [name: string, value: string]>;

/** What the request says beyond the workflow's own headers, by the name in lower case; undefined: nothing. */
function ownHeaders(
  { headers, request }: Outgoing,
  credentials: Credentials,
  contentType: string | undefined,
): OwnHeaders | undefined {
  const { cookie } = request;
  let own: Map<string, readonly [name: string, value: string]> | undefined;
  const set = (name: string, value: string): void => {
    (own ??= new Map()).set(name.toLowerCase(), [name, value]);
  };
  const add = (fields: Readonly<Record<string, string>> | undefined): void => {
    for (const name in fields) set(name, fields[name] ?? '');
  };
  add(headers);
  add(request.headers);
  add(credentials.headers);
  if (cookie !== undefined) set('Cookie', cookie);
  // Decided by the content alone.
  own?.delete('content-type');
  if (contentType !== undefined) set('Content-Type', contentType);
  return own;
}

/** Headers of the request win over those of the workflow, whatever their case. */
function merged(base: string[], own: OwnHeaders | undefined): string[] {
  if (!own) return base;
  const replaces = (name: string): boolean => own.has(name.toLowerCase());
  const list = base.filter((_, at) => !replaces(base[at - (at % 2)] ?? ''));
  for (const [name, value] of own.values()) list.push(name, headerValue(value));
  return list;
}

/** Headers carry bytes: other characters go out as UTF-8. */
function headerValue(value: string): string {
  return /[^\t\x20-\x7e]/.test(value)
    ? Buffer.from(value.replace(/[^\t\x20-\u{10ffff}]/gu, ''), 'utf8').toString('latin1')
    : value;
}
