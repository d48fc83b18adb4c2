import {
  recordedInputs,
  retryRecordView,
  type ActionRecord,
  type PlannedAction,
} from '@isthmus/workflow-engine';
import { writeJson, type WorkflowValue } from '@isthmus/workflow-expressions';
import type { SignedWorkflow, CallbackUrls } from '../triggers/callback-urls.js';
import { identityOf, type AddressParams } from './address.js';
import { repetitionName, sixDigits, type RunHistory } from './run-history.js';

/** What a view of the history is made with. */
export interface ViewContext {
  readonly params: AddressParams;
  readonly workflow: SignedWorkflow;
  readonly urls: CallbackUrls;
  readonly history: RunHistory;
  /** End of validity of the links to contents, as ISO time. */
  readonly expires: string;
}

/** An action of a run: of one in a loop, all its repetitions together. */
export function actionView(context: ViewContext, action: PlannedAction): object | undefined {
  const records = recordsOf(context, action);
  const [first] = records;
  if (!first) return undefined;
  const last = records.at(-1)!;
  const isRepeated = repetitionName(first.path) !== '';
  const path = `${runPath(context)}/actions/${action.name}`;
  const properties = isRepeated
    ? { ...frame(context, { ...last, startedAt: first.startedAt, status: statusOf(records) }) }
    : { ...frame(context, first), ...contents(context, action, first) };
  return {
    ...identityOf(context.params, { path, kind: '/runs/actions' }),
    properties: {
      ...properties,
      canResubmit: action.loops.length === 0,
      ...(isRepeated && { repetitionCount: records.length }),
      ...(first.container?.loop && !isRepeated && { iterationCount: first.container.begun }),
    },
  };
}

/** One repetition of an action in loops. */
export function repetitionView(
  context: ViewContext,
  action: PlannedAction,
  record: ActionRecord,
): object {
  const name = repetitionName(record.path);
  const path = `${runPath(context)}/actions/${action.name}/repetitions/${name}`;
  return {
    ...identityOf(context.params, { path, kind: '/runs/actions/repetitions' }),
    properties: {
      ...frame(context, record),
      ...contents(context, action, record),
      repetitionIndexes: indexesOf(action, name),
    },
  };
}

/** The passes of a loop, as resources of their own. */
export function scopeRepetitionViews(
  context: ViewContext,
  action: PlannedAction,
): { readonly name: string; view(): object }[] {
  return recordsOf(context, action).flatMap((record) => {
    const outer = repetitionName(record.path);
    return (record.container?.loop ? record.container.passes : []).flatMap((pass, index) => {
      if (!pass) return [];
      const name = outer === '' ? sixDigits(index) : `${outer}-${sixDigits(index)}`;
      const path = `${runPath(context)}/actions/${action.name}/scopeRepetitions/${name}`;
      const view = () => ({
        ...identityOf(context.params, { path, kind: '/runs/actions/scopeRepetitions' }),
        properties: {
          startTime: time(pass.startedAt),
          endTime: time(pass.endedAt),
          correlation: { clientTrackingId: context.history.state.clientTrackingId },
          status: pass.status,
          code: pass.status === 'Failed' ? 'ActionFailed' : 'NotSpecified',
          repetitionIndexes: indexesOf(action, name, action.name),
        },
      });
      return [{ name, view }];
    });
  });
}

/** The calls of an action: request and what is known of its answer. */
export function requestHistoryViews(
  context: ViewContext,
  action: PlannedAction,
  record: ActionRecord,
): { readonly name: string; view(): object }[] {
  const events = context.history.requests.get(record.path) ?? [];
  return events.map((event, index) => {
    const name = sixDigits(index);
    const repetition = repetitionName(record.path);
    const owner = repetition === '' ? '' : `/repetitions/${repetition}`;
    const path = `${runPath(context)}/actions/${action.name}${owner}/requestHistories/${name}`;
    const request = event.effect && 'request' in event.effect ? event.effect.request : undefined;
    const retried = record.retryHistory?.[index];
    const isLast = index === events.length - 1;
    const outputs = isLast && isObjectValue(record.outputs) ? record.outputs : undefined;
    const view = () => ({
      ...identityOf(context.params, {
        path,
        kind: `/runs/actions${owner && '/repetitions'}/requestHistories`,
      }),
      properties: {
        startTime: time(event.at),
        ...(retried && { endTime: time(retried.endedAt) }),
        ...(isLast && record.endedAt !== undefined && { endTime: time(record.endedAt) }),
        request: action.secure.inputs || !request ? {} : requestView(request),
        response: action.secure.outputs ? {} : responseView(retried?.code, outputs),
      },
    });
    return { name, view };
  });
}

