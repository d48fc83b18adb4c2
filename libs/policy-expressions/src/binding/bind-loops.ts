import { completion, type Action } from '../compile/code.js';
import { enterScope, freshCells } from '../compile/functions.js';
import type { StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindLocal } from './bind-locals.js';
import { stepsOf, type BoundStatement } from './bound-statement.js';
import type { BoundValue } from './bound.js';

/** `while`: its condition belongs to the scope of each turn. */
export function bindWhile(binder: Binder, node: StatementOf<'while'>): BoundStatement {
  return binder.within((scope) => {
    const test = binder.condition(node.test);
    const { result: body, broken } = binder.jumps.within('loop', () =>
      binder.within(() => binder.statement(node.body)),
    );
    const facts = { initial: null, test, step: [], body, atEnd: false };
    return loop(facts, {
      start: node.start,
      scope,
      perTurn: true,
      endsReachable: test.constant?.value !== true || broken,
    });
  });
}

export function bindDo(binder: Binder, node: StatementOf<'do'>): BoundStatement {
  return binder.within((scope) => {
    const { result: body, broken } = binder.jumps.within('loop', () =>
      binder.within(() => binder.statement(node.body)),
    );
    const test = binder.condition(node.test);
    const facts = { initial: null, test, step: [], body, atEnd: true };
    return loop(facts, {
      start: node.start,
      scope,
      perTurn: true,
      endsReachable: broken || test.constant?.value !== true,
    });
  });
}

/** `for`: its variables live through all turns. */
export function bindFor(binder: Binder, node: StatementOf<'for'>): BoundStatement {
  return binder.within((scope) => {
    const initial = 'kind' in node.initial ? bindLocal(binder, node.initial) : null;
    const first = 'kind' in node.initial ? [] : node.initial.map((e) => binder.value(e));
    const test = node.test === null ? null : binder.condition(node.test);
    const { result: body, broken } = binder.jumps.within('loop', () =>
      binder.within(() => binder.statement(node.body)),
    );
    const step = node.step.map((e) => binder.value(e));
    const start: BoundStatement = {
      start: node.start,
      endsReachable: true,
      emit: () => {
        const declared = initial?.emit() ?? null;
        const codes = first.map((v) => v.emit());
        return (frame) => {
          declared?.(frame);
          for (const code of codes) code(frame);
          return completion.next;
        };
      },
    };
    const endless = test === null || test.constant?.value === true;
    return loop(
      { initial: start, test, step, body, atEnd: false },
      { start: node.start, scope, perTurn: false, endsReachable: !endless || broken },
    );
  });
}

interface LoopFacts {
  readonly initial: BoundStatement | null;
  readonly test: BoundValue | null;
  readonly step: readonly BoundValue[];
  readonly body: BoundStatement;
  /** The condition is tested behind the body. */
  readonly atEnd: boolean;
}

interface LoopShape {
  readonly start: number;
  readonly scope: Parameters<typeof freshCells>[0];
  /** Captured variables are new in each turn. */
  readonly perTurn: boolean;
  readonly endsReachable: boolean;
}

function loop(facts: LoopFacts, shape: LoopShape): BoundStatement {
  return {
    start: shape.start,
    endsReachable: shape.endsReachable,
    emit: () => loopAction(facts, shape),
    emitSteps:
      facts.body.emitSteps === undefined
        ? undefined
        : () => {
            const initial = facts.initial?.emit() ?? null;
            const test = facts.test?.emit() ?? null;
            const step = facts.step.map((s) => s.emit());
            const body = stepsOf(facts.body);
            const cells = freshCells(shape.scope);
            return function* (frame) {
              enterScope(cells, frame);
              initial?.(frame);
              for (let isFirst = true; ; isFirst = false) {
                frame.runtime.step();
                if (!isFirst) for (const s of step) s(frame);
                if (!(facts.atEnd && isFirst) && test !== null && test(frame) !== true)
                  return completion.next;
                const ended = yield* body(frame);
                if (ended === completion.break) return completion.next;
                if (ended === completion.return || ended === completion.goto) return ended;
              }
            };
          },
  };
}

function loopAction(facts: LoopFacts, shape: LoopShape): Action {
  const initial = facts.initial?.emit() ?? null;
  const test = facts.test?.emit() ?? null;
  const step = facts.step.map((s) => s.emit());
  const body = facts.body.emit();
  const cells = freshCells(shape.scope);
  const { atEnd } = facts;
  return (frame) => {
    enterScope(cells, frame);
    initial?.(frame);
    for (let isFirst = true; ; isFirst = false) {
      frame.runtime.step();
      if (!isFirst) {
        for (let i = 0; i < step.length; i += 1) step[i]!(frame);
        if (shape.perTurn && !atEnd) enterScope(cells, frame);
      }
      if (!(atEnd && isFirst) && test !== null && test(frame) !== true) return completion.next;
      const ended = body(frame);
      if (ended === completion.next || ended === completion.continue) continue;
      return ended === completion.break ? completion.next : ended;
    }
  };
}
