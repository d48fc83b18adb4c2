import { Certificate, DateTime, Guid, TimeSpan, parseToken } from '@isthmus/dotnet';
import { netType } from '../../binding/catalogue.js';
import type {
  ApiView,
  BackendView,
  CertificateView,
  DeploymentView,
  ExpressionContext,
  GraphQlView,
  LastErrorView,
  OperationView,
  ProductView,
  RequestView,
  SubscriptionView,
  UserView,
} from '../../context/expression-context.js';
import { readAs, readForm } from '../../context/message-content.js';
import {
  bodyOf,
  cached,
  headersOf,
  lateType,
  MapView,
  NetBody,
  NetResponse,
  NetUrl,
  responseOf,
  urlOf,
} from '../../context/views.js';
import { newArray } from '../../runtime/runtime-type.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { enumTable, typeTable, type MemberRecord, type TypeTable } from '../table.js';
import { markVerified } from '../crypto/certificates.js';
import { credentialTables } from './credential-tables.js';

const utc = (ticks: bigint): DateTime => DateTime.fromTicks(ticks, 'Utc');
const optional = (ticks: bigint | null): DateTime | null => (ticks === null ? null : utc(ticks));

/** String properties whose names differ only by their first letter. */
function texts(...names: string[]): MemberRecord {
  return Object.fromEntries(
    names.map((name) => {
      const key = name[0]!.toLowerCase() + name.slice(1);
      return [`string ${name} { get; }`, (self: Record<string, unknown>) => self[key] ?? null];
    }),
  );
}

const variablesType = lateType('IReadOnlyDictionary<string,object>');
const parametersType = lateType('IReadOnlyDictionary<string,string>');
const variables = cached(
  (map: ReadonlyMap<string, unknown>) => new MapView(variablesType(), map, undefined, 'null'),
);
const parameters = cached((map: ReadonlyMap<string, string>) => new MapView(parametersType(), map));
const certificate = cached(
  (view: CertificateView) => new Certificate(view.certificate, view.privateKey),
);
const certificates = cached(
  (map: ReadonlyMap<string, CertificateView>) =>
    new MapView(netType('IReadOnlyDictionary<string,X509Certificate2>'), map, (v) =>
      certificate(v as CertificateView),
    ),
);
const readClientCertificate = cached((bytes: Uint8Array) => new Certificate(bytes));

function clientCertificate({ certificate, certificateTrusted }: RequestView): Certificate | null {
  const read = readClientCertificate(certificate);
  if (read && certificateTrusted) markVerified(read);
  return read;
}

const contextTable = typeTable(
  'interface Microsoft.ApiManagement.IContext',
  {},
  {
    'IApi Api { get; }': (self: ExpressionContext) => self.api,
    'IBackend Backend { get; }': (self: ExpressionContext) => self.backend,
    'IDeployment Deployment { get; }': (self: ExpressionContext) => self.deployment,
    'TimeSpan Elapsed { get; }': (self: ExpressionContext) => TimeSpan.fromTicks(self.elapsed),
    'IGraphQL GraphQL { get; }': (self: ExpressionContext) => self.graphql,
    'ILastError LastError { get; }': (self: ExpressionContext) => self.lastError,
    'IOperation Operation { get; }': (self: ExpressionContext) => self.operation,
    'IProduct Product { get; }': (self: ExpressionContext) => self.product,
    'IRequest Request { get; }': (self: ExpressionContext) => self.request,
    'Guid RequestId { get; }': (self: ExpressionContext) => Guid.fromDashed(self.requestId),
    'IResponse Response { get; }': (self: ExpressionContext) => responseOf(self.response),
    'ISubscription Subscription { get; }': (self: ExpressionContext) => self.subscription,
    'DateTime Timestamp { get; }': (self: ExpressionContext) => utc(self.timestamp),
    'bool Tracing { get; }': (self: ExpressionContext) => self.tracing,
    'IUser User { get; }': (self: ExpressionContext) => self.user,
    'IReadOnlyDictionary<string,object> Variables { get; }': (self: ExpressionContext) =>
      variables(self.variables),
    'IWorkspace Workspace { get; }': (self: ExpressionContext) => self.workspace,
    'void Trace(string message)': (self: ExpressionContext, message: string | null) =>
      self.trace(message ?? ''),
  },
);

