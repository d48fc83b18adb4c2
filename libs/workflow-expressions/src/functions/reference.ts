import { isEnvelope } from '../envelope.js';
import { WorkflowExpressionError } from '../error.js';
import type { ActionView, EvaluationScope } from '../scope.js';
import {
  isArray,
  isObject,
  kindOf,
  memberOf,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '../value.js';
import { textOf } from '../text.js';
import { integerAt, stringAt } from './arguments.js';
import { eager, failure, type EagerFunction, type WorkflowFunction } from './function.js';

/** A function that has no meaning where it stands. */
function misplaced(name: string): WorkflowExpressionError {
  return new WorkflowExpressionError(
    `The template function '${name}' is not expected at this location.`,
  );
}

function nameAt(name: string, args: readonly WorkflowValue[]): string {
  const value = args[0] as WorkflowValue;
  if (typeof value === 'string') return value;
  throw failure(
    name,
    `expects its parameter to be a string. The provided value is of type '${kindOf(value)}'.`,
  );
}

function present<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw misplaced(name);
  return value;
}

function actionView(
  name: string,
  args: readonly WorkflowValue[],
  scope: EvaluationScope,
): ActionView {
  const action = nameAt(name, args);
  const view = scope.action?.(action);
  if (view !== undefined) return view;
  throw failure(
    name,
    `failed: the template action '${action}' is not defined in the template, or cannot be referenced from here.`,
  );
}

/** A function of the outputs of an action, and its twin for the trigger. */
function ofAction(name: string, read: (view: ActionView) => WorkflowValue): EagerFunction {
  return eager(name, [1, 1], (args, scope) => read(actionView(name, args, scope)));
}

function ofTrigger(name: string, read: (view: ActionView) => WorkflowValue): EagerFunction {
  return eager(name, [0, 0], (_args, scope) => read(present(name, scope.trigger?.())));
}

interface FormField {
  readonly name: string;
  readonly value: WorkflowValue;
}

/** The name of a multipart field, from its Content-Disposition. */
function partName(headers: WorkflowValue | undefined): string {
  const disposition = isObject(headers) ? memberOf(headers, 'Content-Disposition') : undefined;
  if (typeof disposition !== 'string') return '';
  const match = /;\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2] ?? '';
}

/** The content type of outputs is taken from their headers, as on the service: a body elsewhere is no form. */
function contentTypeOf(outputs: WorkflowValue): string | undefined {
  const headers = isObject(outputs) ? memberOf(outputs, 'headers') : undefined;
  const type = isObject(headers) ? memberOf(headers, 'Content-Type') : undefined;
  return typeof type === 'string' ? type : undefined;
}

