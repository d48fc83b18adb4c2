import {
  isArray,
  memberOf,
  textOf,
  objectOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { resumeCall, startCall } from '../calls/call.js';
import { objectMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionScope, ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** Runs JavaScript in a process of its own, which sees nothing but `workflowContext`. */
export const javaScriptCode: ActionType = {
  type: 'JavaScriptCode',
  // Code is code: an `@{` in it is no expression.
  inputs: (definition) => dependenciesOf(definition),
  start(_inputs, scope) {
    const inputs = objectMember(scope.action.definition, 'inputs') ?? {};
    const file = memberOf(inputs, 'codeFile');
    const code =
      memberOf(inputs, 'code') ??
      (typeof file === 'string' ? scope.environment.artifacts.map?.(file) : undefined);
    if (typeof code !== 'string')
      return badRequest('InvalidTemplate', worded`A 'JavaScriptCode' action needs 'code'.`);
    const { javaScriptMilliseconds, javaScriptCharacters } = scope.environment.limits;
    if (code.length > javaScriptCharacters) {
      return badRequest(
        'InlineCodeTooLong',
        worded`The code has ${code.length} characters; ${javaScriptCharacters} are allowed.`,
      );
    }
    const effect = {
      kind: 'javascript',
      ...scope.effectFrame(),
      code,
      workflowContext: workflowContext(code, inputs, scope),
      limits: { milliseconds: javaScriptMilliseconds, characters: javaScriptCharacters },
    } as const;
    const result = startCall({ retryPolicy: { type: 'none' } }, effect, scope);
    return result.kind === 'finished' ? { ...result, inputs: { code } } : result;
  },
  resume: (_inputs, outcome, scope) =>
    resumeCall({ retryPolicy: { type: 'none' } }, outcome, scope),
};

function dependenciesOf(definition: WorkflowObject): WorkflowValue {
  const inputs = objectMember(definition, 'inputs') ?? {};
  const dependencies = memberOf(inputs, 'explicitDependencies');
  return dependencies === undefined ? {} : { explicitDependencies: dependencies };
}

/** What the code reads: the trigger, the workflow and the actions that it names. */
function workflowContext(code: string, inputs: WorkflowObject, scope: ActionScope): WorkflowObject {
  const declared = memberOf(objectMember(inputs, 'explicitDependencies') ?? {}, 'actions');
  const names = new Set(isArray(declared) ? declared.map((name) => textOf(name)) : []);
  for (const match of code.matchAll(
    /actions\s*(?:\.\s*([A-Za-z_$][\w$]*)|\[\s*(['"`])(.+?)\2\s*\])/g,
  )) {
    names.add(match[1] ?? match[3] ?? '');
  }
  const actions: [string, WorkflowValue][] = [];
  for (const name of names) {
    const view = scope.expressions.action?.(name);
    if (view) actions.push([name, view.record()]);
  }
  const trigger = scope.expressions.trigger?.()?.record() ?? null;
  return { actions: objectOf(actions), trigger, workflow: scope.expressions.workflow?.() ?? {} };
}
