import { DotNetError } from '@isthmus/dotnet';
import { isInstance } from '../compile/casts.js';
import { completion, type Action, type Code, type Frame } from '../compile/code.js';
import { enterScope, freshCells } from '../compile/functions.js';
import type { CatchNode, StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindLocal } from './bind-locals.js';
import { stepsOf, type BoundStatement, type Steps } from './bound-statement.js';
import { emitInvocation } from '../compile/calls.js';
import type { BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { implicitConversion } from './conversion.js';
import { findMethods } from './member-lookup.js';
import { typeName, type NetType } from './net-type.js';
import { tryCandidate } from './overloads.js';
import { CompileError } from './problem.js';
import { isSubtype } from './subtyping.js';
import { LocalSymbol, type Scope } from './symbols.js';

interface BoundCatch {
  readonly type: NetType;
  readonly store: ((value: Code) => Code) | null;
  readonly scope: Scope;
  readonly when: BoundValue | null;
  readonly body: BoundStatement;
}

export function bindTry(binder: Binder, node: StatementOf<'try'>): BoundStatement {
  const body =
    node.catches.length === 0
      ? binder.statement(node.body)
      : binder.jumps.withoutYield('try', () => binder.statement(node.body));
  const before: NetType[] = [];
  const catches = node.catches.map((c) => {
    const bound = bindCatch(binder, c);
    if (before.some((t) => isSubtype(bound.type, t)))
      throw new CompileError(
        'CS0160',
        'A previous catch clause already catches all exceptions of this or of a super type',
        c.start,
      );
    if (bound.when === null) before.push(bound.type);
    return bound;
  });
  const { finally: lastNode } = node;
  const last = lastNode === null ? null : bindFinally(binder, lastNode);
  const reachable =
    (body.endsReachable || catches.some((c) => c.body.endsReachable)) &&
    (last?.endsReachable ?? true);
  return {
    start: node.start,
    endsReachable: reachable,
    emit: () => tryAction(body.emit(), catches, last?.emit() ?? null),
    emitSteps:
      body.emitSteps === undefined || last === null || catches.length > 0
        ? undefined
        : () => trySteps(stepsOf(body), last.emit()),
  };
}

function bindFinally(binder: Binder, node: StatementOf<'block'>): BoundStatement {
  const { jumps } = binder;
  const before = jumps.inFinally;
  jumps.inFinally = true;
  try {
    return jumps.within('barrier', () => binder.statement(node)).result;
  } finally {
    jumps.inFinally = before;
  }
}

function bindCatch(binder: Binder, node: CatchNode): BoundCatch {
  const type = node.type === null ? named('System.Exception') : binder.type(node.type);
  if (!binder.isException(type))
    throw new CompileError(
      'CS0155',
      'The type caught or thrown must be derived from System.Exception',
      node.start,
    );
  return binder.within((scope) => {
    const symbol = new LocalSymbol(node.name ?? '', type, binder.owner, 'local');
    if (node.name !== null) binder.declarations.declare(node.name, symbol, node.start);
    const { jumps } = binder;
    const { caught } = jumps;
    jumps.caught = symbol;
    try {
      const when = node.when === null ? null : binder.condition(node.when);
      const body = jumps.withoutYield('catch', () => binder.statement(node.body));
      return {
        type,
        store: binder.declarations.read(symbol, node.start).place!.store,
        scope,
        when,
        body,
      };
    } finally {
      jumps.caught = caught;
    }
  });
}

interface Handler {
  readonly type: NetType;
  readonly cells: readonly number[];
  readonly store: (frame: Frame, error: unknown) => void;
  readonly when: Code | null;
  readonly run: Action;
}

function handler(bound: BoundCatch): Handler {
  let current: unknown;
  const store = bound.store!(() => current);
  return {
    type: bound.type,
    cells: freshCells(bound.scope),
    when: bound.when?.emit() ?? null,
    run: bound.body.emit(),
    store: (frame, error) => {
      current = error;
      store(frame);
    },
  };
}

function tryAction(run: Action, catches: readonly BoundCatch[], last: Action | null): Action {
  const handlers = catches.map(handler);
  const guarded: Action =
    handlers.length === 0
      ? run
      : (frame) => {
          const depth = frame.runtime.currentDepth;
          try {
            return run(frame);
          } catch (error) {
            if (!(error instanceof DotNetError)) throw error;
            frame.runtime.currentDepth = depth;
            const chosen = handlers.find((h) => handles(h, error, frame));
            if (chosen === undefined) throw error;
            return chosen.run(frame);
          }
        };
  if (last === null) return guarded;
  return (frame) => {
    let ended: ReturnType<Action>;
    try {
      ended = guarded(frame);
    } catch (error) {
      // A spent budget ends the evaluation at once.
      if (error instanceof DotNetError) last(frame);
      throw error;
    }
    const { result, label } = frame;
    const after = last(frame);
    if (after !== completion.next) return after;
    frame.result = result;
    frame.label = label;
    return ended;
  };
}

/** `try … finally` of an iterator: the last block also runs when no more values are asked for (Dispose). */
function trySteps(run: Steps, last: Action): Steps {
  return function* (frame) {
    let ended: number = completion.next;
    let isDropped = true;
    try {
      ended = yield* run(frame);
      isDropped = false;
    } catch (error) {
      isDropped = false;
      if (error instanceof DotNetError) last(frame);
      throw error;
    } finally {
      if (isDropped) last(frame);
    }
    const { label } = frame;
    const after = last(frame);
    if (after !== completion.next) return after;
    frame.label = label;
    return ended;
  };
}

/** Whether a catch clause takes an exception; a filter that throws counts as false. */
function handles(h: Handler, error: DotNetError, frame: Frame): boolean {
  if (!isInstance(error, h.type)) return false;
  enterScope(h.cells, frame);
  h.store(frame, error);
  if (h.when === null) return true;
  try {
    return h.when(frame) === true;
  } catch (inner) {
    if (inner instanceof DotNetError) return false;
    throw inner;
  }
}

/** `using (resource) …`: Dispose is called however the body ends. */
export function bindUsing(binder: Binder, node: StatementOf<'using'>): BoundStatement {
  return binder.within((scope) => {
    const { resource } = node;
    const isLocal = resource.kind === 'local';
    const declared = isLocal ? bindLocal(binder, resource, 'using') : null;
    const values = isLocal
      ? resource.variables.map((v) =>
          binder.value({ kind: 'name', name: v.name, args: null, verbatim: false, start: v.start }),
        )
      : [];
    const kept = isLocal ? null : keep(binder, binder.value(resource));
    if (kept !== null) values.push(kept.value);
    const disposals = values.map((v) => disposal(v, node.start));
    const body = binder.within(() => binder.statement(node.body));
    const prepare = (): { enter: (frame: Frame) => void; last: Action } => {
      const declare = declared?.emit() ?? null;
      const make = kept?.emit() ?? null;
      const cells = freshCells(scope);
      const dispose = disposals.map((d) => d());
      return {
        enter: (frame) => {
          enterScope(cells, frame);
          declare?.(frame);
          make?.(frame);
        },
        last: (frame) => {
          for (const code of dispose) code(frame);
          return completion.next;
        },
      };
    };
    return {
      start: node.start,
      endsReachable: body.endsReachable,
      emit: () => {
        const { enter, last } = prepare();
        const guarded = tryAction(body.emit(), [], last);
        return (frame) => {
          enter(frame);
          return guarded(frame);
        };
      },
      emitSteps: body.emitSteps === undefined ? undefined : () => usingSteps(prepare(), body),
    };
  });
}

function usingSteps(
  { enter, last }: { enter: (frame: Frame) => void; last: Action },
  body: BoundStatement,
): Steps {
  const guarded = trySteps(stepsOf(body), last);
  return function* (frame) {
    enter(frame);
    return yield* guarded(frame);
  };
}

function keep(binder: Binder, resource: BoundValue): { value: BoundValue; emit: () => Code } {
  const { slot, value } = binder.temporary(resource.type, resource.start);
  return {
    value,
    emit: () => {
      const code = resource.emit();
      return (frame) => (frame.slots[slot] = code(frame));
    },
  };
}

function disposal(value: BoundValue, start: number): () => Code {
  const method = findMethods(value.type, 'Dispose').find((m) => m.method.parameters.length === 0);
  const isDisposable = implicitConversion(value.type, named('System.IDisposable')) !== null;
  if (method === undefined && !isDisposable) {
    throw new CompileError(
      'CS1674',
      `'${typeName(value.type)}': type used in a using statement must be implicitly convertible to 'System.IDisposable'`,
      start,
    );
  }
  if (method === undefined) return () => () => null;
  const chosen = tryCandidate(method, [], null);
  if ('kind' in chosen) throw new CompileError('CS1674', 'Dispose takes no arguments', start);
  return () => {
    const target = value.emit();
    const call = emitInvocation({ chosen, target, args: [], start });
    return (frame) => ((target(frame) ?? null) === null ? null : call(frame));
  };
}
