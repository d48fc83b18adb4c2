import type { Code } from '../compile/code.js';
import type { Argument } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { isVar } from './bind-type.js';
import type { BoundValue } from './bound.js';
import { noType, voidType, type NetType } from './net-type.js';
import { argumentType, type Applicable, type CallArgument } from './overloads.js';
import { CompileError } from './problem.js';
import { LocalSymbol } from './symbols.js';

/** Binds the arguments of a call; lambdas and method groups wait for their parameter. */
export function bindArguments(binder: Binder, args: readonly Argument[]): CallArgument[] {
  return args.map((argument) => bindArgument(binder, argument));
}

function bindArgument(binder: Binder, argument: Argument): CallArgument {
  const { name, mode, start, value } = argument;
  if (mode === 'out' && value.kind === 'declaration') return declaredArgument(binder, argument);
  if (
    mode === 'out' &&
    value.kind === 'name' &&
    value.name === '_' &&
    binder.scope.find('_') === undefined
  ) {
    return {
      name,
      mode,
      start,
      bound: outValue(noType, start, () => () => ({ value: null })),
      declares: () => undefined,
    };
  }
  const bound = binder.bind(value);
  if (bound.kind === 'type' || bound.kind === 'namespace') throw binder.notAValue(bound);
  if (bound.kind === 'value' && bound.type === voidType)
    throw new CompileError('CS1503', "Argument: cannot convert from 'void'", start);
  if (mode === 'ref' || mode === 'out') {
    const place = bound.kind === 'value' ? bound.place : undefined;
    if (bound.kind !== 'value' || place === undefined || !place.isVariable)
      throw new CompileError('CS1510', 'A ref or out value must be an assignable variable', start);
    if (place.readOnly !== undefined)
      throw new CompileError('CS1657', place.readOnly.message, start);
    return { name, mode, start, bound: { ...bound, emit: place.reference } };
  }
  return { name, mode, start, bound };
}

function outValue(type: NetType, start: number, emit: () => Code): BoundValue {
  return { kind: 'value', type, start, emit };
}

/** `out var x`, `out int x`, `out var _`. */
function declaredArgument(binder: Binder, argument: Argument): CallArgument {
  const { name, start, value } = argument;
  if (value.kind !== 'declaration' || value.designation.kind !== 'variable')
    throw new CompileError('CS8199', 'Invalid declaration', start);
  const inferred = isVar(binder, value.type);
  const type = inferred ? noType : binder.type(value.type);
  const variable = value.designation.name;
  if (variable === null)
    return {
      name,
      mode: 'out',
      start,
      bound: outValue(type, start, () => () => ({ value: null })),
      declares: () => undefined,
    };
  const symbol = new LocalSymbol(variable, type, binder.owner, 'local');
  binder.declarations.declare(variable, symbol, value.designation.start);
  const { scope } = binder;
  const { place } = binder.declarations.read(symbol, start);
  return {
    name,
    mode: 'out',
    start,
    bound: outValue(type, start, () => place!.reference()),
    declares: (t) => {
      if (scope.symbols.get(variable) === symbol) symbol.type = t;
    },
  };
}

/** Code makers of the arguments, converted to the parameters of the chosen method, in the order written. */
export function convertArguments(
  _binder: Binder,
  chosen: Applicable,
  args: readonly CallArgument[],
): (() => Code)[] {
  return args.map((argument, i) => {
    argument.declares?.(argumentType(chosen, i));
    const conversion = chosen.conversions[i]!;
    const { bound } = argument;
    return () => conversion.apply(bound.kind === 'value' ? bound.emit() : unused);
  });
}

const unused: Code = () => null;
