import { shown } from '../plan/members.js';
import {
  Float,
  isObject,
  kindOf,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import type { VariableState } from '../run/state.js';
import type { ActionScope, Assignment, Finished } from './action-type.js';
import { done } from './succeeded.js';
import { worded, type Wording } from '../run/worded.js';

/** Types of variables, as they are named in messages. */
const variableTypes = ['Boolean', 'Integer', 'Float', 'String', 'Array', 'Object'] as const;
export type VariableType = (typeof variableTypes)[number];

export function variableTypeNamed(name: WorkflowValue | undefined): VariableType | undefined {
  const wanted = shown(name).toLowerCase();
  return variableTypes.find((type) => type.toLowerCase() === wanted);
}

const starts: Readonly<Record<VariableType, WorkflowValue>> = {
  Boolean: false,
  Integer: 0,
  Float: new Float(0),
  String: '',
  Array: [],
  Object: {},
};

/**
 * The value that a variable of that type takes on: the value itself, a float of an integer, the empty text or array
 * for null, the start value for none.
 * @throws VariableError when the value has another type
 */
export function assignable(
  type: VariableType,
  value: WorkflowValue | undefined,
  name: string,
): WorkflowValue {
  if (value === undefined) return starts[type];
  if (value === null && (type === 'String' || type === 'Array')) return starts[type];
  const kind = kindOf(value);
  if (kind === type) return value;
  if (type === 'Float' && (kind === 'Integer' || kind === 'Decimal')) {
    return kind === 'Integer' ? new Float(Number(value)) : value;
  }
  throw new VariableError(
    worded`The variable '${name}' of type '${type}' cannot be initialized or updated with value of type '${kind}'. The variable '${name}' only supports values of types '${type}'.`,
  );
}

/** A change that a variable does not take. */
export class VariableError extends Error {
  constructor(readonly wording: Wording) {
    super(wording.message);
  }
}

/** The variable that the inputs name, and the value that they give. */
export interface VariableUse {
  readonly variable: VariableState;
  readonly type: VariableType;
  readonly value: WorkflowValue | undefined;
}

/**
 * What the actions that change a variable have in common: they find it, and their outputs are
 * `{ body: { name, value } }`, of what was appended the value that was added. A VariableError of `change` fails the action with `BadRequest`.
 */
export function changeVariable(
  inputs: WorkflowValue,
  scope: ActionScope,
  change: (use: VariableUse) => Pick<Assignment, 'value' | 'append'>,
): Finished {
  const named: WorkflowObject = isObject(inputs) ? inputs : {};
  const name = textOf(memberOf(named, 'name') ?? null);
  const variable = scope.state.variables.get(name.toLowerCase());
  const type = variable && variableTypeNamed(variable.type);
  if (!variable || !type) {
    return badRequest(
      'InvalidTemplate',
      worded`The variable '${name}' must be initialized before it can be used inside action '${scope.action.name}'.`,
    );
  }
  try {
    const result = change({ variable, type, value: memberOf(named, 'value') });
    checkSize(result.value, variable.name, scope);
    const body = { name: variable.name, value: result.value };
    return done({ outputs: { body }, assign: [{ name: variable.name, ...result }] });
  } catch (error) {
    if (!(error instanceof VariableError)) throw error;
    return badRequest('BadRequest', error.wording);
  }
}

/** The limit of text; that of arrays is checked where they grow. */
function checkSize(value: WorkflowValue, name: string, scope: ActionScope): void {
  const limit = scope.environment.limits.variableSize;
  if (typeof value === 'string' && value.length > limit) {
    throw new VariableError(
      worded`The variable '${name}' would have ${value.length} characters; the limit is '${limit}'.`,
    );
  }
}
