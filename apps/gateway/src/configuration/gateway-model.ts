import type {
  ApiInfo,
  CompiledOperation,
  DeploymentInfo,
  OperationInfo,
  Ports,
  ProductInfo,
  UrlBase,
  UserInfo,
  WorkspaceInfo,
} from '@isthmus/policy-engine';
import type { ForwardServices } from '../forwarding/destination.js';
import type { Counted } from '../observability/counted.js';
import type { ApiTable, RoutedApi } from '../routing/api-table.js';
import type { OperationTable, RoutedOperation } from '../routing/operation-table.js';
import type { AuthorisedApi, AuthorisedProduct } from '../subscriptions/authorise.js';
import type { SubscriptionTable } from '../subscriptions/subscription-table.js';
import type { HostName } from '../tls/host-name.js';

/** A product as calls see it; the name of one in a workspace is "workspace/product". */
export interface ProductModel extends AuthorisedProduct {
  readonly info: ProductInfo;
}

/** Effective policies by lower-case product name; "" for calls outside products. */
export type Effective = ReadonlyMap<string, CompiledOperation>;

/** An operation with its effective policies. */
export interface OperationModel extends RoutedOperation, Counted {
  readonly info: OperationInfo;
  readonly effective: Effective;
}

/** One revision of an API, compiled. */
export interface ApiModel extends RoutedApi, AuthorisedApi<ProductModel>, Counted {
  readonly id: string;
  readonly type: 'http' | 'soap' | 'websocket' | 'graphql';
  readonly info: ApiInfo;
  readonly workspace: WorkspaceInfo | undefined;
  /** Those of its workspace, in which backends, certificates and loggers are; undefined: the model's. */
  readonly ports: ConfigurationPorts | undefined;
  /** Where calls go unless a policy says otherwise. */
  readonly base: UrlBase | undefined;
  readonly keyNames: { readonly header: string; readonly query: string };
  readonly operations: OperationTable<OperationModel>;
  /** The API's policies without those of an operation. */
  readonly effective: Effective;
}

/** A mistake that kept a part of a configuration out of the model. */
export interface ConfigurationProblem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly document?: string;
}

/** An API, or "/policies/policy" and its like, that could not be compiled. */
export interface FailedPart {
  readonly id: string;
  readonly problems: readonly ConfigurationProblem[];
  /** Whether an earlier model goes on serving it. */
  readonly keepsPrevious: boolean;
}

/** The ports of one configuration, and what forwarding that is not by HTTP needs of it. */
export interface ConfigurationPorts extends Ports {
  readonly forwarding: ForwardServices;
}

/** A configuration, compiled: immutable, read once by each request. */
export interface GatewayModel {
  readonly revision: string;
  readonly apis: ApiTable<ApiModel>;
  /** By resource id in lower case. */
  readonly apisById: ReadonlyMap<string, ApiModel>;
  readonly subscriptions: SubscriptionTable;
  readonly users: ReadonlyMap<string, UserInfo>;
  /** Host names of this gateway by name in lower case. */
  readonly hostNames: ReadonlyMap<string, HostName>;
  readonly deployment: DeploymentInfo;
  readonly ports: ConfigurationPorts;
  /** Global policies alone, for requests that match nothing. */
  readonly unmatched: CompiledOperation;
  readonly failed: readonly FailedPart[];
  /** Hash of what all APIs share. */
  readonly sharedSignature: string;
  /** Hash of each API's own resources. */
  readonly apiSignatures: ReadonlyMap<string, string>;
}
