import {
  operationNotFound,
  subscriptionKeyInvalid,
  subscriptionKeyNotFound,
} from '@isthmus/policy-engine';
import type { BuiltInFailure, CompiledOperation } from '@isthmus/policy-engine';
import type {
  ApiModel,
  GatewayModel,
  OperationModel,
  ProductModel,
} from '../configuration/gateway-model.js';
import type { Routed } from '../routing/route.js';
import type { Authorisation } from '../subscriptions/authorise.js';
import type { CanonicalRequest } from './canonical-request.js';

/** The decision about a call to a known API. */
export type Permit = Authorisation<ProductModel>;

/** The effective policies of a request; those of the service for one that matches nothing. */
export function effectivePolicies(
  model: GatewayModel,
  routed: Routed,
  permit: Permit | undefined,
): CompiledOperation {
  return policiesOf(routed.operation, permit?.ok ? permit.product : undefined) ?? model.unmatched;
}

/** Whose cors policies answer a preflight: those of the operation that is asked about, else of the API. */
export function preflightPolicies(
  model: GatewayModel,
  routed: Routed,
  request: CanonicalRequest,
): CompiledOperation {
  const asked = request.headers.text('access-control-request-method')?.trim().toUpperCase();
  const operation =
    asked === undefined
      ? undefined
      : routed.api?.operations.find(asked, routed.rest, request.query)?.operation;
  return policiesOf(operation ?? routed.api, undefined) ?? model.unmatched;
}

/** The failure of a built-in step, with the place in the pipeline at which it comes. */
export function builtInFailure(
  routed: Routed,
  permit: Permit | undefined,
  request: CanonicalRequest,
): BuiltInFailure | undefined {
  if (!routed.operation || !routed.api) return { before: 'backend', error: operationNotFound() };
  if (!permit || permit.ok) return undefined;
  const value = challenge(routed.api, request);
  const error =
    permit.reason === 'SubscriptionKeyNotFound'
      ? subscriptionKeyNotFound(value)
      : subscriptionKeyInvalid(value);
  return { before: 'inbound', error };
}

function policiesOf(
  owner: OperationModel | ApiModel | undefined,
  product: ProductModel | undefined,
): CompiledOperation | undefined {
  return owner?.effective.get(product?.name ?? '') ?? owner?.effective.get('');
}

/** The documented challenge; its realm says https whatever the listener (apim-semantics 3.2). */
function challenge(api: ApiModel, { host, port, scheme }: CanonicalRequest): string {
  const authority = port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
  return `AzureApiManagementKey realm="https://${authority}/${api.path}",name="${api.keyNames.header}",type="header"`;
}
