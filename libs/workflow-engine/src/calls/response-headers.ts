import { isObject, membersOf, textOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import { headerSpelling } from '../content/header-names.js';

const dropped = new Set([
  'allow',
  'cookie',
  'expires',
  'last-modified',
  'set-cookie',
  'transfer-encoding',
]);
const keptContent = new Set(['content-disposition', 'content-encoding', 'content-type']);

/** The headers of a Response without those that it leaves out (documentation "Response action"). */
export function responseHeaders(headers: WorkflowValue | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  if (!isObject(headers)) return result;
  for (const [name, value] of membersOf(headers)) {
    const key = name.toLowerCase();
    if (dropped.has(key) || (key.startsWith('content-') && !keptContent.has(key))) continue;
    result[headerSpelling(name)] = textOf(value).replace(/[\r\n]+/g, ' ');
  }
  return result;
}
