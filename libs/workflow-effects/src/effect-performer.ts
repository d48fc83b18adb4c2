import type {
  BatchMessageEffect,
  CallEffect,
  CallRequest,
  EffectOutcome,
  WorkflowEffect,
} from '@isthmus/workflow-engine';
import { worded } from '@isthmus/workflow-engine';
import {
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Connections, Endpoint } from './connections/connections.js';
import type { TokenSource } from './http/authentication.js';
import { abortSignalOf, type CallSignal } from './http/call-signal.js';
import type { EgressRules } from './http/egress-guard.js';
import { addressOf, sendChunked, sendPaged } from './http/large-messages.js';
import { CallSender, type Outgoing } from './http/send-call.js';
import type { RunContext } from './http/workflow-headers.js';
import { JavaScriptRunner } from './javascript/java-script-runner.js';

/** Other workflows, as the host knows them. */
export interface WorkflowPort {
  call(effect: WorkflowEffect, run: RunContext, signal: AbortSignal): Promise<EffectOutcome>;
  sendToBatch(
    effect: BatchMessageEffect,
    run: RunContext,
    signal: AbortSignal,
  ): Promise<EffectOutcome>;
}

export interface EffectsOptions {
  readonly connections: Connections;
  readonly egress: EgressRules;
  readonly tokens: TokenSource;
  readonly workflows: WorkflowPort;
  /** Addresses of services that perform the operations of built-in connectors, by provider or `*`. */
  readonly serviceProviders?: Readonly<Record<string, string>>;
  /** Addresses of functions and APIs that are named by a resource id, by that id in lower case. */
  readonly resources?: Readonly<Record<string, string>>;
  readonly contentSize: number;
  readonly pageCount: number;
}

/** Performs what the engine asks for. Every effect ends with an outcome, or with the abortion of its signal. */
export class EffectPerformer {
  private readonly sender: CallSender;
  private readonly scripts = new JavaScriptRunner();

  constructor(private readonly options: EffectsOptions) {
    this.sender = new CallSender(options);
  }

  /** Rejects with the reason of the signal when it is aborted. */
  perform(effect: CallEffect, run: RunContext, signal: CallSignal): Promise<EffectOutcome> {
    return effect.kind === 'http'
      ? this.send({ effect, run, signal, request: effect.request })
      : this.performOther(effect, run, signal);
  }

  private async performOther(
    effect: Exclude<CallEffect, { readonly kind: 'http' }>,
    run: RunContext,
    signal: CallSignal,
  ): Promise<EffectOutcome> {
    switch (effect.kind) {
      case 'connector':
        return this.through(
          this.options.connections.managedApi(effect.connection),
          effect.connection,
          { effect, run, signal, request: effect.request },
        );
      case 'function':
        return this.through(this.functionEndpoint(effect.function), functionName(effect.function), {
          effect,
          run,
          signal,
          request: effect.request,
        });
      case 'api-management': {
        const endpoint = this.apiEndpoint(effect.api);
        const key = effect.subscriptionKey ?? endpoint?.subscriptionKey;
        const headers = key === undefined ? {} : { 'Ocp-Apim-Subscription-Key': key };
        const name = effect.api.connection ?? effect.api.id ?? '';
        return this.through(endpoint, name, {
          effect,
          run,
          signal,
          request: effect.request,
          headers,
        });
      }
      case 'service-provider':
        return this.serviceProvider({
          effect,
          run,
          signal,
          request: { method: 'POST', uri: '', headers: {} },
        });
      case 'workflow':
        return this.options.workflows.call(effect, run, abortSignalOf(signal));
      case 'batch-message':
        return this.options.workflows.sendToBatch(effect, run, abortSignalOf(signal));
      case 'javascript':
        return this.scripts.run(effect, abortSignalOf(signal));
    }
  }

  close(): Promise<void> {
    return this.sender.close();
  }

  private send(outgoing: Outgoing): Promise<EffectOutcome> {
    const { effect } = outgoing;
    if (!effect.chunked && !effect.pagination) return this.sender.send(outgoing);
    const first = effect.chunked ? sendChunked(this.sender, outgoing) : this.sender.send(outgoing);
    return effect.pagination ? this.sendPages(outgoing, effect.pagination, first) : first;
  }

  private async sendPages(
    outgoing: Outgoing,
    pagination: { readonly minimumItemCount: number },
    begun: Promise<EffectOutcome>,
  ): Promise<EffectOutcome> {
    const { request } = outgoing;
    const first = await begun;
    if (first.kind !== 'response') return first;
    const next = (uri: string): Promise<EffectOutcome> =>
      this.sender.send({
        ...outgoing,
        request: { ...request, method: 'GET', uri: addressOf(uri, request.uri) },
      });
    const limits = { ...pagination, pageCount: this.options.pageCount };
    return this.sender.failing(outgoing, () => sendPaged(first, next, limits));
  }

