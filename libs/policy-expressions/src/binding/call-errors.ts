import type { Binder } from './binder.js';
import { noType, typeName, type NetType } from './net-type.js';
import { type CallArgument, type Misfit } from './overloads.js';
import { CompileError } from './problem.js';
import { type Choice } from './choose.js';

interface Failure {
  readonly group: { readonly name: string; readonly owner: NetType };
  readonly args: readonly CallArgument[];
  readonly chosen: Choice;
  readonly start: number;
}

/** The error of a call that no candidate fits. */
export function misfitError(binder: Binder, failure: Failure): CompileError {
  const { group, args, chosen, start } = failure;
  const order: readonly Misfit['kind'][] = [
    'convert',
    'mode',
    'infer',
    'constraint',
    'name',
    'duplicate',
    'count',
  ];
  const sorted = [...chosen.misfits].sort(
    (a, b) =>
      order.indexOf(a.misfit.kind) - order.indexOf(b.misfit.kind) ||
      b.misfit.argument - a.misfit.argument,
  );
  const misfit = sorted[0]?.misfit;
  switch (misfit?.kind) {
    case 'convert':
    case 'mode':
      return conversionError(binder, args, misfit, start);
    case 'infer':
    case 'constraint':
      return inferenceError(binder, failure);
    case 'name':
      return new CompileError(
        'CS1739',
        `The best overload for '${group.name}' does not have a parameter named '${misfit.name}'`,
        start,
      );
    case 'duplicate':
      return new CompileError(
        'CS1744',
        `Named argument '${misfit.name}' specifies a parameter for which a positional argument has already been given`,
        start,
      );
    case 'count':
    case undefined:
      return new CompileError(
        'CS1501',
        `No overload for method '${group.name}' takes ${args.length} arguments`,
        start,
      );
  }
}

/** A lambda whose body is wrong makes inference fail: its own error says more. */
function inferenceError(_binder: Binder, failure: Failure): CompileError {
  return new CompileError(
    'CS0411',
    `The type arguments for method '${failure.group.name}' cannot be inferred from the usage. Try specifying the type arguments explicitly.`,
    failure.start,
  );
}

export function conversionError(
  binder: Binder,
  args: readonly CallArgument[],
  misfit: Misfit,
  start: number,
): CompileError {
  const argument = args[misfit.argument];
  if (argument === undefined || misfit.type === null)
    return new CompileError('CS1503', 'An argument cannot be converted', start);
  const number = misfit.argument + 1;
  if (misfit.kind === 'mode') {
    return argument.mode === 'value'
      ? new CompileError(
          'CS1620',
          `Argument ${number} must be passed with the '${misfit.mode}' keyword`,
          argument.start,
        )
      : new CompileError(
          'CS1615',
          `Argument ${number} may not be passed with the '${argument.mode}' keyword`,
          argument.start,
        );
  }
  if (argument.bound.kind === 'lambda') return binder.noConversion(argument.bound, misfit.type);
  const source =
    argument.bound.kind === 'value'
      ? describe(argument.bound.type)
      : argument.bound.kind === 'methods'
        ? 'method group'
        : argument.bound.kind;
  return new CompileError(
    'CS1503',
    `Argument ${number}: cannot convert from '${source}' to '${typeName(misfit.type, true)}'`,
    argument.start,
  );
}

function describe(type: NetType): string {
  return type === noType ? 'default' : typeName(type, true);
}
