import { completion, type Action, type Code, type Frame } from '../compile/code.js';
import type { Expression, Statement, StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindBlock, bindLabeled, requireLabel } from './bind-block.js';
import { bindForeach } from './bind-foreach.js';
import { bindDo, bindFor, bindWhile } from './bind-loops.js';
import { bindLocal } from './bind-locals.js';
import { bindSwitch, gotoCase } from './bind-switch.js';
import { bindTry, bindUsing } from './bind-try.js';
import { throwCode } from './bind-conditional.js';
import { named } from './catalogue.js';
import { voidType, noType, nullType } from './net-type.js';
import { CompileError } from './problem.js';

export type Steps = (frame: Frame) => Generator<unknown, number>;

/** A bound statement. */
export interface BoundStatement {
  readonly start: number;
  /** Control may fall out at the end. */
  readonly endsReachable: boolean;
  readonly emit: () => Action;
  /** The statement as a generator, where it contains `yield`. */
  readonly emitSteps?: (() => Steps) | undefined;
}

const { next } = completion;

export function bindStatement(binder: Binder, node: Statement): BoundStatement {
  switch (node.kind) {
    case 'block':
      return bindBlock(binder, node);
    case 'local':
      return bindLocal(binder, node);
    case 'localFunction':
      // Bound with its block.
      return { start: node.start, endsReachable: true, emit: () => () => next };
    case 'empty':
      return { start: node.start, endsReachable: true, emit: () => () => next };
    case 'expression':
      return bindExpressionStatement(binder, node);
    case 'if':
      return bindIf(binder, node);
    case 'for':
      return bindFor(binder, node);
    case 'foreach':
      return bindForeach(binder, node);
    case 'while':
      return bindWhile(binder, node);
    case 'do':
      return bindDo(binder, node);
    case 'switch':
      return bindSwitch(binder, node);
    case 'try':
      return bindTry(binder, node);
    case 'using':
      return bindUsing(binder, node);
    default:
      return bindJump(binder, node);
  }
}

type StructuredKind = 'block' | 'local' | 'localFunction' | 'empty' | 'expression' | 'if' | 'for' | 'foreach' | 'while' | 'do' | 'switch' | 'try' | 'using';

function bindJump(binder: Binder, node: Exclude<Statement, { kind: StructuredKind }>): BoundStatement {
  const { start } = node;
  switch (node.kind) {
    case 'break':
    case 'continue':
      return bindBreak(binder, node.kind, start);
    case 'return':
      return bindReturn(binder, node);
    case 'yieldReturn':
      return bindYield(binder, { value: node.value, start });
    case 'yieldBreak':
      return bindYield(binder, { value: null, start });
    case 'throwStatement':
      return bindThrowStatement(binder, node);
    case 'goto': {
      requireLabel(binder, node.label, start);
      return { start, endsReachable: false, emit: () => (frame) => { frame.label = node.label; return completion.goto; } };
    }
    case 'gotoCase':
      return gotoCase(binder, node);
    case 'labeled':
      return bindLabeled(binder, node);
    case 'checkedStatement': {
      return binder.within((scope) => {
        scope.isChecked = node.checked;
        return binder.statement(node.body);
      });
    }
    case 'lock': {
      const value = binder.convert(binder.bind(node.value), named('object'));
      const body = binder.statement(node.body);
      return { start, endsReachable: body.endsReachable, emit: () => {
        const code = value.emit();
        const run = body.emit();
        return (frame) => { code(frame); return run(frame); };
      } };
    }
  }
}

const statementKinds = new Set(['invoke', 'assign', 'postfix', 'new', 'conditionalAccess']);

function bindExpressionStatement(binder: Binder, node: StatementOf<'expression'>): BoundStatement {
  const { value, start } = node;
  const isStatement = statementKinds.has(value.kind) || (value.kind === 'unary' && (value.operator === '++' || value.operator === '--'));
  const bound = binder.bind(value);
  if (!isStatement) {
    throw new CompileError('CS0201', 'Only assignment, call, increment, decrement, await, and new object expressions can be used as a statement', start);
  }
  const code = binder.asValue(bound);
  return {
    start, endsReachable: true,
    emit: () => {
      const run = code.emit();
      return (frame) => { frame.runtime.step(); run(frame); return next; };
    },
  };
}

