import { completion, type Action, type Code } from '../compile/code.js';
import type { Expression, StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { throwCode } from './bind-conditional.js';
import { named } from './catalogue.js';
import { oneStep, type BoundStatement } from './bound-statement.js';
import { voidType, noType, nullType } from './net-type.js';
import { CompileError } from './problem.js';

const { next } = completion;

export function bindBreak(
  binder: Binder,
  kind: 'break' | 'continue',
  start: number,
): BoundStatement {
  const target = binder.jumps.target(kind);
  if (target === null)
    throw new CompileError('CS0139', 'No enclosing loop out of which to break or continue', start);
  if (kind === 'break') target.broken = true;
  const result = completion[kind];
  return { start, endsReachable: false, emit: () => () => result };
}

export function bindReturn(binder: Binder, node: StatementOf<'return'>): BoundStatement {
  const { owner } = binder;
  const { start } = node;
  if (binder.jumps.inFinally)
    throw new CompileError('CS0157', 'Control cannot leave the body of a finally clause', start);
  if (owner.iterator !== null)
    throw new CompileError(
      'CS1622',
      'Cannot return a value from an iterator. Use the yield return statement to return a value, or yield break to end the iteration.',
      start,
    );
  if (node.value === null) {
    if (owner.returns !== null && owner.returns !== voidType)
      throw new CompileError(
        'CS0126',
        "An object of a type convertible to 'object' is required",
        start,
      );
    return { start, endsReachable: false, emit: () => () => completion.return };
  }
  const bound = binder.bind(node.value);
  if (bound.kind === 'type' || bound.kind === 'namespace') throw binder.notAValue(bound);
  if (owner.returns === voidType && !binder.isLambda(owner))
    throw new CompileError(
      'CS0127',
      'Since the function returns void, a return keyword must not be followed by an object expression',
      start,
    );
  if (!binder.isLambda(owner)) {
    const value = binder.convert(bound, owner.returns!);
    return { start, endsReachable: false, emit: () => returnAction(value.emit()) };
  }
  if (bound.kind === 'value' && bound.type === voidType)
    throw new CompileError('CS8030', 'Anonymous function cannot return void', start);
  owner.returned.push(bound);
  return {
    start,
    endsReachable: false,
    emit: () =>
      returnAction(
        owner.returns === voidType || owner.returns === null
          ? binder.asValue(bound).emit()
          : binder.convert(bound, owner.returns).emit(),
      ),
  };
}

function returnAction(code: Code): Action {
  return (frame) => {
    frame.result = code(frame);
    return completion.return;
  };
}

export function bindYield(
  binder: Binder,
  node: { readonly value: Expression | null; readonly start: number },
): BoundStatement {
  const { iterator } = binder.owner;
  const { inFinally, noYield } = binder.jumps;
  if (iterator === null)
    throw new CompileError(
      'CS1624',
      'The body cannot be an iterator block because its return type is not an iterator interface type',
      node.start,
    );
  if (inFinally)
    throw new CompileError('CS1625', 'Cannot yield in the body of a finally clause', node.start);
  if (node.value === null) {
    return {
      start: node.start,
      endsReachable: false,
      emit: () => () => completion.return,
      emitSteps: () => oneStep(() => completion.return),
    };
  }
  if (noYield !== null) throw misplacedYield(noYield, node.start);
  const value = binder.convert(binder.bind(node.value), iterator);
  return {
    start: node.start,
    endsReachable: true,
    emit: () => {
      throw new CompileError('CS1624', 'yield is not supported here', node.start);
    },
    emitSteps: () => {
      const code = value.emit();
      return function* (frame) {
        frame.runtime.step();
        yield code(frame);
        return next;
      };
    },
  };
}

function misplacedYield(place: 'try' | 'catch', start: number): CompileError {
  return place === 'try'
    ? new CompileError(
        'CS1626',
        'Cannot yield a value in the body of a try block with a catch clause',
        start,
      )
    : new CompileError('CS1631', 'Cannot yield a value in the body of a catch clause', start);
}

export function bindThrowStatement(
  binder: Binder,
  node: StatementOf<'throwStatement'>,
): BoundStatement {
  const { start } = node;
  if (node.value === null) {
    const caught = binder.jumps.caught;
    if (caught === null)
      throw new CompileError(
        'CS0156',
        'A throw statement with no arguments is not allowed outside of a catch clause',
        start,
      );
    const code = binder.declarations.read(caught, start);
    return { start, endsReachable: false, emit: () => throwAction(code.emit(), start) };
  }
  const bound = binder.bind(node.value);
  if (
    bound.kind === 'value' &&
    bound.type !== nullType &&
    bound.type !== noType &&
    bound.constant === undefined
  ) {
    const fits = binder.isException(bound.type);
    if (!fits)
      throw new CompileError(
        'CS0155',
        'The type caught or thrown must be derived from System.Exception',
        start,
      );
  }
  const value = binder.convert(bound, named('System.Exception'));
  return { start, endsReachable: false, emit: () => throwAction(value.emit(), start) };
}

function throwAction(code: Code, start: number): Action {
  const raise = throwCode(code, start);
  return (frame) => {
    raise(frame);
    return next;
  };
}