const messageTables: readonly TypeTable[] = [
  typeTable(
    'interface Microsoft.ApiManagement.IRequest',
    {},
    {
      'IMessageBody Body { get; }': (self: RequestView) => bodyOf(self.body),
      'X509Certificate2 Certificate { get; }': clientCertificate,
      'IFoundry Foundry { get; }': (self: RequestView) =>
        self.foundryDeployment === undefined || self.foundryDeployment === null
          ? null
          : { deployment: self.foundryDeployment },
      'IReadOnlyDictionary<string,string[]> Headers { get; }': (self: RequestView) =>
        headersOf(self.headers),
      'string IpAddress { get; }': (self: RequestView) => self.ipAddress,
      'IReadOnlyDictionary<string,string> MatchedParameters { get; }': (self: RequestView) =>
        parameters(self.matchedParameters),
      'string Method { get; }': (self: RequestView) => self.method,
      'IUrl OriginalUrl { get; }': (self: RequestView) => urlOf(self.originalUrl),
      'IUrl Url { get; }': (self: RequestView) => urlOf(self.url),
      'IPrivateEndpointConnection PrivateEndpointConnection { get; }': (self: RequestView) =>
        self.privateEndpointConnection ?? null,
    },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.IResponse',
    { instance: NetResponse, typed: (self: NetResponse) => ({ statusCode: self.view.statusCode }) },
    {
      'IMessageBody Body { get; }': (self: NetResponse) => bodyOf(self.view.body),
      'IReadOnlyDictionary<string,string[]> Headers { get; }': (self: NetResponse) =>
        headersOf(self.view.headers),
      'int StatusCode { get; }': (self: NetResponse) => self.view.statusCode,
      'string StatusReason { get; }': (self: NetResponse) => self.view.statusReason,
    },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.IUrl',
    {
      instance: NetUrl,
      text: (self: NetUrl) => self.uri().toString(),
      typed: (self: NetUrl) => ({ value: self.uri().toString() }),
    },
    {
      'string Host { get; }': (self: NetUrl) => self.view.host,
      'string Path { get; }': (self: NetUrl) => self.view.path,
      'int Port { get; }': (self: NetUrl) => self.view.port,
      'IReadOnlyDictionary<string,string[]> Query { get; }': (self: NetUrl) =>
        headersOf(self.view.query),
      'string QueryString { get; }': (self: NetUrl) => self.view.queryString,
      'string Scheme { get; }': (self: NetUrl) => self.view.scheme,
      'Uri ToUri()': (self: NetUrl) => self.uri(),
    },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.IMessageBody',
    { instance: NetBody },
    {
      'T As<T>(bool preserveContent = false)': (
        self: NetBody,
        preserve: boolean,
        _runtime: Runtime,
        site: Site,
      ) => readAs(self, site.typeArguments[0]!, preserve),
      'IDictionary<string,IList<string>> AsFormUrlEncodedContent(bool preserveContent = false)': (
        self: NetBody,
        preserve: boolean,
      ) => readForm(self, preserve),
    },
  ),
  typeTable('interface Microsoft.ApiManagement.IFoundry', {}, texts('Deployment')),
  typeTable(
    'interface Microsoft.ApiManagement.IPrivateEndpointConnection',
    {},
    texts('Name', 'GroupId', 'MemberName'),
  ),
];

const limit = { get: (self: ProductView) => self.subscriptionsLimit };