function partsOf(name: string, view: ActionView): WorkflowArray {
  const body = isObject(view.outputs) ? memberOf(view.outputs, 'body') : undefined;
  const parts = isEnvelope(body) ? memberOf(body, '$multipart') : undefined;
  const type = contentTypeOf(view.outputs);
  if (type !== undefined && /^multipart\//i.test(type) && isArray(parts)) return parts;
  throw failure(
    name,
    `expects the content type to be 'multipart/*'. The provided content type is '${type ?? '<null>'}'.`,
  );
}

function fieldsOf(name: string, view: ActionView): FormField[] {
  const type = contentTypeOf(view.outputs);
  const body = isObject(view.outputs) ? memberOf(view.outputs, 'body') : undefined;
  const data = isEnvelope(body) ? memberOf(body, '$formdata') : undefined;
  if (type !== undefined && /^application\/x-www-form-urlencoded/i.test(type) && isArray(data)) {
    return data
      .filter(isObject)
      .map((field) => ({ name: textOf(field['key'] ?? null), value: field['value'] ?? null }));
  }
  if (type !== undefined && /^multipart\/form-data/i.test(type)) {
    return partsOf(name, view)
      .filter(isObject)
      .map((part) => ({ name: partName(part['headers']), value: part['body'] ?? null }));
  }
  throw failure(
    name,
    `expects the content type to be 'application/x-www-form-urlencoded' or 'multipart/form-data'. The provided content type is '${type ?? '<null>'}'.`,
  );
}

function fieldValues(name: string, view: ActionView, field: string): WorkflowValue[] {
  const wanted = field.toLowerCase();
  return fieldsOf(name, view)
    .filter((candidate) => candidate.name.toLowerCase() === wanted)
    .map(({ value }) => value);
}

function fieldValue(name: string, view: ActionView, field: string): WorkflowValue {
  const values = fieldValues(name, view, field);
  if (values.length > 1)
    throw failure(
      name,
      `failed: There are more than one items matching the field name '${field}'.`,
    );
  return values[0] ?? null;
}

function partBody(name: string, view: ActionView, index: number): WorkflowValue {
  const part = partsOf(name, view)[index];
  if (part === undefined)
    throw failure(
      name,
      `failed: the multipart index '${index}' is outside the bounds of the content.`,
    );
  return isObject(part) ? (memberOf(part, 'body') ?? null) : null;
}

/** Forms and multipart bodies, of the trigger or of an action. */
const formFunctions: readonly WorkflowFunction[] = [
  eager('formDataValue', [2, 2], (args, scope) =>
    fieldValue(
      'formDataValue',
      actionView('formDataValue', args, scope),
      stringAt('formDataValue', args, 1),
    ),
  ),
  eager('formDataMultiValues', [2, 2], (args, scope) =>
    fieldValues(
      'formDataMultiValues',
      actionView('formDataMultiValues', args, scope),
      stringAt('formDataMultiValues', args, 1),
    ),
  ),
  eager('multipartBody', [2, 2], (args, scope) =>
    partBody(
      'multipartBody',
      actionView('multipartBody', args, scope),
      integerAt('multipartBody', args, 1),
    ),
  ),
  eager('triggerFormDataValue', [1, 1], (args, scope) =>
    fieldValue(
      'triggerFormDataValue',
      present('triggerFormDataValue', scope.trigger?.()),
      nameAt('triggerFormDataValue', args),
    ),
  ),
  eager('triggerFormDataMultiValues', [1, 1], (args, scope) =>
    fieldValues(
      'triggerFormDataMultiValues',
      present('triggerFormDataMultiValues', scope.trigger?.()),
      nameAt('triggerFormDataMultiValues', args),
    ),
  ),
  eager('triggerMultipartBody', [1, 1], (args, scope) =>
    partBody(
      'triggerMultipartBody',
      present('triggerMultipartBody', scope.trigger?.()),
      integerAt('triggerMultipartBody', args, 0),
    ),
  ),
];

/** A value that the definition names, such as a parameter. */
function named(
  name: string,
  read: (scope: EvaluationScope, wanted: string) => WorkflowValue | undefined,
  missing: (wanted: string) => string,
): EagerFunction {
  return eager(name, [1, 1], (args, scope) => {
    const wanted = nameAt(name, args);
    const value = read(scope, wanted);
    if (value === undefined) throw new WorkflowExpressionError(missing(wanted));
    return value;
  });
}

function workflow(scope: EvaluationScope): WorkflowObject {
  return present('workflow', scope.workflow?.());
}

/** Functions that read the run: actions, trigger, parameters, variables, loops, the workflow itself. */
export const referenceFunctions: readonly WorkflowFunction[] = [
  ofAction('body', (view) => view.body),
  ofAction('actionBody', (view) => view.body),
  ofAction('outputs', (view) => view.outputs),
  ofAction('actionOutputs', (view) => view.outputs),
  ofAction('actions', (view) => view.record()),
  ofTrigger('triggerBody', (view) => view.body),
  ofTrigger('triggerOutputs', (view) => view.outputs),
  ofTrigger('trigger', (view) => view.record()),
  eager('triggers', [0, 1], (_args, scope) => present('triggers', scope.trigger?.()).record()),
  eager('action', [0, 0], (_args, scope) => present('action', scope.currentAction?.()).record()),
  eager('item', [0, 0], (_args, scope) => present('item', scope.item?.())),
  named(
    'items',
    (scope, loop) => scope.itemOf?.(loop),
    (loop) =>
      `The template function 'items' is not expected at this location: '${loop}' is no enclosing 'foreach' action.`,
  ),
  named(
    'iterationIndexes',
    (scope, loop) => scope.iterationIndexOf?.(loop),
    (loop) =>
      `The template function 'iterationIndexes' is not expected at this location: '${loop}' is no enclosing 'until' action.`,
  ),
  named(
    'result',
    (scope, action) => scope.resultOf?.(action),
    (action) =>
      `The template language function 'result' failed: '${action}' is no scope action that can be referenced from here.`,
  ),
  named(
    'parameters',
    (scope, name) => scope.parameter?.(name),
    (name) => `The workflow parameter '${name}' is not found.`,
  ),
  named(
    'variables',
    (scope, name) => scope.variable?.(name),
    (name) =>
      `The variable '${name}' must be initialized before it can be used inside an expression.`,
  ),
  named(
    'appsetting',
    (scope, name) => scope.appSetting?.(name),
    (name) => `The app setting '${name}' is not found.`,
  ),
  named(
    'agentParameters',
    (scope, name) => scope.agentParameter?.(name),
    () => "The template function 'agentParameters' is not expected at this location.",
  ),
  eager('workflow', [0, 0], (_args, scope) => workflow(scope)),
  eager('listCallbackUrl', [0, 0], (_args, scope) =>
    present('listCallbackUrl', scope.callbackUrl?.()),
  ),
  ...formFunctions,
];
