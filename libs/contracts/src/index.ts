export { Type, type Static, type TSchema } from '@sinclair/typebox';
export { validate, type Validation, type ValidationDetail } from './schema.js';
export {
  route,
  successStatus,
  type HttpMethod,
  type InputOf,
  type OutputOf,
  type Route,
  type RouteInput,
  type RouteOutput,
  type RouteShape,
} from './route.js';
export { ContractError, ErrorBody } from './errors.js';
export { createClient, type Client, type ClientOptions } from './client.js';
export { toOpenApi } from './openapi.js';
export {
  CallTrace,
  GatewayConfiguration,
  GatewayStatus,
  Resource,
  developmentGatewayKey,
  readGatewayConfiguration,
  reportCallTrace,
  reportGatewayStatus,
} from './gateway-configuration.js';
export {
  AppliedResources,
  applyResources,
  exportResources,
  GatewayReports,
  listDebugCredentials,
  listGatewayReports,
  listTrace,
  readEffectivePolicy,
  servicePath,
} from './catalog.js';