const serviceTables: readonly TypeTable[] = [
  typeTable(
    'interface Microsoft.ApiManagement.IApi',
    {},
    texts('Id', 'Name', 'Path', 'Revision', 'Version'),
    {
      'IEnumerable<string> Protocols { get; }': (self: ApiView) =>
        newArray('string', [...self.protocols]),
      'IUrl ServiceUrl { get; }': (self: ApiView) => urlOf(self.serviceUrl),
      'bool IsCurrentRevision { get; }': (self: ApiView) => self.isCurrentRevision,
      'ISubscriptionKeyParameterNames SubscriptionKeyParameterNames { get; }': (self: ApiView) =>
        self.subscriptionKeyParameterNames,
    },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.ISubscriptionKeyParameterNames',
    {},
    texts('Header', 'Query'),
  ),
  enumTable('Microsoft.ApiManagement.BackendType', { Single: 0, Pool: 1 }),
  enumTable('Microsoft.ApiManagement.ProductState', { NotPublished: 0, Published: 1 }),
  typeTable('interface Microsoft.ApiManagement.IBackend', {}, texts('Id', 'AzureRegion'), {
    'BackendType Type { get; }': (self: BackendView) => (self.type === 'Pool' ? 1 : 0),
  }),
  typeTable(
    'interface Microsoft.ApiManagement.IDeployment',
    {},
    texts('GatewayId', 'Region', 'ServiceId', 'ServiceName'),
    {
      'IReadOnlyDictionary<string,X509Certificate2> Certificates { get; }': (
        self: DeploymentView,
      ) => certificates(self.certificates),
      'IGateway Gateway { get; }': (self: DeploymentView) => ({
        id: self.gatewayId,
        instanceId: self.instanceId,
        isManaged: self.isManaged,
      }),
      'ISustainabilityInfo SustainabilityInfo { get; }': (self: DeploymentView) => ({
        carbonIntensity: self.carbonIntensity,
      }),
    },
  ),
  typeTable('interface Microsoft.ApiManagement.IGateway', {}, texts('Id', 'InstanceId'), {
    'bool IsManaged { get; }': (self: { isManaged: boolean }) => self.isManaged,
  }),
  typeTable(
    'interface Microsoft.ApiManagement.ISustainabilityInfo',
    {},
    {
      'double? CurrentCarbonIntensity { get; }': (self: { carbonIntensity: number | null }) =>
        self.carbonIntensity,
    },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.IGraphQL',
    {},
    {
      'JToken Arguments { get; }': (self: GraphQlView) =>
        self.arguments === null ? null : parseToken(self.arguments),
      'JToken GraphQLArguments { get; }': (self: GraphQlView) =>
        self.arguments === null ? null : parseToken(self.arguments),
      'JToken Parent { get; }': (self: GraphQlView) =>
        self.parent === null ? null : parseToken(self.parent),
    },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.ILastError',
    {},
    texts('Source', 'Reason', 'Message', 'Scope', 'Section', 'Path', 'PolicyId'),
    { 'int HttpErrorCode { get; }': (self: LastErrorView) => self.httpErrorCode ?? 0 },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.IOperation',
    {},
    texts('Id', 'Method', 'Name', 'UrlTemplate'),
    { 'bool Archived { get; }': (self: OperationView) => self.id === '' },
  ),
  typeTable('interface Microsoft.ApiManagement.IProduct', {}, texts('Id', 'Name'), {
    'IEnumerable<IApi> Apis { get; }': (self: ProductView) => newArray('IApi', [...self.apis]),
    'IEnumerable<IGroup> Groups { get; }': (self: ProductView) =>
      newArray('IGroup', [...self.groups]),
    'bool ApprovalRequired { get; }': (self: ProductView) => self.approvalRequired,
    'ProductState State { get; }': (self: ProductView) => (self.state === 'Published' ? 1 : 0),
    'int? SubscriptionsLimit { get; }': limit.get,
    'int? SubscriptionLimit { get; }': limit.get,
    'bool SubscriptionRequired { get; }': (self: ProductView) => self.subscriptionRequired,
  }),
  typeTable('interface Microsoft.ApiManagement.IGroup', {}, texts('Id', 'Name')),
  typeTable(
    'interface Microsoft.ApiManagement.ISubscription',
    {},
    texts('Id', 'Key', 'Name', 'PrimaryKey', 'SecondaryKey'),
    {
      'DateTime CreatedDate { get; }': (self: SubscriptionView) => utc(self.createdDate),
      'DateTime? EndDate { get; }': (self: SubscriptionView) => optional(self.endDate),
      'DateTime? StartDate { get; }': (self: SubscriptionView) => optional(self.startDate),
    },
  ),
  typeTable(
    'interface Microsoft.ApiManagement.IUser',
    {},
    texts('Email', 'FirstName', 'LastName', 'Id', 'Note'),
    {
      'IEnumerable<IGroup> Groups { get; }': (self: UserView) =>
        newArray('IGroup', [...self.groups]),
      'IEnumerable<IUserIdentity> Identities { get; }': (self: UserView) =>
        newArray('IUserIdentity', [...self.identities]),
      'DateTime RegistrationDate { get; }': (self: UserView) => utc(self.registrationDate),
    },
  ),
  typeTable('interface Microsoft.ApiManagement.IUserIdentity', {}, texts('Id', 'Provider')),
  typeTable('interface Microsoft.ApiManagement.IWorkspace', {}, texts('Id', 'Name')),
];

/** `context` and everything it shows. */
export const contextTables: readonly TypeTable[] = [
  contextTable,
  ...messageTables,
  ...serviceTables,
  ...credentialTables,
];