/** Records of an action, one for each repetition. */
export function recordsOf(
  { history }: ViewContext,
  action: PlannedAction,
): readonly ActionRecord[] {
  return history.records.get(action.name.toLowerCase()) ?? [];
}

/** Path of the run below the list of workflows. */
export function runPath({ history: { row } }: ViewContext): string {
  return `${row.workflow}/runs/${row.id}`;
}

/** The value of a content as the history may show it. */
export function shownContent(member: 'inputs' | 'outputs', value: WorkflowValue): WorkflowValue {
  return member === 'inputs' ? recordedInputs(value) : value;
}

function frame({ history }: ViewContext, record: ActionRecord): object {
  const { code, error, trackedProperties, retryHistory, endedAt } = record;
  return {
    startTime: time(record.startedAt),
    ...(endedAt !== undefined && { endTime: time(endedAt) }),
    correlation: {
      actionTrackingId: record.trackingId,
      clientTrackingId: history.state.clientTrackingId,
    },
    status: record.status,
    ...(code !== undefined && { code }),
    ...(error && { error: { ...error } }),
    ...(trackedProperties !== undefined && { trackedProperties }),
    ...(retryHistory && { retryHistory: retryHistory.map(retryRecordView) }),
  };
}

/** Links to inputs and outputs; what is secured has none. */
function contents(context: ViewContext, action: PlannedAction, record: ActionRecord): object {
  const isContainer = action.type.children !== undefined;
  if (isContainer) return {};
  return {
    ...(action.secure.inputs ? {} : contentLink(context, action, { record, member: 'inputs' })),
    ...(action.secure.outputs ? {} : contentLink(context, action, { record, member: 'outputs' })),
  };
}

function contentLink(
  context: ViewContext,
  action: PlannedAction,
  { record, member }: { record: ActionRecord; member: 'inputs' | 'outputs' },
): object {
  const content = context.history.content(record.path, member);
  if (!content) return {};
  const contentSize =
    'size' in content
      ? content.size
      : Buffer.byteLength(writeJson(shownContent(member, content.value)));
  const repetition = repetitionName(record.path);
  const owner = repetition === '' ? '' : `/repetitions/${repetition}`;
  const name = member === 'inputs' ? 'ActionInputs' : 'ActionOutputs';
  const path = `runs/${context.history.row.id}/actions/${action.name}${owner}/contents/${name}`;
  const uri = context.urls.content(context.workflow, path, context.expires);
  return { [`${member}Link`]: { uri, contentSize } };
}

function indexesOf(action: PlannedAction, name: string, own?: string): object[] {
  const loops = [...action.loops.map((loop) => loop.name), ...(own === undefined ? [] : [own])];
  return name.split('-').map((index, level) => ({
    scopeName: loops[level] ?? '',
    itemIndex: Number(index),
  }));
}

function statusOf(records: readonly ActionRecord[]): ActionRecord['status'] {
  const statuses = new Set(records.map((record) => record.status));
  const order = ['Running', 'Waiting', 'Failed', 'TimedOut', 'Cancelled', 'Succeeded'] as const;
  return order.find((status) => statuses.has(status)) ?? 'Skipped';
}

interface RequestParts {
  readonly method?: string;
  readonly uri?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers whose values are credentials. */
const credentials =
  /^(authorization|proxy-authorization|cookie|ocp-apim-subscription-key|x-functions-key)$/i;

function requestView({ method, uri, headers }: RequestParts): object {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    credentials.test(name) ? '*sanitized*' : value,
  ]);
  return { method, uri, headers: Object.fromEntries(shown) as Record<string, string> };
}

function responseView(
  code: string | undefined,
  outputs: Readonly<Record<string, WorkflowValue>> | undefined,
): object {
  if (code !== undefined) return { statusCode: code };
  return outputs ? { statusCode: outputs['statusCode'], headers: outputs['headers'] } : {};
}

function isObjectValue(
  value: WorkflowValue | undefined,
): value is Readonly<Record<string, WorkflowValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
