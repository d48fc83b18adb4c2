import {
  isEnvelope,
  isObject,
  memberOf,
  membersOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { decodeContent } from '../content/decode-content.js';
import { contentTypeOf, encodeContent } from '../content/encode-content.js';
import { headerOf } from '../content/header-names.js';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { callRequest } from '../calls/request.js';
import { objectMember, textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/**
 * Runs another workflow and waits for its Response, also for an asynchronous one. A child that ends without a Response
 * gives 502 `NoResponse`, whether its definition holds one or not (measured).
 */
export const workflow: ActionType = {
  type: 'Workflow',
  start(inputs, scope) {
    const host = isObject(inputs) ? objectMember(inputs, 'host') : undefined;
    const target = host && textMember(objectMember(host, 'workflow') ?? {}, 'id');
    if (!isObject(inputs) || !host || !target) {
      return badRequest('InvalidTemplate', worded`A 'Workflow' action needs 'host.workflow.id'.`);
    }
    const triggerName = textMember(host, 'triggerName');
    const { uri: _, method, ...call } = callRequest(inputs, '', 'POST');
    const rest = { ...call, ...contentOf(call), ...queriesOf(inputs) };
    const effect = {
      kind: 'workflow',
      ...scope.effectFrame(),
      ...callOptions(scope),
      workflow: target,
      ...(triggerName !== undefined && { triggerName }),
      ...(scope.action.options.has('disableasyncpattern') && {
        disableAsyncPattern: true as const,
      }),
      request: memberOf(inputs, 'method') === undefined ? rest : { method, ...rest },
    } as const;
    return startCall(inputs, effect, scope);
  },
  resume: resumeCall,
};

/** What the child's trigger makes of the body, by the type that it has or that the headers give it. */
function contentOf({
  headers,
  body,
}: {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: WorkflowValue;
}) {
  const type = contentTypeOf(body, headerOf(headers, 'content-type'));
  if (body === undefined || type === undefined) return {};
  const given = headerOf(headers, 'content-type');
  const received = {
    headers: given === undefined ? { ...headers, 'Content-Type': type } : headers,
  };
  if (typeof body !== 'string' && !isEnvelope(body)) return received;
  const decoded = decodeContent(encodeContent(body, given).bytes, type);
  return decoded.ok && decoded.value !== undefined
    ? { ...received, body: decoded.value }
    : received;
}

function queriesOf(inputs: WorkflowObject) {
  const queries = memberOf(inputs, 'queries');
  if (!isObject(queries)) return {};
  const texts = membersOf(queries).map(([name, value]) => [name, textOf(value)] as const);
  return { queries: Object.fromEntries(texts) };
}
