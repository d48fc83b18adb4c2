import type { ApiView, ProductView, SubscriptionView, UserView } from '@isthmus/policy-expressions';
import type { ApiInfo, ProductInfo, SubscriptionInfo, UserInfo } from '../model/entities.js';
import { RequestUrl } from '../model/request-url.js';
import { ticksOfIso } from './ticks.js';

const apis = new WeakMap<ApiInfo, ApiView>();
const products = new WeakMap<ProductInfo, ProductView>();

/** `context.Api`; entities live as long as a revision, so a view is made once. */
export function apiView(info: ApiInfo): ApiView {
  let view = apis.get(info);
  if (!view) apis.set(info, (view = makeApiView(info)));
  return view;
}

function makeApiView(info: ApiInfo): ApiView {
  return {
    id: info.id,
    name: info.name,
    path: info.path,
    protocols: info.protocols,
    serviceUrl: info.serviceUrl ? serviceUrl(info.serviceUrl) : null,
    subscriptionKeyParameterNames: info.subscriptionKeyParameterNames ?? {
      header: 'Ocp-Apim-Subscription-Key',
      query: 'subscription-key',
    },
    isCurrentRevision: info.isCurrentRevision,
    revision: info.revision,
    version: info.version ?? null,
  };
}

function serviceUrl(text: string): RequestUrl | null {
  try {
    return RequestUrl.parse(text);
  } catch {
    return null;
  }
}

/** `context.Product`. */
export function productView(info: ProductInfo): ProductView {
  let view = products.get(info);
  if (!view) products.set(info, (view = makeProductView(info)));
  return view;
}

function makeProductView(info: ProductInfo): ProductView {
  return {
    id: info.id,
    name: info.name,
    state: info.state,
    approvalRequired: info.approvalRequired,
    subscriptionRequired: info.subscriptionRequired,
    subscriptionsLimit: info.subscriptionsLimit ?? null,
    groups: info.groups,
    apis: info.apis.map(apiView),
  };
}

/** `context.Subscription`. */
export function subscriptionView(info: SubscriptionInfo): SubscriptionView {
  return new LazySubscription(info);
}

/** Made for each call; its dates are read when somebody looks at them. */
class LazySubscription implements SubscriptionView {
  readonly id: string;
  readonly name: string;
  readonly key: string;

  constructor(private readonly info: SubscriptionInfo) {
    this.id = info.id;
    this.name = info.name;
    this.key = info.key;
  }

  get primaryKey(): string {
    return this.info.primaryKey;
  }

  get secondaryKey(): string {
    return this.info.secondaryKey;
  }

  get createdDate(): bigint {
    return ticksOfIso(this.info.createdDate);
  }

  get startDate(): bigint | null {
    return this.info.startDate ? ticksOfIso(this.info.startDate) : null;
  }

  get endDate(): bigint | null {
    return this.info.endDate ? ticksOfIso(this.info.endDate) : null;
  }
}

/** `context.User`. */
export function userView(info: UserInfo): UserView {
  return {
    id: info.id,
    email: info.email,
    firstName: info.firstName,
    lastName: info.lastName,
    note: info.note ?? '',
    registrationDate: ticksOfIso(info.registrationDate),
    groups: info.groups,
    identities: info.identities,
  };
}
