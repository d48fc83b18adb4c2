export {
  connectionsOf,
  type Connections,
  type Endpoint,
  type ProviderConnection,
} from './connections/connections.js';
export {
  RunDriver,
  systemClock,
  type DriverClock,
  type DriverPorts,
  type DriverStart,
} from './driver/run-driver.js';
export { EffectPerformer, type EffectsOptions, type WorkflowPort } from './effect-performer.js';
export type { ClientCredentials, Credentials, TokenSource } from './http/authentication.js';
export { isPrivateAddress, type EgressRules } from './http/egress-guard.js';
export { HttpTokenSource, type WorkloadIdentity } from './http/token-source.js';
export { CallStop, type CallSignal } from './http/call-signal.js';
export type { RunContext } from './http/workflow-headers.js';
export { localWorkflows, type Neighbours } from './local/local-workflows.js';
export { parameterFile } from './local/parameter-file.js';
export { artifactsOf, filesBeside, projectAround, workflowsAround } from './local/project.js';
export { runLocally, type LocalOutcome, type LocalRun } from './local/run-locally.js';
export { responseResult, runResult } from './local/run-result.js';
export { runTree } from './local/run-tree.js';
export { SkippingClock } from './local/skipping-clock.js';
export { stubCallbacks, stubPerformer } from './stub/stub-performer.js';
export { sampleParameters, sampleSettings, sampleTrigger } from './stub/sample-environment.js';
export { isWorkflowCase, runWorkflowCases, type CaseResult } from './testing/run-workflow-cases.js';
