import { Cancellation } from '@isthmus/policy-engine';
import type {
  ApiInfo,
  BodyRoom,
  ContextParts,
  DeploymentInfo,
  OperationInfo,
  Ports,
  ProductInfo,
  SubscriptionInfo,
  TraceRecorder,
  UserInfo,
  WorkspaceInfo,
} from '@isthmus/policy-engine';
import type { ServerExchange } from '@isthmus/http1';
import type { GatewayModel } from '../configuration/gateway-model.js';
import type { TraceGrant } from '../observability/call-traces.js';
import type { Routed } from '../routing/route.js';
import type { Subscription } from '../subscriptions/subscription-table.js';
import { CallIdentity } from './call-identity.js';
import { callerUrl } from './canonical-request.js';
import type { CanonicalRequest } from './canonical-request.js';
import { GatewayRequest } from './gateway-request.js';
import type { Permit } from './policies-of-request.js';

/** What is settled about a call before its policies run. */
export interface CallFacts {
  readonly model: GatewayModel;
  readonly canonical: CanonicalRequest;
  readonly routed: Routed;
  readonly permit: Permit | undefined;
  /** The subscription key that the caller showed. */
  readonly key: string | undefined;
  readonly granted: TraceGrant;
  readonly ports: Ports;
  readonly exchange: ServerExchange;
}

/** One call as the policy engine sees it. What only some policies look at is made when they do. */
export class Call implements ContextParts {
  readonly request: GatewayRequest;
  readonly ports: Ports;
  readonly cancellation = new Cancellation();
  readonly #facts: CallFacts;
  readonly #identity: CallIdentity;
  #subscription: SubscriptionInfo | undefined;

  constructor(facts: CallFacts) {
    const { canonical } = facts;
    this.#facts = facts;
    this.#identity = new CallIdentity(canonical.traceparent, canonical.trackingId);
    this.ports = facts.ports;
    this.request = requestOf(facts, this.#identity);
  }

  get bodyRoom(): BodyRoom {
    return this.#facts.canonical.bytes;
  }

  get requestId(): string {
    return this.#identity.requestId;
  }

  get deployment(): DeploymentInfo {
    return this.#facts.model.deployment;
  }

  get api(): ApiInfo | undefined {
    const { routed } = this.#facts;
    return routed.operation ? routed.api?.info : undefined;
  }

  get operation(): OperationInfo | undefined {
    return this.#facts.routed.operation?.info;
  }

  get product(): ProductInfo | undefined {
    const { permit } = this.#facts;
    return permit?.ok ? permit.product?.info : undefined;
  }

  get subscription(): SubscriptionInfo | undefined {
    const { permit, key } = this.#facts;
    if (!permit?.ok || !permit.subscription) return undefined;
    return (this.#subscription ??= subscriptionInfo(permit.subscription, key ?? ''));
  }

  get user(): UserInfo | undefined {
    const { permit, model } = this.#facts;
    const owner = permit?.ok ? permit.subscription?.ownerId : undefined;
    return owner === undefined ? undefined : model.users.get(owner.toLowerCase());
  }

  get workspace(): WorkspaceInfo | undefined {
    return this.#facts.routed.api?.workspace;
  }

  get trace(): TraceRecorder | undefined {
    const { granted } = this.#facts;
    return granted && 'recorder' in granted ? granted.recorder : undefined;
  }
}

function requestOf(
  { canonical, routed, exchange }: CallFacts,
  identity: CallIdentity,
): GatewayRequest {
  const original = callerUrl(canonical);
  const url = original.clone();
  // An unmatched request keeps its whole path; a matched one continues below the API's service URL.
  if (routed.operation && routed.api) {
    url.resourcePath = routed.rest;
    if (routed.api.base) url.setBase(routed.api.base);
  }
  const parts = {
    method: canonical.method,
    url,
    originalUrl: original,
    headers: canonical.headers,
    body: canonical.body,
    ipAddress: canonical.ipAddress,
    matchedParameters: routed.parameters,
    clientCertificate: canonical.connection.certificate,
  };
  return new GatewayRequest(parts, canonical.connection.peerAddress, identity, exchange);
}

function subscriptionInfo(subscription: Subscription, key: string): SubscriptionInfo {
  return {
    id: subscription.id,
    name: subscription.displayName,
    key,
    primaryKey: '',
    secondaryKey: '',
    createdDate: subscription.createdDate,
    ...(subscription.startDate ? { startDate: subscription.startDate } : {}),
    ...(subscription.expirationDate ? { endDate: subscription.expirationDate } : {}),
  };
}
