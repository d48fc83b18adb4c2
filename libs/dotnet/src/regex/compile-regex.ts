import { foldCase } from './char-class.js';
import { charLoop, matchChar } from './char-instructions.js';
import { matchAnchor } from './anchors.js';
import { addCapture, balance, loopTest } from './compound-instructions.js';
import type { Instruction, Machine } from './machine.js';
import type { GroupTable, RegexNode } from './node.js';

/** A program with the sizes its machine needs. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly sizes: { readonly groups: number; readonly counters: number };
  /** Slot of a group number. */
  readonly slots: ReadonlyMap<number, number>;
}

/** Translates a tree to instructions; instruction 0 is the start, `accept` ends it. */
export function compileRegex(root: RegexNode, groups: GroupTable): Program {
  const slots = new Map(groups.numbers.map((number, index) => [number, index]));
  const compiler = new RegexCompiler(slots);
  compiler.node(root);
  compiler.accept();
  return {
    instructions: compiler.code,
    sizes: { groups: slots.size, counters: compiler.counters },
    slots,
  };
}

class RegexCompiler {
  readonly code: Instruction[] = [];
  counters = 0;

  constructor(private readonly slots: ReadonlyMap<number, number>) {}

  private emit(instruction: Instruction): void {
    this.code.push(instruction);
  }

  private get here(): number {
    return this.code.length;
  }

  accept(): void {
    this.emit((m) => {
      m.pc = -1;
      return true;
    });
  }

  node(node: RegexNode): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
        this.emit(matchChar(node.test, node.rtl));
        return;
      case 'concat':
        for (const item of node.rtl ? node.items.toReversed() : node.items) this.node(item);
        return;
      case 'either':
        this.either(node.items);
        return;
      case 'loop':
        this.loop(node);
        return;
      case 'capture':
        this.capture(node);
        return;
      case 'atomic':
        this.atomic(node.node);
        return;
      case 'look':
        this.look(node.node, node.negative);
        return;
      case 'reference':
        this.reference(node);
        return;
      case 'anchor':
        this.emit(matchAnchor(node.anchor));
        return;
      case 'ifGroup':
        this.ifGroup(node);
        return;
      case 'ifMatch':
        this.ifMatch(node);
        return;
    }
  }

  /** Reserves an instruction that jumps to a place known later. */
  private jump(): (target: number) => void {
    let target = 0;
    this.emit((m) => {
      m.pc = target;
      return true;
    });
    return (place) => (target = place);
  }

  private either(items: readonly RegexNode[]): void {
    const ends: ((target: number) => void)[] = [];
    items.forEach((item, index) => {
      if (index === items.length - 1) {
        this.node(item);
        return;
      }
      const other = { place: 0 };
      this.emit((m) => {
        m.push(other.place);
        m.pc++;
        return true;
      });
      this.node(item);
      ends.push(this.jump());
      other.place = this.here;
    });
    for (const end of ends) end(this.here);
  }

  private loop(node: RegexNode & { kind: 'loop' }): void {
    const { min, max, lazy } = node;
    if (node.node.kind === 'char') {
      this.emit(charLoop(node.node, { min, max, lazy }));
      return;
    }
    if (max === 0) return;
    const count = this.counters++;
    const last = this.counters++;
    this.emit((m) => {
      m.set(m.counters, count, 0);
      m.set(m.counters, last, -1);
      m.pc++;
      return true;
    });
    const test = this.here;
    const exit = { place: 0 };
    this.emit((m) => loopTest(m, { count, last, min, max, lazy, exit: exit.place }));
    this.node(node.node);
    this.emit((m) => {
      m.pc = test;
      return true;
    });
    exit.place = this.here;
  }

  private capture(node: RegexNode & { kind: 'capture' }): void {
    const start = this.counters++;
    this.emit((m) => {
      m.set(m.counters, start, m.pos);
      m.pc++;
      return true;
    });
    this.node(node.node);
    const slot = this.slots.get(node.group);
    const removed = node.removes === undefined ? undefined : this.slots.get(node.removes);
    this.emit((m) => {
      const from = m.counters[start] ?? 0;
      if (removed !== undefined) {
        if (!balance(m, removed, slot, from)) return false;
      } else if (slot !== undefined) addCapture(m, slot, from, m.pos);
      m.pc++;
      return true;
    });
  }

  /** A sub-program that ends with accept; returns where it starts. */
  private subProgram(node: RegexNode): number {
    const skip = this.jump();
    const start = this.here;
    this.node(node);
    this.accept();
    skip(this.here);
    return start;
  }

  private atomic(node: RegexNode): void {
    const start = this.subProgram(node);
    const next = this.here + 1;
    this.emit((m) => {
      if (!m.run(start)) return false;
      m.pc = next;
      return true;
    });
  }

  private look(node: RegexNode, negative: boolean): void {
    const start = this.subProgram(node);
    const next = this.here + 1;
    this.emit((m) => {
      const { pos } = m;
      const mark = m.mark();
      const found = m.run(start);
      m.pos = pos;
      if (found && negative) m.undoTo(mark);
      m.pc = next;
      return found !== negative;
    });
  }

  private reference(node: RegexNode & { kind: 'reference' }): void {
    const slot = this.slots.get(node.group) ?? 0;
    this.emit((m) => {
      const capture = m.captures[slot];
      if (!capture) {
        m.pc++;
        return node.emptyWhenUnset;
      }
      const length = capture.end - capture.start;
      const from = node.rtl ? m.pos - length : m.pos;
      if (from < m.input.from || from + length > m.input.to) return false;
      m.work(length);
      for (let i = 0; i < length; i++) {
        const a = m.text.charCodeAt(capture.start + i);
        const b = m.text.charCodeAt(from + i);
        if (a !== b && !(node.ignoreCase && foldCase(a) === foldCase(b))) return false;
      }
      m.pos = node.rtl ? from : from + length;
      m.pc++;
      return true;
    });
  }

  private ifGroup(node: RegexNode & { kind: 'ifGroup' }): void {
    const slot = this.slots.get(node.group) ?? 0;
    this.branch((m) => m.captures[slot] !== undefined, node.yes, node.no);
  }

  private ifMatch(node: RegexNode & { kind: 'ifMatch' }): void {
    const start = this.subProgram(node.test);
    this.branch(
      (m) => {
        const { pos, pc } = m;
        const found = m.run(start);
        m.pos = pos;
        m.pc = pc;
        return found;
      },
      node.yes,
      node.no,
    );
  }

  private branch(test: (m: Machine) => boolean, yes: RegexNode, no: RegexNode): void {
    const other = { place: 0 };
    this.emit((m) => {
      m.pc = test(m) ? m.pc + 1 : other.place;
      return true;
    });
    this.node(yes);
    const end = this.jump();
    other.place = this.here;
    this.node(no);
    end(this.here);
  }
}
