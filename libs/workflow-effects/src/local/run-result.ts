import {
  encodeContent,
  finalResponse,
  runView,
  workflowResponseHeaders,
  type ResponseMessage,
} from '@isthmus/workflow-engine';
import {
  envelopeOf,
  JsonTextError,
  parseJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { LocalOutcome } from './run-locally.js';

/**
 * What `isthmus run --json` prints: {@link runView} and what the caller got. Several runs of one `splitOn` stand in
 * `runs`; the members beside are those of the first one, the status is that of all of them.
 */
export function runResult(outcome: Extract<LocalOutcome, { kind: 'run' }>): WorkflowObject {
  const { plan, states, trigger, split } = outcome;
  const [first] = states;
  const accepted: ResponseMessage = { statusCode: 202, headers: {} };
  const answer = split ? accepted : first && finalResponse(plan, first);
  const headers = first ? workflowResponseHeaders(plan, first) : {};
  const { error, actions = {}, outputs } = first ? runView(plan, first) : {};
  return {
    status: states.find((state) => state.status !== 'Succeeded')?.status ?? 'Succeeded',
    ...(error !== undefined && { error }),
    ...(trigger.type.answers && answer && { response: responseResult(answer, headers) }),
    ...(outputs !== undefined && { outputs }),
    actions,
    ...(split && { runs: states.map((state) => runView(plan, state)) }),
  };
}

/** An answer as its caller sees it. @param headers that the host adds */
export function responseResult(
  response: ResponseMessage,
  headers: Readonly<Record<string, string>>,
): WorkflowObject {
  const content = encodeContent(response.body, response.headers['Content-Type']);
  const contentType = content.contentType;
  const body =
    contentType === undefined ? undefined : seenBody(content.bytes, contentType, response.body);
  return {
    statusCode: response.statusCode,
    headers: {
      ...headers,
      ...response.headers,
      ...(contentType !== undefined && { 'Content-Type': contentType }),
      'Content-Length': String(content.bytes.length),
    },
    ...(body !== undefined && { body }),
  };
}

/** JSON as its value, other text as text, everything else as an envelope. */
function seenBody(
  bytes: Uint8Array,
  contentType: string,
  value: WorkflowValue | undefined,
): WorkflowValue {
  const media = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const text = Buffer.from(bytes).toString('utf8');
  if (media === 'application/json' || media.endsWith('+json')) {
    try {
      return parseJson(text);
    } catch (error) {
      if (!(error instanceof JsonTextError)) throw error;
      return text;
    }
  }
  const isText =
    media.startsWith('text/') ||
    media.endsWith('xml') ||
    media === 'application/x-www-form-urlencoded';
  return isText || typeof value === 'string' ? text : envelopeOf(contentType, bytes);
}
