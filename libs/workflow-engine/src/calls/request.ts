import { shown } from '../plan/members.js';
import {
  isEnvelope,
  isObject,
  memberOf,
  membersOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { CallRequest } from '../run/effects.js';

const dropped = new Set([
  'allow',
  'cookie',
  'expires',
  'host',
  'last-modified',
  'origin',
  'set-cookie',
  'transfer-encoding',
]);
const keptContent = new Set(['content-disposition', 'content-encoding', 'content-type']);

/**
 * The headers of a call without those that the Http action leaves out silently (documentation "HTTP connector").
 * Booleans are written `True` and `False`, null is empty.
 */
function requestHeaders(
  headers: WorkflowValue | undefined,
  method: string,
): Record<string, string> {
  const result: Record<string, string> = {};
  if (!isObject(headers)) return result;
  const hasContent = method !== 'GET' && method !== 'HEAD';
  for (const [name, value] of membersOf(headers)) {
    const key = name.toLowerCase();
    if (dropped.has(key)) continue;
    if (key.startsWith('accept-') && key !== 'accept-version') continue;
    if (key.startsWith('content-') && !(hasContent && keptContent.has(key))) continue;
    // A line break would start another header.
    result[name] = textOf(value).replace(/[\r\n]+/g, ' ');
  }
  return result;
}

/** `Uri.EscapeDataString`. */
function escapeData(text: string): string {
  return encodeURIComponent(wellFormed(text)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Queries replace the query that the address has; none, or an empty object, leaves it as it is. */
function withQueries(uri: string, queries: WorkflowValue | undefined): string {
  if (!isObject(queries)) return uri;
  const pairs = membersOf(queries).map(
    ([name, value]) => `${escapeData(name)}=${escapeData(textOf(value))}`,
  );
  if (pairs.length === 0) return uri;
  const [beforeFragment, fragment] = splitOnce(uri, '#');
  const [address] = splitOnce(beforeFragment, '?');
  return `${address}?${pairs.join('&')}${fragment === undefined ? '' : `#${fragment}`}`;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The request that the inputs of a call describe: `method`, `headers`, `queries`, `body`, `cookie`, `authentication`.
 * @param uri where to, without the queries of the inputs
 */
export function callRequest(
  inputs: WorkflowObject,
  uri: string,
  defaultMethod = 'GET',
): CallRequest {
  const method = shown(memberOf(inputs, 'method') ?? defaultMethod).toUpperCase();
  const body = memberOf(inputs, 'body');
  const cookie = memberOf(inputs, 'cookie');
  const authentication = memberOf(inputs, 'authentication');
  return {
    method,
    uri: withQueries(uri, memberOf(inputs, 'queries')),
    headers: requestHeaders(memberOf(inputs, 'headers'), method),
    ...(body !== undefined && body !== null && { body }),
    ...(typeof cookie === 'string' && { cookie }),
    ...(isObject(authentication) && !isEnvelope(authentication) && { authentication }),
  };
}

/** .NET writes a lone surrogate as the replacement character; `encodeURIComponent` would throw. */
function wellFormed(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  );
}
