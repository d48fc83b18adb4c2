import { Type, type Static } from '@sinclair/typebox';
import { CallTrace, Resource } from './gateway-configuration.js';
import { route } from './route.js';

/** Where the management API of one API Management service lies; any Azure spelling is accepted. */
export const servicePath =
  '/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.ApiManagement/service/:serviceName';

const ServiceParams = Type.Object({
  subscriptionId: Type.String(),
  resourceGroupName: Type.String(),
  serviceName: Type.String(),
});

/** What an applied list of resources changed, by service-relative id. */
export const AppliedResources = Type.Object({
  created: Type.Array(Type.String()),
  updated: Type.Array(Type.String()),
  deleted: Type.Array(Type.String()),
  unchanged: Type.Integer(),
});
export type AppliedResources = Static<typeof AppliedResources>;

/**
 * Applies a list of resources in one transaction: all of it or, when anything in it is wrong, nothing, with every
 * mistake in `error.details` (`target` is the resource's id). The order of the list does not matter.
 */
export const applyResources = route('POST', `${servicePath}/applyResources`, 'applyResources', {
  summary: 'Apply a list of resources (an APIOps folder) at once',
  params: ServiceParams,
  body: Type.Object({
    resources: Type.Array(Resource),
    /** Also delete what the list does not name, but for what every service has (default false). */
    deleteUnmatched: Type.Optional(Type.Boolean()),
    /** Check and report only (default false). */
    dryRun: Type.Optional(Type.Boolean()),
  }),
  response: AppliedResources,
  status: 200,
  errors: { 400: 'a resource is not valid', 403: 'the caller is no publisher' },
});

/** All resources as a flat list, secrets left out; the counterpart of {@link applyResources}. */
export const exportResources = route('POST', `${servicePath}/exportResources`, 'exportResources', {
  summary: 'All resources of the service as a list',
  params: ServiceParams,
  response: Type.Object({ resources: Type.Array(Resource) }),
  status: 200,
});

/** The last report of each gateway process. */
export const GatewayReports = Type.Object({
  value: Type.Array(
    Type.Object({
      gatewayId: Type.String(),
      instanceId: Type.String(),
      revision: Type.String(),
      version: Type.String(),
      applied: Type.Boolean(),
      failed: Type.Array(Type.Unknown()),
      reportedAt: Type.String(),
      /** Whether that revision is the catalog's present one. */
      current: Type.Boolean(),
    }),
  ),
});

export const listGatewayReports = route(
  'POST',
  `${servicePath}/listGatewayReports`,
  'listGatewayReports',
  {
    summary: 'What the gateways reported of their configuration',
    params: ServiceParams,
    response: GatewayReports,
    status: 200,
  },
);

const GatewayParams = Type.Object({ ...ServiceParams.properties, gatewayId: Type.String() });

/** A debug credential for the header `Apim-Debug-Authorization`, as Azure issues it. */
export const listDebugCredentials = route(
  'POST',
  `${servicePath}/gateways/:gatewayId/listDebugCredentials`,
  'listDebugCredentials',
  {
    summary: 'A short-lived credential to trace the calls of one API',
    params: GatewayParams,
    body: Type.Object({
      /** ISO 8601, one hour at most; default PT1H. */
      credentialsExpireAfter: Type.Optional(Type.String()),
      apiId: Type.String(),
      purposes: Type.Array(Type.Literal('tracing')),
    }),
    response: Type.Object({ token: Type.String() }),
    status: 200,
    errors: { 409: 'no secret to sign credentials with is set' },
  },
);

/** The trace that a gateway recorded of a call; `traceId` is what the call's header `Apim-Trace-Id` said. */
export const listTrace = route(
  'POST',
  `${servicePath}/gateways/:gatewayId/listTrace`,
  'listTrace',
  {
    summary: 'Trace of one call',
    params: GatewayParams,
    body: Type.Object({ traceId: Type.String({ minLength: 1 }) }),
    response: CallTrace,
    status: 200,
    errors: { 404: 'no trace of this id, or one older than an hour' },
  },
);

/** The policy documents of all scopes merged for one operation, with comments that say where each part came from. */
export const readEffectivePolicy = route(
  'POST',
  `${servicePath}/apis/:apiId/operations/:operationId/effectivePolicy`,
  'readEffectivePolicy',
  {
    summary: 'Effective policy of an operation',
    params: Type.Object({
      ...ServiceParams.properties,
      apiId: Type.String(),
      operationId: Type.String(),
    }),
    query: Type.Object({ productId: Type.Optional(Type.String()) }),
    response: Type.Object({ value: Type.String() }),
    status: 200,
    errors: { 404: 'no such operation' },
  },
);
