import { Type, type Static } from '@sinclair/typebox';
import { route } from './route.js';

/**
 * One resource of the API Management model, in the shape of Azure Resource Manager: the id is
 * relative to the service (`/apis/orders;rev=2/operations/get-order`, `/namedValues/region`), the
 * properties are those of the resource type, policy documents are verbatim text.
 */
export const Resource = Type.Object(
  {
    id: Type.String({ pattern: '^/' }),
    properties: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: true },
);
export type Resource = Static<typeof Resource>;

/** Everything that a gateway serves, or with `since` what changed after that revision. */
export const GatewayConfiguration = Type.Object({
  /** Grows with every change; opaque to the gateway but for equality. */
  revision: Type.String(),
  /** Absent: `upserts` is the complete configuration. */
  since: Type.Optional(Type.String()),
  upserts: Type.Array(Resource),
  /** Ids of resources that are gone; a resource's children go with it. */
  deletes: Type.Array(Type.String()),
});
export type GatewayConfiguration = Static<typeof GatewayConfiguration>;

/**
 * The key by which gateway and catalog know each other in development when nothing is set. Both refuse it in
 * production: it stands in every copy of the product.
 */
export const developmentGatewayKey = 'development-gateway-key';

const GatewayParams = Type.Object({ gatewayId: Type.String({ minLength: 1, maxLength: 80 }) });

/**
 * Long poll: answers at once when the catalog is ahead of `since`, otherwise when something changes
 * or after `wait` seconds (an empty change then). Credentials: `Authorization: GatewayKey <key>`.
 */
export const readGatewayConfiguration = route(
  'GET',
  '/publication/gateways/:gatewayId/configuration',
  'readGatewayConfiguration',
  {
    summary: 'Configuration of a gateway, complete or since a revision',
    params: GatewayParams,
    query: Type.Object({
      since: Type.Optional(Type.String()),
      wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
    }),
    response: GatewayConfiguration,
    errors: { 401: 'the gateway credential is missing or wrong', 404: 'no such gateway' },
  },
);

/** What became of a configuration in a gateway. */
export const GatewayStatus = Type.Object({
  revision: Type.String(),
  /** Which process of the gateway reports; replicas report one by one. */
  instanceId: Type.String(),
  version: Type.String(),
  applied: Type.Boolean(),
  /** APIs that keep their previous model, with the problems of the new one. */
  failed: Type.Array(
    Type.Object({
      id: Type.String(),
      problems: Type.Array(
        Type.Object({
          message: Type.String(),
          line: Type.Optional(Type.Integer()),
          column: Type.Optional(Type.Integer()),
        }),
      ),
    }),
  ),
});
export type GatewayStatus = Static<typeof GatewayStatus>;

export const reportGatewayStatus = route(
  'PUT',
  '/publication/gateways/:gatewayId/status',
  'reportGatewayStatus',
  {
    summary: 'What a gateway made of a configuration',
    params: GatewayParams,
    body: GatewayStatus,
    errors: { 401: 'the gateway credential is missing or wrong', 404: 'no such gateway' },
  },
);

/** The trace of one call, as the API inspector shows it; a gateway records it for holders of a debug credential. */
export const CallTrace = Type.Object({
  serviceName: Type.String(),
  traceId: Type.String(),
  traceEntries: Type.Record(
    Type.String(),
    Type.Array(
      Type.Object({
        source: Type.String(),
        timestamp: Type.String(),
        elapsed: Type.String(),
        data: Type.Unknown(),
      }),
    ),
  ),
});
export type CallTrace = Static<typeof CallTrace>;

export const reportCallTrace = route(
  'PUT',
  '/publication/gateways/:gatewayId/traces/:traceId',
  'reportCallTrace',
  {
    summary: 'The trace of a call, for those who ask the catalog for it',
    params: Type.Object({
      ...GatewayParams.properties,
      traceId: Type.String({ minLength: 1, maxLength: 80 }),
    }),
    body: CallTrace,
    errors: { 401: 'the gateway credential is missing or wrong', 404: 'no such gateway' },
  },
);
