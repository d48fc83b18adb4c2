export { Headers, isHeaderName, isSafeHeaderValue, isSameName } from './model/headers.js';
export { Query } from './model/query.js';
export { RequestUrl, parseBaseUrl, type UrlBase } from './model/request-url.js';
export {
  Body,
  BodyRoomError,
  BodyTooLargeError,
  bodyOptions,
  defaultBufferLimit,
  type BodyOptions,
  type BodyRoom,
  type BodyStream,
} from './model/body.js';
export { Request, Response, type ClientCertificate, type RequestParts } from './model/message.js';
export type * from './model/entities.js';
export { InMemoryCache, type Cache, type CachedValue, type CachingType } from './ports/cache.js';
export { FixedClock, type Clock } from './ports/clock.js';
export {
  InMemoryCounters,
  periodStart,
  type Counters,
  type CounterState,
  type CounterWindow,
} from './ports/counters.js';
export {
  FakeForward,
  type BackendTarget,
  type Forward,
  type ForwardOptions,
} from './ports/forward.js';
export {
  FakeHttp,
  TransportError,
  type Http,
  type OutgoingRequest,
  type ProxyInfo,
  type TransportFailure,
} from './ports/http.js';
export { FakeKeySets, type KeySets, type OpenIdConfiguration } from './ports/key-sets.js';
export { FakeLog, type Log, type Severity } from './ports/log.js';
export {
  FakeMessages,
  type BusMessage,
  type EventMessage,
  type Messages,
  type SubscriptionTopic,
} from './ports/messages.js';
export { fakePorts, type Ports } from './ports/ports.js';
export {
  FakeResources,
  type BackendCredentials,
  type BackendEntity,
  type Resources,
} from './ports/resources.js';
export {
  FakeTokens,
  type AuthorizationRequest,
  type StoredAuthorization,
  type Tokens,
} from './ports/tokens.js';
export { VerifiedTokens } from './tokens/verified-tokens.js';
export { InMemoryVectorStore, type VectorMatch, type VectorStore } from './ports/vector-store.js';
export { Cancellation } from './pipeline/cancellation.js';
export { Later } from './pipeline/later.js';
export { type Scope, type Section } from './pipeline/scope.js';
export {
  PolicyError,
  type ErrorAnswer,
  type LastError,
  type Place,
} from './pipeline/policy-error.js';
export {
  operationNotFound,
  subscriptionKeyInvalid,
  subscriptionKeyNotFound,
} from './pipeline/predefined-errors.js';
export { PolicyContext, type ContextParts } from './pipeline/context.js';
export { TraceRecorder, type TraceEntry } from './pipeline/trace.js';
export type { CompiledOperation } from './pipeline/compiled-operation.js';
export { finishPipeline, runPipeline, type BuiltInFailure } from './pipeline/run-pipeline.js';
export { isPreflight, runPreflight } from './pipeline/run-preflight.js';
export {
  PolicyDocument,
  type DocumentFormat,
  type PolicySource,
} from './document/policy-document.js';
export { toRawxml, toXml } from './document/convert-format.js';
export { formatProblem, type PolicyProblem, type ProblemCode } from './document/problem.js';
export {
  compilePolicies,
  defaultGlobalPolicy,
  type PolicyCompilation,
  type ScopeDocuments,
} from './composition/compile-policies.js';
export {
  createCompilationCache,
  type CompilationCache,
  type CompileOptions,
  type SchemaSource,
} from './composition/environment.js';
export { printEffectivePolicy } from './composition/effective-policy.js';
export {
  policySupport,
  type AttributeSupport,
  type PolicySupport,
} from './composition/support-table.js';
export { validatePolicyDocument, type PolicyValidation } from './composition/validate-document.js';
export {
  checkGraphqlSchema,
  compileGraphqlApi,
  type GraphqlApi,
  type GraphqlProblem,
  type ResolverSource,
} from './graphql/graphql-api.js';
export { prepareSubscription } from './graphql/execute-graphql.js';
export { GraphqlForward, ownGraphql } from './graphql/graphql-forward.js';
export type { GraphqlRequest } from './graphql/graphql-request.js';
export { runPolicyCase, type CaseResult } from './testing/run-policy-case.js';
export type { PolicyCase } from './testing/policy-case.js';
