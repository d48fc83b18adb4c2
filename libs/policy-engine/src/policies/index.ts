import type { AnyPolicy } from '../pipeline/policy.js';
import { authenticationBasic } from './authentication-basic/authentication-basic.js';
import { authenticationCertificate } from './authentication-certificate/authentication-certificate.js';
import { authenticationManagedIdentity } from './authentication-managed-identity/authentication-managed-identity.js';
import { cacheLookup } from './cache-lookup/cache-lookup.js';
import { cacheLookupValue } from './cache-lookup-value/cache-lookup-value.js';
import { cacheRemoveValue } from './cache-remove-value/cache-remove-value.js';
import { cacheStore } from './cache-store/cache-store.js';
import { cacheStoreValue } from './cache-store-value/cache-store-value.js';
import { checkHeader } from './check-header/check-header.js';
import { choose } from './choose/choose.js';
import { cors } from './cors/cors.js';
import { crossDomain } from './cross-domain/cross-domain.js';
import { emitMetric } from './emit-metric/emit-metric.js';
import { findAndReplace } from './find-and-replace/find-and-replace.js';
import { forwardRequest } from './forward-request/forward-request.js';
import { getAuthorizationContext } from './get-authorization-context/get-authorization-context.js';
import { httpDataSource } from './http-data-source/http-data-source.js';
import { invokeDaprBinding } from './invoke-dapr-binding/invoke-dapr-binding.js';
import { ipFilter } from './ip-filter/ip-filter.js';
import { jsonToXml } from './json-to-xml/json-to-xml.js';
import { jsonp } from './jsonp/jsonp.js';
import { limitConcurrency } from './limit-concurrency/limit-concurrency.js';
import { llmContentSafety } from './llm-content-safety/llm-content-safety.js';
import {
  llmEmitTokenMetric,
  azureOpenaiEmitTokenMetric,
} from './llm-emit-token-metric/llm-emit-token-metric.js';
import {
  llmSemanticCacheLookup,
  azureOpenaiSemanticCacheLookup,
} from './llm-semantic-cache-lookup/llm-semantic-cache-lookup.js';
import {
  llmSemanticCacheStore,
  azureOpenaiSemanticCacheStore,
} from './llm-semantic-cache-store/llm-semantic-cache-store.js';
import { llmTokenLimit, azureOpenaiTokenLimit } from './llm-token-limit/llm-token-limit.js';
import { logToEventhub } from './log-to-eventhub/log-to-eventhub.js';
import { mockResponse } from './mock-response/mock-response.js';
import { proxy } from './proxy/proxy.js';
import { publishEvent } from './publish-event/publish-event.js';
import { publishToDapr } from './publish-to-dapr/publish-to-dapr.js';
import { quota } from './quota/quota.js';
import { quotaByKey } from './quota-by-key/quota-by-key.js';
import { rateLimit } from './rate-limit/rate-limit.js';
import { rateLimitByKey } from './rate-limit-by-key/rate-limit-by-key.js';
import { redirectContentUrls } from './redirect-content-urls/redirect-content-urls.js';
import { retry } from './retry/retry.js';
import { returnResponse } from './return-response/return-response.js';
import { rewriteUri } from './rewrite-uri/rewrite-uri.js';
import { sendOneWayRequest } from './send-one-way-request/send-one-way-request.js';
import { sendRequest } from './send-request/send-request.js';
import { sendServiceBusMessage } from './send-service-bus-message/send-service-bus-message.js';
import { setBackendService } from './set-backend-service/set-backend-service.js';
import { setBody } from './set-body/set-body.js';
import { setHeader } from './set-header/set-header.js';
import { setMethod } from './set-method/set-method.js';
import { setQueryParameter } from './set-query-parameter/set-query-parameter.js';
import { setStatus } from './set-status/set-status.js';
import { setVariable } from './set-variable/set-variable.js';
import { trace } from './trace/trace.js';
import { validateAzureAdToken } from './validate-azure-ad-token/validate-azure-ad-token.js';
import { validateClientCertificate } from './validate-client-certificate/validate-client-certificate.js';
import { validateContent } from './validate-content/validate-content.js';
import { validateGraphqlRequest } from './validate-graphql-request/validate-graphql-request.js';
import { validateHeaders } from './validate-headers/validate-headers.js';
import { validateJwt } from './validate-jwt/validate-jwt.js';
import { validateOdataRequest } from './validate-odata-request/validate-odata-request.js';
import { validateParameters } from './validate-parameters/validate-parameters.js';
import { validateStatusCode } from './validate-status-code/validate-status-code.js';
import { wait } from './wait/wait.js';
import { xmlToJson } from './xml-to-json/xml-to-json.js';
import { xslTransform } from './xsl-transform/xsl-transform.js';
import { refusedPolicies } from './refused.js';

/** All policies. `base` and `include-fragment` are composition, not steps. */
export const policies: readonly AnyPolicy[] = [
  // flow
  choose,
  retry,
  wait,
  limitConcurrency,
  returnResponse,
  mockResponse,
  setVariable,
  trace,
  emitMetric,
  logToEventhub,
  // backend
  forwardRequest,
  setBackendService,
  rewriteUri,
  sendRequest,
  sendOneWayRequest,
  proxy,
  sendServiceBusMessage,
  // transformation
  setHeader,
  setQueryParameter,
  setBody,
  setMethod,
  setStatus,
  findAndReplace,
  jsonToXml,
  xmlToJson,
  xslTransform,
  redirectContentUrls,
  // cross-domain
  cors,
  jsonp,
  crossDomain,
  // access and authentication
  validateJwt,
  validateAzureAdToken,
  validateClientCertificate,
  checkHeader,
  ipFilter,
  rateLimit,
  rateLimitByKey,
  quota,
  quotaByKey,
  authenticationBasic,
  authenticationCertificate,
  authenticationManagedIdentity,
  getAuthorizationContext,
  // caching
  cacheLookup,
  cacheStore,
  cacheLookupValue,
  cacheStoreValue,
  cacheRemoveValue,
  // validation
  validateContent,
  validateParameters,
  validateHeaders,
  validateStatusCode,
  validateGraphqlRequest,
  validateOdataRequest,
  // AI gateway
  llmTokenLimit,
  azureOpenaiTokenLimit,
  llmEmitTokenMetric,
  azureOpenaiEmitTokenMetric,
  llmSemanticCacheLookup,
  azureOpenaiSemanticCacheLookup,
  llmSemanticCacheStore,
  azureOpenaiSemanticCacheStore,
  llmContentSafety,
  // Dapr
  publishToDapr,
  invokeDaprBinding,
  // GraphQL resolvers
  httpDataSource,
  publishEvent,
  ...refusedPolicies,
];

/** By element name. */
export const policiesByElement: ReadonlyMap<string, AnyPolicy> = new Map(
  policies.map((policy) => [policy.element, policy]),
);