  private through(
    endpoint: Endpoint | undefined,
    name: string,
    outgoing: Outgoing,
  ): Promise<EffectOutcome> {
    if (!endpoint) return Promise.resolve(unknownConnection(outgoing.effect, name));
    const { request } = outgoing;
    return this.send({
      ...outgoing,
      request: { ...request, uri: absolute(endpoint.url, request.uri) } satisfies CallRequest,
      ...(endpoint.authentication && { authentication: endpoint.authentication }),
    });
  }

  private functionEndpoint(target: {
    id?: string;
    connection?: string;
    name?: string;
  }): Endpoint | undefined {
    if (target.connection !== undefined)
      return this.options.connections.function(target.connection);
    return this.resource(target.id ?? target.name ?? '');
  }

  private apiEndpoint(api: { id?: string; connection?: string }): Endpoint | undefined {
    return api.connection === undefined
      ? this.resource(api.id ?? '')
      : this.options.connections.apiManagement(api.connection);
  }

  private resource(id: string): Endpoint | undefined {
    const url = this.options.resources?.[id.toLowerCase()];
    return url === undefined ? undefined : { url };
  }

  /** The operation is performed by an adapter; its answer holds the outputs of the action. */
  private async serviceProvider(
    outgoing: Outgoing & { readonly effect: CallEffect },
  ): Promise<EffectOutcome> {
    const { effect } = outgoing;
    if (effect.kind !== 'service-provider')
      throw new TypeError(`Not a service provider: ${effect.kind}`);
    const provider = effect.serviceProviderId
      .slice(effect.serviceProviderId.lastIndexOf('/') + 1)
      .toLowerCase();
    const base = this.options.serviceProviders?.[provider] ?? this.options.serviceProviders?.['*'];
    if (base === undefined) return unknownConnection(effect, effect.serviceProviderId);
    const connection = this.options.connections.provider(effect.connection)?.parameterValues ?? {};
    const body = { parameters: effect.parameters, connection };
    const uri = `${base.replace(/\/$/, '')}/serviceProviders/${provider}/operations/${encodeURIComponent(effect.operationId)}`;
    const outcome = await this.send({
      ...outgoing,
      request: { method: 'POST', uri, headers: {}, body },
    });
    if (outcome.kind !== 'response' || outcome.statusCode >= 300 || !isObject(outcome.body))
      return outcome;
    return providerOutputs(outcome, outcome.body);
  }
}

function providerOutputs(
  outcome: EffectOutcome & { kind: 'response' },
  outputs: WorkflowObject,
): EffectOutcome {
  const statusCode = memberOf(outputs, 'statusCode');
  const headers = memberOf(outputs, 'headers');
  const body: WorkflowValue | undefined = memberOf(outputs, 'body');
  const { body: _, ...frame } = outcome;
  return {
    ...frame,
    ...(typeof statusCode === 'number' && { statusCode }),
    headers: isObject(headers)
      ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, textOf(value)]))
      : {},
    ...(body !== undefined && { body }),
  };
}

function absolute(base: string, uri: string): string {
  if (/^https?:\/\//i.test(uri)) return uri;
  const root = base.replace(/\/$/, '');
  return uri === ''
    ? root
    : `${root}${uri.startsWith('/') || uri.startsWith('?') ? '' : '/'}${uri}`;
}

function functionName(target: { id?: string; connection?: string; name?: string }): string {
  return target.connection ?? target.name ?? target.id ?? '';
}

/** Where the address of a target is looked for, in words of the artifacts and settings. */
const addressPlaces: Partial<Record<CallEffect['kind'], string>> = {
  connector: `'connectionRuntimeUrl' under 'managedApiConnections' of connections.json`,
  function: `'triggerUrl' under 'functionConnections' of connections.json`,
  'api-management': `'baseUrl' under 'apiManagementConnections' of connections.json`,
};

function unknownConnection(effect: CallEffect, name: string): EffectOutcome {
  const place = addressPlaces[effect.kind];
  const words = place
    ? worded`The connection '${name}' has no address: give it ${place}, or name it in the setting resource-addresses (id=url).`
    : worded`The service provider '${name}' has no address: name it in the setting service-providers (provider=url, or *=url).`;
  return {
    kind: 'failure',
    effectId: effect.id,
    code: 'ConnectionNotFound',
    ...words,
    retryable: false,
  };
}
