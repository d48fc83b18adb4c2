import type { CaptureLink, Machine } from './machine.js';

/** Slots and bounds of a general loop. */
export interface LoopState {
  readonly count: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly lazy: boolean;
  readonly exit: number;
}

/** Decides between another iteration and leaving; an empty iteration ends the loop. */
export function loopTest(m: Machine, loop: LoopState): boolean {
  const done = m.counters[loop.count] ?? 0;
  const wasEmpty = m.counters[loop.last] === m.pos;
  const body = m.pc + 1;
  const enter = (machine: Machine): void => {
    machine.set(machine.counters, loop.count, done + 1);
    machine.set(machine.counters, loop.last, machine.pos);
    machine.pc = body;
  };
  if (done < loop.min && !(wasEmpty && done > 0)) {
    enter(m);
    return true;
  }
  if (wasEmpty || done >= loop.max) {
    m.pc = loop.exit;
    return true;
  }
  if (loop.lazy) {
    m.push(loop.exit, (machine) => {
      enter(machine);
      return false;
    });
    m.pc = loop.exit;
    return true;
  }
  m.push(loop.exit);
  enter(m);
  return true;
}

/** Adds a capture to a group. */
export function addCapture(m: Machine, slot: number, from: number, to: number): void {
  const link: CaptureLink = {
    start: Math.min(from, to),
    end: Math.max(from, to),
    previous: m.captures[slot],
  };
  m.set(m.captures, slot, link);
}

/** `(?<a-b>…)`: takes the last capture of b back and captures what lies between it and this group as a. */
export function balance(
  m: Machine,
  removed: number,
  slot: number | undefined,
  from: number,
): boolean {
  const other = m.captures[removed];
  if (!other) return false;
  m.set(m.captures, removed, other.previous);
  if (slot === undefined) return true;
  let start = Math.min(from, m.pos);
  let end = Math.max(from, m.pos);
  if (start >= other.end) {
    end = start;
    start = other.end;
  } else if (end <= other.start) start = other.start;
  else {
    end = Math.min(end, other.end);
    start = Math.max(start, other.start);
  }
  addCapture(m, slot, start, end);
  return true;
}
