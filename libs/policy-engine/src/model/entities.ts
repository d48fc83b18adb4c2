import type { GraphqlApi } from '../graphql/graphql-api.js';

/** The configuration entities that `context` shows; plain data made by the gateway once per revision. */
export interface ApiInfo {
  readonly id: string;
  readonly name: string;
  /** With its leading slash; `/` for an API at the root. */
  readonly path: string;
  readonly protocols: readonly string[];
  /** Absolute URL of the backend, or undefined when the API has none. */
  readonly serviceUrl?: string;
  readonly revision: string;
  readonly isCurrentRevision: boolean;
  readonly version?: string;
  readonly subscriptionKeyParameterNames?: { readonly header: string; readonly query: string };
  /** Schema and resolvers of a GraphQL API. */
  readonly graphql?: GraphqlApi;
}

/** One parameter or header of an operation's definition. `schema` is JSON Schema (OpenAPI dialect). */
export interface ParameterDefinition {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema?: unknown;
  readonly style?: string;
  readonly explode?: boolean;
}

/** One representation of a request or response body. */
export interface ContentDefinition {
  /** JSON Schema (OpenAPI dialect); `$ref` points into `OperationDefinition.document`. */
  readonly schema?: unknown;
  /** The first example, already resolved; text or a JSON value. */
  readonly example?: unknown;
}

/** What the definition says about one response. */
export interface ResponseDefinition {
  readonly headers: readonly ParameterDefinition[];
  /** By content type in lower case. */
  readonly content: Readonly<Record<string, ContentDefinition>>;
}

/** The operation's part of the API definition (OpenAPI), which validation and mocking read. */
export interface OperationDefinition {
  /** The document that `$ref` pointers are resolved in (`#/components/schemas/Order`). */
  readonly document: unknown;
  /** Keywords: OpenAPI 2.0 and 3.0 are draft 4 like (nullable, boolean exclusiveMinimum), 3.1 is 2020-12. */
  readonly dialect: 'openapi-2.0' | 'openapi-3.0' | 'openapi-3.1';
  readonly parameters: readonly ParameterDefinition[];
  readonly requestContent: Readonly<Record<string, ContentDefinition>>;
  /** By status code as text, `default`, or a class such as `4XX`. */
  readonly responses: Readonly<Record<string, ResponseDefinition>>;
}

export interface OperationInfo {
  readonly id: string;
  readonly name: string;
  readonly method: string;
  readonly urlTemplate: string;
  readonly definition?: OperationDefinition;
}

export interface GroupInfo {
  readonly id: string;
  readonly name: string;
}

export interface ProductInfo {
  readonly id: string;
  readonly name: string;
  readonly state: 'NotPublished' | 'Published';
  readonly approvalRequired: boolean;
  readonly subscriptionRequired: boolean;
  readonly subscriptionsLimit?: number;
  readonly groups: readonly GroupInfo[];
  readonly apis: readonly ApiInfo[];
}

export interface SubscriptionInfo {
  readonly id: string;
  readonly name: string;
  /** The key that the caller presented. */
  readonly key: string;
  /** Empty when the gateway knows only hashes. */
  readonly primaryKey: string;
  readonly secondaryKey: string;
  /** ISO 8601. */
  readonly createdDate: string;
  readonly startDate?: string;
  readonly endDate?: string;
}

export interface UserInfo {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly note?: string;
  /** ISO 8601. */
  readonly registrationDate: string;
  readonly groups: readonly GroupInfo[];
  readonly identities: readonly { readonly id: string; readonly provider: string }[];
}

export interface WorkspaceInfo {
  readonly id: string;
  readonly name: string;
}

export interface DeploymentInfo {
  /** `managed` for the built-in gateway. */
  readonly gatewayId: string;
  readonly instanceId: string;
  readonly region: string;
  readonly serviceId: string;
  readonly serviceName: string;
  /** By certificate id: DER bytes, private key (PKCS 8 DER) when known. */
  readonly certificates: ReadonlyMap<string, CertificateInfo>;
}

export interface CertificateInfo {
  readonly id: string;
  readonly der: Uint8Array;
  readonly privateKey?: Uint8Array;
  /** Present when `der` is a PKCS 12 archive that holds certificate and key. */
  readonly pkcs12?: { readonly password: string };
  /** SHA-1 in upper-case hex. */
  readonly thumbprint: string;
}

export interface BackendInfo {
  readonly id: string;
  readonly type: 'Single' | 'Pool';
  readonly azureRegion?: string;
}
