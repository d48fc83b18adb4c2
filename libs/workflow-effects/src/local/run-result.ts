import {
  encodeContent,
  finalResponse,
  runView,
  workflowResponseHeaders,
  type Plan,
  type ResponseMessage,
  type RunState,
} from '@isthmus/workflow-engine';
import {
  envelopeOf,
  JsonTextError,
  parseJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** A run as `isthmus run --json` prints it: {@link runView} and what the caller got. */
export function runResult(plan: Plan, state: RunState, answers: boolean): WorkflowObject {
  const response = answers ? finalResponse(plan, state) : undefined;
  const { status = null, error, ...rest } = runView(plan, state);
  return {
    status,
    ...(error !== undefined && { error }),
    ...(response && { response: responseResult(response, workflowResponseHeaders(plan, state)) }),
    ...rest,
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
