import { Decimal } from '@isthmus/dotnet';
import { Float, integerOf, kindOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import type { ActionScope, ActionType, Finished } from './action-type.js';
import { assignable, changeVariable, VariableError, type VariableUse } from './variables.js';
import { worded } from '../run/worded.js';

/** Adds to an integer or float variable, 1 unless told otherwise. */
export const incrementVariable: ActionType = {
  type: 'IncrementVariable',
  start: (inputs, scope) => shift(inputs, scope, 1),
};

/** Subtracts from an integer or float variable, 1 unless told otherwise. */
export const decrementVariable: ActionType = {
  type: 'DecrementVariable',
  start: (inputs, scope) => shift(inputs, scope, -1),
};

function shift(inputs: WorkflowValue, scope: ActionScope, sign: 1 | -1): Finished {
  return changeVariable(inputs, scope, (use) => ({
    value: assignable(use.type, moved(use, scope, sign), use.variable.name),
  }));
}

function moved(
  { variable, type, value = 1 }: VariableUse,
  scope: ActionScope,
  sign: 1 | -1,
): WorkflowValue {
  const kind = kindOf(value);
  if ((type !== 'Integer' && type !== 'Float') || !['Integer', 'Float', 'Decimal'].includes(kind)) {
    throw new VariableError(
      worded`The action type '${scope.action.type.type}' only supports variables and values of types 'Integer, Float'. The variable '${variable.name}' is of type '${type}' and the value of type '${kind}'.`,
    );
  }
  if (type === 'Integer' && kind === 'Integer') {
    const sum = integerOf(
      BigInt(variable.value as number | bigint) + BigInt(sign) * BigInt(value as number | bigint),
    );
    if (sum === undefined)
      throw new VariableError(
        worded`The value of the variable '${variable.name}' is out of range.`,
      );
    return sum;
  }
  const result = numeric(variable.value) + sign * numeric(value);
  return Number.isInteger(result) ? new Float(result) : result;
}

function numeric(value: WorkflowValue): number {
  if (value instanceof Float) return value.value;
  return value instanceof Decimal ? Number(value.toString()) : Number(value);
}
