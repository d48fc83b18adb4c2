import { completion, type Action, type Code, type Frame } from '../compile/code.js';
import { enterScope, freshCells } from '../compile/functions.js';
import type { StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindPattern, objectCode, type BoundPattern } from './bind-patterns.js';
import { bindStatements } from './bind-block.js';
import { stepsOf, type BoundStatement, type Steps } from './bound-statement.js';
import type { BoundValue } from './bound.js';
import { textOf } from '../runtime/text.js';
import { defaultKey } from '../runtime/equality.js';
import { noType, nullType, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';

interface Label {
  readonly pattern: BoundPattern | null;
  readonly when: BoundValue | null;
}

interface Section {
  readonly labels: readonly Label[];
  readonly body: BoundStatement;
}

/** `switch`: constants, type patterns, `when`; no section falls into the next. */
export function bindSwitch(binder: Binder, node: StatementOf<'switch'>): BoundStatement {
  const value = binder.value(node.value);
  if (value.type === nullType || value.type === noType || value.type === voidType) {
    throw new CompileError('CS8119', 'The switch expression must be a value', node.start);
  }
  const { slot, value: kept } = binder.temporary(value.type, node.start);
  return binder.within((scope) => {
    const seen = new Set<unknown>();
    const covered: NetType[] = [];
    const { result: sections, broken } = binder.jumps.within('switch', () =>
      binder.jumps.withLabels(
        new Set([
          'default',
          ...node.sections.flatMap((s) => s.labels.map((_, i) => `case ${s.start} ${i}`)),
        ]),
        () =>
          node.sections.map((section, i) => {
            const bound = bindSection(binder, { section, value, seen, covered });
            if (bound.body.endsReachable) {
              const isLast = i === node.sections.length - 1;
              throw new CompileError(
                isLast ? 'CS8070' : 'CS0163',
                'Control cannot fall through from one case label to another',
                section.start,
              );
            }
            return bound;
          }),
      ),
    );
    const labels = sections.flatMap((s) => s.labels);
    if (labels.filter((l) => l.pattern === null).length > 1)
      throw new CompileError(
        'CS0152',
        "The switch statement contains multiple cases with the label value 'default'",
        node.start,
      );
    const facts: SwitchFacts = { value, kept, slot, sections, scope };
    return {
      start: node.start,
      endsReachable: broken || !labels.some((l) => takesAll(l, value)),
      emit: () => switchAction(facts),
      emitSteps: sections.some((s) => s.body.emitSteps !== undefined)
        ? () => switchSteps(facts)
        : undefined,
    };
  });
}

/** Whether a label takes every value that the switch can have. */
function takesAll({ pattern, when }: Label, { constant }: BoundValue): boolean {
  if (pattern === null) return true;
  if (pattern.always) return when === null || when.constant?.value === true;
  return (
    constant !== undefined &&
    when === null &&
    pattern.constant !== undefined &&
    pattern.constant.value === constant.value
  );
}

interface SectionUse {
  readonly section: StatementOf<'switch'>['sections'][number];
  readonly value: BoundValue;
  readonly seen: Set<unknown>;
  readonly covered: NetType[];
}

function bindSection(
  binder: Binder,
  { section, value, seen, covered }: SectionUse,
): Section & { readonly scope: Parameters<typeof freshCells>[0] } {
  return binder.within((scope) => {
    const labels = section.labels.map((label): Label => {
      if (label.pattern === null) return { pattern: null, when: null };
      const pattern = bindPattern(binder, label.pattern, value.type);
      const when = label.when === null ? null : binder.condition(label.when);
      checkRepeated({ pattern, when, seen, covered, start: label.start });
      return { pattern, when };
    });
    const before = new Set(scope.symbols.keys());
    const body = bindStatements(binder, section.statements, section.start);
    // Declarations are visible in the sections that follow.
    for (const [name, symbol] of scope.symbols)
      if (!before.has(name)) scope.parent?.symbols.set(name, symbol);
    return { labels, body, scope };
  });
}

interface Repetition {
  readonly pattern: BoundPattern;
  readonly when: BoundValue | null;
  readonly seen: Set<unknown>;
  readonly covered: NetType[];
  readonly start: number;
}

function checkRepeated({ pattern, when, seen, covered, start }: Repetition): void {
  if (pattern.constant !== undefined) {
    const key = defaultKey(pattern.constant.value);
    if (seen.has(key) && when === null)
      throw new CompileError(
        'CS0152',
        `The switch statement contains multiple cases with the label value '${String(pattern.constant.value)}'`,
        start,
      );
    if (when === null) seen.add(key);
    return;
  }
  if (pattern.type === undefined) return;
  if (covered.some((t) => t === pattern.type))
    throw new CompileError(
      'CS8120',
      'The switch case is unreachable. It has already been handled by a previous case.',
      start,
    );
  if (when === null) covered.push(pattern.type);
}

interface SwitchFacts {
  readonly value: BoundValue;
  readonly kept: BoundValue;
  readonly slot: number;
  readonly sections: readonly (Section & { readonly scope: Parameters<typeof freshCells>[0] })[];
  readonly scope: Parameters<typeof freshCells>[0];
}

interface CompiledSection<Run> {
  readonly tests: readonly { readonly test: Code; readonly constant: unknown }[];
  readonly isDefault: boolean;
  readonly cells: readonly number[];
  readonly run: Run;
}

interface Selection<Run> {
  /** The section for the value of the switch. */
  readonly first: (frame: Frame) => CompiledSection<Run> | undefined;
  /** The section that `goto case` asks for. */
  readonly target: (frame: Frame) => CompiledSection<Run> | undefined;
}

function selection<Run>(facts: SwitchFacts, runOf: (body: BoundStatement) => Run): Selection<Run> {
  const code = facts.value.emit();
  const read = objectCode(facts.kept);
  const cells = freshCells(facts.scope);
  const sections = facts.sections.map((section): CompiledSection<Run> => ({
    tests: section.labels.flatMap((l) =>
      l.pattern === null ? [] : [{ test: labelTest(l, read), constant: l.pattern.constant?.value }],
    ),
    isDefault: section.labels.some((l) => l.pattern === null),
    cells: freshCells(section.scope),
    run: runOf(section.body),
  }));
  const fallback = sections.find((s) => s.isDefault);
  return {
    first: (frame) => {
      frame.runtime.step();
      frame.slots[facts.slot] = code(frame);
      enterScope(cells, frame);
      return (
        sections.find((s) => {
          enterScope(s.cells, frame);
          return s.tests.some((t) => t.test(frame) === true);
        }) ?? fallback
      );
    },
    target: (frame) => {
      frame.runtime.step();
      const { label } = frame;
      if (label === 'case default') return fallback;
      return sections.find((s) =>
        s.tests.some((t) => t.constant !== undefined && `case ${textOf(t.constant)}` === label),
      );
    },
  };
}

const asksForCase = (ended: number, frame: Frame): boolean =>
  ended === completion.goto && frame.label.startsWith('case ');

function switchAction(facts: SwitchFacts): Action {
  const { first, target } = selection(facts, (body) => body.emit());
  return (frame) => {
    let section = first(frame);
    while (section !== undefined) {
      const ended = section.run(frame);
      if (ended === completion.break) return completion.next;
      if (!asksForCase(ended, frame)) return ended;
      section = target(frame);
    }
    return completion.next;
  };
}

function switchSteps(facts: SwitchFacts): Steps {
  const { first, target } = selection(facts, stepsOf);
  return function* (frame) {
    let section = first(frame);
    while (section !== undefined) {
      const ended = yield* section.run(frame);
      if (ended === completion.break) return completion.next;
      if (!asksForCase(ended, frame)) return ended;
      section = target(frame);
    }
    return completion.next;
  };
}

function labelTest(label: Label, read: Code): Code {
  const test = label.pattern!.emit(read);
  const when = label.when?.emit();
  return when === undefined ? test : (frame) => test(frame) === true && when(frame) === true;
}

/** `goto case 1;`, `goto default;`. */
export function gotoCase(binder: Binder, node: StatementOf<'gotoCase'>): BoundStatement {
  if (!binder.jumps.hasLabel('default'))
    throw new CompileError(
      'CS0153',
      'A goto case is only valid inside a switch statement',
      node.start,
    );
  const value = node.value === null ? null : binder.value(node.value);
  if (value !== null && value.constant === undefined)
    throw new CompileError('CS0150', 'A constant value is expected', node.start);
  const label = value === null ? 'case default' : `case ${textOf(value.constant!.value)}`;
  return {
    start: node.start,
    endsReachable: false,
    emit: () => (frame) => {
      frame.label = label;
      return completion.goto;
    },
  };
}
