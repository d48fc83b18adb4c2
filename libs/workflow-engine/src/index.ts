export { actionTypeOf, actionTypes } from './actions/index.js';
export type * from './actions/action-type.js';
export { decodeContent, type DecodedContent } from './content/decode-content.js';
export { encodeContent, textContent, type EncodedContent } from './content/encode-content.js';
export { orderCacheControl } from './content/cache-control.js';
export { foldHeaders, headerOf, headerSpelling } from './content/header-names.js';
export { invalidAccessControl } from './definition/check-access-control.js';
export { documentKindOf } from './definition/find-definition.js';
export { loadProject, loadWorkflowDocument, type LoadOptions } from './definition/load-document.js';
export { documentText } from '@isthmus/dotnet';
export { defaultDefinitionLimits, type DefinitionLimits } from './definition/definition-limits.js';
export type { DocumentKind, LoadedDocument, LoadedWorkflow } from './definition/loaded-workflow.js';
export type { Finding, Problem } from './definition/problem.js';
export type { AppSettings, ProjectFiles } from './definition/project-files.js';
export { knownActionTypes, knownTriggerTypes } from './definition/type-names.js';
export { validateDefinition } from './definition/validate-definition.js';
export {
  validateWorkflowDocument,
  type DocumentValidation,
} from './definition/validate-document.js';
export { PlanError } from './plan/compile-member.js';
export { compilePlan } from './plan/compile-plan.js';
export * from './plan/engine-limits.js';
export type * from './plan/environment.js';
export type * from './plan/plan.js';
export { advance, nextWake, pendingEffects, type Progress } from './run/advance.js';
export { finalResponse, systemId, workflowResponseHeaders } from './run/answer.js';
export { apply, restore } from './run/apply.js';
export type * from './run/effects.js';
export * from './run/events.js';
export { readEvent, writeEvent } from './run/event-text.js';
export { fire, type Firing } from './run/fire.js';
export { fireRequest, type FiredRequest, type FiredRuns } from './run/fire-request.js';
export { retryRecordView } from './run/history.js';
export { actionPath, passOf, passPrefix, splitPath } from './run/path.js';
export { locatePath } from './run/place.js';
export { recordedInputs } from './run/recorded-inputs.js';
export { resubmitted, type Resubmission } from './run/resubmit.js';
export { newRunId } from './run/run-id.js';
export type { Ambient } from './run/run-scope.js';
export { startRun, type RunStart } from './run/start-run.js';
export * from './run/state.js';
export { play, type Played, type Script } from './run/play.js';
export { runView } from './run/run-view.js';
export { recordView, resultView } from './run/views.js';
export { timestamp } from './run/timestamp.js';
export { worded, type Wording } from './run/worded.js';
export {
  tracedExpressions,
  type TracedCall,
  type TracedExpression,
} from './run/traced-expressions.js';
export type { TurnInput } from './run/turn.js';
export {
  batchOutputs,
  decideBatch,
  hasBatch,
  type BatchDecision,
  type BatchMessage,
  type BatchState,
} from './triggers/batch.js';
export { nextOccurrence, recurrenceRule, type RecurrenceRule } from './triggers/recurrence-rule.js';
export { windowDelay } from './triggers/sliding-window.js';
export { triggerTypeOf, triggerTypes } from './triggers/index.js';
export type * from './triggers/trigger-type.js';
export { differences } from './cases/differences.js';
export { recordedCase } from './cases/recorded-case.js';
export { runWorkflowCase, type CaseBase, type WorkflowCase } from './cases/workflow-case.js';
export { workflowSupport, type TypeSupport } from './support.js';
