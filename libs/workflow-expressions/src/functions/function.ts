import { WorkflowExpressionError } from '../error.js';
import type { EvaluationScope } from '../scope.js';
import type { WorkflowValue } from '../value.js';

/** The least and the greatest number of arguments. */
export type Arity = readonly [least: number, greatest: number];
/** An argument that is evaluated only when it is asked for. */
export type Thunk = () => WorkflowValue;

interface Declared {
  /** The spelling of the documentation. */
  readonly name: string;
  readonly arity: Arity;
  /** The rest of "The template language function 'f' …" for a wrong number of arguments. */
  readonly expects?: string;
}

export type EagerApply = (args: readonly WorkflowValue[], scope: EvaluationScope) => WorkflowValue;
export type LazyApply = (args: readonly Thunk[]) => WorkflowValue;

export interface EagerFunction extends Declared {
  readonly kind: 'eager';
  readonly apply: EagerApply;
}

/** `if`, `and`, `or`, `coalesce`: arguments that are not needed are never evaluated. */
export interface LazyFunction extends Declared {
  readonly kind: 'lazy';
  readonly apply: LazyApply;
}

export type WorkflowFunction = EagerFunction | LazyFunction;

/** Any number of arguments from here on. */
export const many = Number.POSITIVE_INFINITY;

/** An entry of a function table. */
export function eager(
  name: string,
  arity: Arity,
  apply: EagerApply,
  expects?: string,
): EagerFunction {
  return { kind: 'eager', name, arity, apply, ...(expects === undefined ? {} : { expects }) };
}

/** An entry whose arguments are evaluated only as they are needed. */
export function lazy(name: string, arity: Arity, apply: LazyApply): LazyFunction {
  return { kind: 'lazy', name, arity, apply };
}

/** "The template language function 'f' …", with the pointer to the reference that the service adds. */
export function failure(name: string, reason: string): WorkflowExpressionError {
  return new WorkflowExpressionError(
    `The template language function '${name}' ${reason} ` +
      `Please see https://aka.ms/logicexpressions#${name} for usage details.`,
  );
}

const counts = [
  'no parameters',
  'one parameter',
  'two parameters',
  'three parameters',
  'four parameters',
];

function expectation({ arity: [least, greatest], expects }: Declared): string {
  if (expects !== undefined) return expects;
  if (greatest === 0) return 'must not have any parameters.';
  if (greatest === 1 && least === 1) return 'must have only one parameter.';
  if (greatest === many) return `expects at least ${counts[least] ?? least}.`;
  if (least === greatest) return `expects ${counts[least] ?? least}.`;
  return `expects ${counts[least] ?? least} to ${counts[greatest] ?? greatest}.`;
}

/** The failure of a call with a wrong number of arguments. */
export function wrongCount(declared: WorkflowFunction, count: number): WorkflowExpressionError {
  return failure(
    declared.name,
    `${expectation(declared)} The function was invoked with '${count}' parameter(s).`,
  );
}