function bindIf(binder: Binder, node: StatementOf<'if'>): BoundStatement {
  const test = binder.condition(node.test);
  const yes = binder.within(() => binder.statement(node.yes));
  const { no: other } = node;
  const no = other === null ? null : binder.within(() => binder.statement(other));
  const constant = test.constant?.value;
  const reachable = (constant !== false && yes.endsReachable) || (constant !== true && (no?.endsReachable ?? true));
  return {
    start: node.start, endsReachable: reachable,
    emit: () => {
      const t = test.emit();
      const a = yes.emit();
      const b = no?.emit() ?? null;
      return (frame) => (t(frame) === true ? a(frame) : b === null ? next : b(frame));
    },
    emitSteps: yes.emitSteps === undefined && no?.emitSteps === undefined ? undefined : () => {
      const t = test.emit();
      const a = stepsOf(yes);
      const b = no === null ? null : stepsOf(no);
      return function* (frame) {
        if (t(frame) === true) return yield* a(frame);
        return b === null ? next : yield* b(frame);
      };
    },
  };
}

/** A statement as a generator; one without `yield` runs at once. */
export function stepsOf(statement: BoundStatement): Steps {
  if (statement.emitSteps !== undefined) return statement.emitSteps();
  const run = statement.emit();
  return function* (frame) {
    return run(frame);
  };
}

function bindBreak(binder: Binder, kind: 'break' | 'continue', start: number): BoundStatement {
  const target = binder.jumps.target(kind);
  if (target === null) throw new CompileError('CS0139', 'No enclosing loop out of which to break or continue', start);
  if (kind === 'break') target.broken = true;
  const result = completion[kind];
  return { start, endsReachable: false, emit: () => () => result };
}

function bindReturn(binder: Binder, node: StatementOf<'return'>): BoundStatement {
  const { owner } = binder;
  const { start } = node;
  if (binder.jumps.inFinally) throw new CompileError('CS0157', 'Control cannot leave the body of a finally clause', start);
  if (owner.iterator !== null) throw new CompileError('CS1622', 'Cannot return a value from an iterator. Use the yield return statement to return a value, or yield break to end the iteration.', start);
  if (node.value === null) {
    if (owner.returns !== null && owner.returns !== voidType) throw new CompileError('CS0126', "An object of a type convertible to 'object' is required", start);
    return { start, endsReachable: false, emit: () => () => completion.return };
  }
  const bound = binder.bind(node.value);
  if (bound.kind === 'type' || bound.kind === 'namespace') throw binder.notAValue(bound);
  if (owner.returns === voidType && !binder.isLambda(owner)) throw new CompileError('CS0127', 'Since the function returns void, a return keyword must not be followed by an object expression', start);
  if (!binder.isLambda(owner)) {
    const value = binder.convert(bound, owner.returns!);
    return { start, endsReachable: false, emit: () => returnAction(value.emit()) };
  }
  if (bound.kind === 'value' && bound.type === voidType) throw new CompileError('CS8030', 'Anonymous function cannot return void', start);
  owner.returned.push(bound);
  return { start, endsReachable: false, emit: () => returnAction(owner.returns === voidType || owner.returns === null ? binder.asValue(bound).emit() : binder.convert(bound, owner.returns).emit()) };
}

function returnAction(code: Code): Action {
  return (frame) => {
    frame.result = code(frame);
    return completion.return;
  };
}

function bindYield(binder: Binder, node: { readonly value: Expression | null; readonly start: number }): BoundStatement {
  const { iterator } = binder.owner;
  if (iterator === null) throw new CompileError('CS1624', "The body cannot be an iterator block because its return type is not an iterator interface type", node.start);
  if (node.value === null) {
    return { start: node.start, endsReachable: false, emit: () => () => completion.return, emitSteps: () => function* () { return completion.return; } };
  }
  const value = binder.convert(binder.bind(node.value), iterator);
  return {
    start: node.start, endsReachable: true,
    emit: () => { throw new Error('yield outside an iterator'); },
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

function bindThrowStatement(binder: Binder, node: StatementOf<'throwStatement'>): BoundStatement {
  const { start } = node;
  if (node.value === null) {
    const caught = binder.jumps.caught;
    if (caught === null) throw new CompileError('CS0156', 'A throw statement with no arguments is not allowed outside of a catch clause', start);
    const code = binder.declarations.read(caught, start);
    return { start, endsReachable: false, emit: () => throwAction(code.emit(), start) };
  }
  const bound = binder.bind(node.value);
  if (bound.kind === 'value' && bound.type !== nullType && bound.type !== noType && bound.constant === undefined) {
    const fits = binder.isException(bound.type);
    if (!fits) throw new CompileError('CS0155', 'The type caught or thrown must be derived from System.Exception', start);
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
