import type { CharTest } from './char-class.js';
import type { Frame, Instruction, Machine } from './machine.js';

/** Matches one code unit to the right, or to the left. */
export function matchChar(test: CharTest, rtl: boolean): Instruction {
  if (rtl) {
    return (m) => {
      if (m.pos <= m.input.from || !test(m.text.charCodeAt(m.pos - 1))) return false;
      m.pos--;
      m.pc++;
      return true;
    };
  }
  return (m) => {
    if (m.pos >= m.input.to || !test(m.text.charCodeAt(m.pos))) return false;
    m.pos++;
    m.pc++;
    return true;
  };
}

/** Bounds of a repetition. */
export interface Repetition {
  readonly min: number;
  readonly max: number;
  readonly lazy: boolean;
}

/** Repeats one-character matching without a frame per character. */
export function charLoop(
  char: { readonly test: CharTest; readonly rtl: boolean },
  { min, max, lazy }: Repetition,
): Instruction {
  const step = char.rtl ? -1 : 1;
  const takes = (m: Machine, pos: number): boolean =>
    char.rtl
      ? pos > m.input.from && char.test(m.text.charCodeAt(pos - 1))
      : pos < m.input.to && char.test(m.text.charCodeAt(pos));
  const run = (m: Machine, limit: number): number => {
    let count = 0;
    let { pos } = m;
    while (count < limit && takes(m, pos)) {
      pos += step;
      count++;
    }
    m.pos = pos;
    m.work(count >> 2);
    return count;
  };
  return lazy ? lazyLoop({ min, max, step, takes, run }) : greedyLoop({ min, max, step, run });
}

interface Loop {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly run: (m: Machine, limit: number) => number;
}

function greedyLoop({ min, max, step, run }: Loop): Instruction {
  return (m) => {
    const least = m.pos + step * min;
    const count = run(m, max);
    if (count < min) return false;
    const next = m.pc + 1;
    if (count > min) {
      const giveBack = (machine: Machine, frame: Frame): boolean => {
        frame.pos -= step;
        machine.pos = frame.pos;
        return frame.pos !== least;
      };
      m.push(next, giveBack);
    }
    m.pc = next;
    return true;
  };
}

function lazyLoop({
  min,
  max,
  step,
  takes,
  run,
}: Loop & { readonly takes: (m: Machine, pos: number) => boolean }): Instruction {
  return (m) => {
    if (run(m, min) < min) return false;
    const next = m.pc + 1;
    let left = max - min;
    if (left > 0) {
      m.push(next, (machine, frame) => {
        if (!takes(machine, frame.pos)) {
          machine.pc = -2;
          return false;
        }
        frame.pos += step;
        machine.pos = frame.pos;
        left--;
        return left > 0;
      });
    }
    m.pc = next;
    return true;
  };
}
