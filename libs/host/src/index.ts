export {
  correlationHeaders,
  correlationOf,
  currentCorrelation,
  traceparentOf,
  withCorrelation,
  type Correlation,
} from './correlation.js';
export { ContractViolation, Implements, Input } from './contract-route.js';
export { answerError, ErrorAnswer, ServiceError } from './error-answer.js';
export { DurationHistogram, type DurationSeries } from './duration-histogram.js';
export { helpText } from './help.js';
export { HostModule, LOGGER } from './host.module.js';
export { lineWriter, type LineWriter } from './line-writer.js';
export { createLogger } from './logging.js';
export { Readiness, type ReadinessCheck } from './readiness.js';
export { runService, type ServiceDefinition } from './run-service.js';
export { putInFront, type RawPlane } from './raw-plane.js';
export { observeRequest, prepareHttp, trackingHeader } from './service-http.js';
export {
  defineSettings,
  environmentName,
  flagName,
  hostSettings,
  readSettings,
  SettingsError,
  type Settings,
  type SettingsDeclaration,
} from './settings.js';
export type { SettingDeclaration, SettingValue } from './setting-values.js';
export type { Logger } from 'pino';
