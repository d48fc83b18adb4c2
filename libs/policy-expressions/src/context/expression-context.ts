/**
 * What `context` shows to expressions (documentation: API Management policy expressions, "Context variable"). The policy
 * engine implements it with plain getters; every getter may be lazy, all are synchronous.
 */
export interface ExpressionContext {
  readonly api: ApiView | null;
  readonly backend: BackendView | null;
  readonly deployment: DeploymentView;
  /** Time since the request arrived, in ticks of 100 ns. */
  readonly elapsed: bigint;
  readonly graphql: GraphQlView | null;
  readonly lastError: LastErrorView | null;
  readonly operation: OperationView | null;
  readonly product: ProductView | null;
  readonly request: RequestView;
  /** Guid in the "D" form, lower case. */
  readonly requestId: string;
  readonly response: ResponseView | null;
  readonly subscription: SubscriptionView | null;
  /** When the request was received: UTC ticks. */
  readonly timestamp: bigint;
  readonly tracing: boolean;
  readonly user: UserView | null;
  /** `object` values as expressions produce them (numbers are `Boxed`): store what `evaluate` returned. */
  readonly variables: ReadonlyMap<string, unknown>;
  readonly workspace: { readonly id: string; readonly name: string } | null;
  trace(message: string): void;
}

/** Headers, query parameters, form fields. Look-up of headers ignores case; the implementation decides. */
export interface NameValues {
  get(name: string): readonly string[] | undefined;
  /** Names in order of arrival, in their first spelling. */
  names(): Iterable<string>;
}

/** A buffered body. `consumed` is set by `As<T>()` without preserveContent. */
export interface MessageBody {
  readonly bytes: Uint8Array;
  consumed: boolean;
  /** Charset of the content type, when it names one. */
  readonly charset?: string | undefined;
}

export interface UrlView {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Begins with `/`. */
  readonly path: string;
  /** Begins with `?`; empty without a query. */
  readonly queryString: string;
  readonly query: NameValues;
}

export interface RequestView {
  readonly method: string;
  readonly url: UrlView;
  readonly originalUrl: UrlView;
  readonly headers: NameValues;
  readonly body: MessageBody | null;
  readonly ipAddress: string;
  readonly matchedParameters: ReadonlyMap<string, string>;
  /** DER bytes of the client certificate. */
  readonly certificate: Uint8Array | null;
  /** Whether who took the connection verified the certificate against its authorities. */
  readonly certificateTrusted?: boolean;
  readonly privateEndpointConnection?: {
    readonly name: string;
    readonly groupId: string;
    readonly memberName: string;
  } | null;
  readonly foundryDeployment?: string | null;
}

/** Also what `send-request` stores in a variable: wrap it with `netResponse`. */
export interface ResponseView {
  readonly statusCode: number;
  readonly statusReason: string;
  readonly headers: NameValues;
  readonly body: MessageBody | null;
}

export interface ApiView {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly protocols: readonly string[];
  readonly serviceUrl: UrlView | null;
  readonly subscriptionKeyParameterNames: { readonly header: string; readonly query: string };
  readonly isCurrentRevision: boolean;
  readonly revision: string;
  readonly version: string | null;
}

export interface BackendView {
  readonly id: string;
  readonly type: 'Single' | 'Pool';
  readonly azureRegion: string | null;
}

/** A certificate with its private key, as listed in `context.Deployment.Certificates`. */
export interface CertificateView {
  /** DER bytes. */
  readonly certificate: Uint8Array;
  /** PKCS#8 DER bytes. */
  readonly privateKey: Uint8Array | null;
}

export interface DeploymentView {
  readonly gatewayId: string;
  readonly region: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly instanceId: string;
  readonly isManaged: boolean;
  readonly certificates: ReadonlyMap<string, CertificateView>;
  readonly carbonIntensity: number | null;
}

export interface GraphQlView {
  /** JSON text of the arguments and of the parent object. */
  readonly arguments: string | null;
  readonly parent: string | null;
}

export interface LastErrorView {
  readonly source: string;
  readonly reason: string;
  readonly message: string;
  readonly scope: string;
  readonly section: string;
  readonly path: string;
  readonly policyId: string;
  readonly httpErrorCode?: number;
}

export interface OperationView {
  readonly id: string;
  readonly method: string;
  readonly name: string;
  readonly urlTemplate: string;
}

export interface GroupView {
  readonly id: string;
  readonly name: string;
}

export interface ProductView {
  readonly apis: readonly ApiView[];
  readonly approvalRequired: boolean;
  readonly groups: readonly GroupView[];
  readonly id: string;
  readonly name: string;
  readonly state: 'NotPublished' | 'Published';
  readonly subscriptionsLimit: number | null;
  readonly subscriptionRequired: boolean;
}

export interface SubscriptionView {
  /** UTC ticks. */
  readonly createdDate: bigint;
  readonly endDate: bigint | null;
  readonly startDate: bigint | null;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

export interface UserView {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly GroupView[];
  readonly id: string;
  readonly identities: readonly { readonly id: string; readonly provider: string }[];
  readonly note: string;
  /** UTC ticks. */
  readonly registrationDate: bigint;
}
