import {
  decodeContent,
  encodeContent,
  foldHeaders,
  type TriggerRequest,
} from '@isthmus/workflow-engine';
import {
  isObject,
  memberOf,
  membersOf,
  parseJson,
  textOf,
  JsonTextError,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/**
 * The call that a `trigger.json` describes: `{ method?, headers?, queries?, relativePath?, body? }`. A body of text
 * under another type than JSON is what was sent, to be decoded by its type; everything else is the decoded value.
 * @param isCalled the trigger is one that is called over HTTP: it sees `Host` and `Content-Length` too
 */
export function triggerRequest(input: WorkflowObject, isCalled = false): TriggerRequest {
  const given = foldHeaders(texts(memberOf(input, 'headers')));
  const sent = memberOf(input, 'body');
  const body = bodyOf(sent, given['Content-Type']);
  const headers = isCalled ? { ...connectionHeaders(sent), ...given } : given;
  const relativePath = memberOf(input, 'relativePath');
  return {
    method: textOf(memberOf(input, 'method') ?? 'POST').toUpperCase(),
    headers,
    queries: Object.fromEntries(pairs(texts(memberOf(input, 'queries')))),
    ...(typeof relativePath === 'string' && { relativePath }),
    ...(body !== undefined && { body }),
  };
}

function connectionHeaders(sent: WorkflowValue | undefined): Record<string, string> {
  const { length } = encodeContent(sent).bytes;
  return { Host: 'localhost', ...(length > 0 && { 'Content-Length': String(length) }) };
}

function texts(members: WorkflowValue | undefined): string[] {
  return isObject(members)
    ? membersOf(members).flatMap(([name, value]) => [name, textOf(value)])
    : [];
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as [string, string]] : [],
  );
}

function bodyOf(
  body: WorkflowValue | undefined,
  contentType: string | undefined,
): WorkflowValue | undefined {
  if (typeof body !== 'string') return body;
  const type = contentType ?? 'text/plain; charset=utf-8';
  if (/^(?:application\/json|[^;]*\+json)\s*(?:;|$)/i.test(type)) return jsonBody(body);
  const decoded = decodeContent(Buffer.from(body, 'utf8'), type);
  return decoded.ok ? decoded.value : body;
}

/** A string under a JSON type is the text of a document when it holds an object or an array, else a JSON string. */
function jsonBody(body: string): WorkflowValue {
  if (!/^\s*[[{]/.test(body)) return body;
  try {
    return parseJson(body);
  } catch (error) {
    if (error instanceof JsonTextError) return body;
    throw error;
  }
}
