import { completion } from '../compile/code.js';
import type { Statement, StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindBlock, bindLabeled, requireLabel } from './bind-block.js';
import { bindForeach } from './bind-foreach.js';
import { bindDo, bindFor, bindWhile } from './bind-loops.js';
import { bindLocal } from './bind-locals.js';
import { bindSwitch, gotoCase } from './bind-switch.js';
import { bindTry, bindUsing } from './bind-try.js';
import { named } from './catalogue.js';
import { stepsOf, type BoundStatement } from './bound-statement.js';
import { CompileError } from './problem.js';
import { bindBreak, bindReturn, bindYield, bindThrowStatement } from './bind-jumps.js';

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
    case 'break':
    case 'continue':
    case 'yieldBreak':
    case 'yieldReturn':
    case 'return':
    case 'throwStatement':
    case 'goto':
    case 'gotoCase':
    case 'labeled':
    case 'checkedStatement':
    case 'lock':
      return bindJump(binder, node);
  }
}

type StructuredKind =
  | 'block'
  | 'local'
  | 'localFunction'
  | 'empty'
  | 'expression'
  | 'if'
  | 'for'
  | 'foreach'
  | 'while'
  | 'do'
  | 'switch'
  | 'try'
  | 'using';

function bindJump(
  binder: Binder,
  node: Exclude<Statement, { kind: StructuredKind }>,
): BoundStatement {
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
      return {
        start,
        endsReachable: false,
        emit: () => (frame) => {
          frame.label = node.label;
          return completion.goto;
        },
      };
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
    case 'lock':
      return bindLock(binder, node);
  }
}

function bindLock(binder: Binder, node: StatementOf<'lock'>): BoundStatement {
  const value = binder.convert(binder.bind(node.value), named('object'));
  const body = binder.statement(node.body);
  return {
    start: node.start,
    endsReachable: body.endsReachable,
    emit: () => {
      const code = value.emit();
      const run = body.emit();
      return (frame) => {
        code(frame);
        return run(frame);
      };
    },
    emitSteps:
      body.emitSteps === undefined
        ? undefined
        : () => {
            const code = value.emit();
            const run = stepsOf(body);
            return function* (frame) {
              code(frame);
              return yield* run(frame);
            };
          },
  };
}

const statementKinds = new Set(['invoke', 'assign', 'postfix', 'new', 'conditionalAccess']);

function bindExpressionStatement(binder: Binder, node: StatementOf<'expression'>): BoundStatement {
  const { value, start } = node;
  const isStatement =
    statementKinds.has(value.kind) ||
    (value.kind === 'unary' && (value.operator === '++' || value.operator === '--'));
  const bound = binder.bind(value);
  if (!isStatement) {
    throw new CompileError(
      'CS0201',
      'Only assignment, call, increment, decrement, await, and new object expressions can be used as a statement',
      start,
    );
  }
  const code = binder.asValue(bound);
  return {
    start,
    endsReachable: true,
    emit: () => {
      const run = code.emit();
      return (frame) => {
        frame.runtime.step();
        run(frame);
        return next;
      };
    },
  };
}

function bindIf(binder: Binder, node: StatementOf<'if'>): BoundStatement {
  const test = binder.condition(node.test);
  const yes = binder.within(() => binder.statement(node.yes));
  const { no: other } = node;
  const no = other === null ? null : binder.within(() => binder.statement(other));
  const constant = test.constant?.value;
  const reachable =
    (constant !== false && yes.endsReachable) || (constant !== true && (no?.endsReachable ?? true));
  return {
    start: node.start,
    endsReachable: reachable,
    emit: () => {
      const t = test.emit();
      const a = yes.emit();
      const b = no?.emit() ?? null;
      return (frame) => (t(frame) === true ? a(frame) : b === null ? next : b(frame));
    },
    emitSteps:
      yes.emitSteps === undefined && no?.emitSteps === undefined
        ? undefined
        : () => {
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
