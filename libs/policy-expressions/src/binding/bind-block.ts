import { completion, type Action, type Frame } from '../compile/code.js';
import { enterScope, freshCells } from '../compile/functions.js';
import type { BlockNode, Statement, StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindLocalFunction, declareLocalFunction } from './bind-local-function.js';
import { stepsOf, type BoundStatement, type Steps } from './bound-statement.js';
import { CompileError } from './problem.js';

/** `{ … }`: a scope; local functions are declared first, labels are known throughout. */
export function bindBlock(binder: Binder, node: BlockNode): BoundStatement {
  return binder.within(() => bindStatements(binder, node.statements, node.start));
}

interface Line {
  readonly statement: BoundStatement;
  readonly labels: readonly string[];
}

function labelsOf(node: Statement): string[] {
  return node.kind === 'labeled' ? [node.label, ...labelsOf(node.statement)] : [];
}

/** The statements of a block or switch section, in the current scope. */
export function bindStatements(
  binder: Binder,
  nodes: readonly Statement[],
  start: number,
): BoundStatement {
  const names = nodes.flatMap(labelsOf);
  const duplicate = names.find((n, i) => names.indexOf(n) !== i);
  if (duplicate !== undefined)
    throw new CompileError('CS0140', `The label '${duplicate}' is a duplicate`, start);
  const { scope } = binder;
  return binder.jumps.withLabels(new Set(names), () => {
    for (const node of nodes) if (node.kind === 'localFunction') declareLocalFunction(binder, node);
    const functions: (() => Action)[] = [];
    const lines: Line[] = [];
    let reachable = true;
    for (const node of nodes) {
      if (node.kind === 'localFunction') {
        functions.push(bindLocalFunction(binder, node));
        continue;
      }
      const statement = binder.statement(node);
      const labels = labelsOf(node);
      reachable = (reachable || labels.length > 0) && statement.endsReachable;
      lines.push({ statement, labels });
    }
    const prepare = (): ((frame: Frame) => void) => {
      const cells = freshCells(scope);
      const makers = functions.map((f) => f());
      return (frame) => {
        enterScope(cells, frame);
        for (const make of makers) make(frame);
      };
    };
    return {
      start,
      endsReachable: reachable,
      emit: () => runBlock(lines, prepare),
      emitSteps: lines.some((l) => l.statement.emitSteps !== undefined)
        ? () => stepBlock(lines, prepare)
        : undefined,
    };
  });
}

function labelPlaces(lines: readonly Line[]): Map<string, number> {
  return new Map(lines.flatMap((line, i) => line.labels.map((label) => [label, i] as const)));
}

function runBlock(lines: readonly Line[], prepare: () => (frame: Frame) => void): Action {
  const actions = lines.map((l) => l.statement.emit());
  const enter = prepare();
  const places = labelPlaces(lines);
  return (frame) => {
    enter(frame);
    for (let i = 0; i < actions.length; i += 1) {
      const ended = actions[i]!(frame);
      if (ended === completion.next) continue;
      const place = ended === completion.goto ? places.get(frame.label) : undefined;
      if (place === undefined) return ended;
      frame.runtime.step();
      i = place - 1;
    }
    return completion.next;
  };
}

function stepBlock(lines: readonly Line[], prepare: () => (frame: Frame) => void): Steps {
  const steps = lines.map((l) => stepsOf(l.statement));
  const enter = prepare();
  const places = labelPlaces(lines);
  return function* (frame) {
    enter(frame);
    for (let i = 0; i < steps.length; i += 1) {
      const ended = yield* steps[i]!(frame);
      if (ended === completion.next) continue;
      const place = ended === completion.goto ? places.get(frame.label) : undefined;
      if (place === undefined) return ended;
      frame.runtime.step();
      i = place - 1;
    }
    return completion.next;
  };
}

export function bindLabeled(binder: Binder, node: StatementOf<'labeled'>): BoundStatement {
  return binder.statement(node.statement);
}

export function requireLabel(binder: Binder, label: string, start: number): void {
  if (!binder.jumps.hasLabel(label))
    throw new CompileError(
      'CS0159',
      `No such label '${label}' within the scope of the goto statement`,
      start,
    );
}
