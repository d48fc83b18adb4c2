/** One capture of a group; earlier captures of the same group are linked. */
export interface CaptureLink {
  readonly start: number;
  readonly end: number;
  readonly previous: CaptureLink | undefined;
}

/** A compiled instruction: advances the machine or answers false to backtrack. */
export type Instruction = (machine: Machine) => boolean;

/** A point to come back to. `retry` adjusts the machine and answers whether the frame stays. */
interface Frame {
  readonly pc: number;
  readonly trail: number;
  pos: number;
  readonly retry: ((machine: Machine, frame: Frame) => boolean) | undefined;
}

export type { Frame };

interface Change {
  readonly slots: unknown[];
  readonly index: number;
  readonly old: unknown;
}

/** Steps between two reports to the budget. */
const REPORT_EVERY = 256;

/** What one search runs on: text, limits and the budget's counter. */
export interface SearchInput {
  readonly text: string;
  /** The window that anchors see. */
  readonly from: number;
  readonly to: number;
  /** Where the previous match ended, for `\G`. */
  readonly origin: number;
  /** Counts work; throws when the budget is spent. */
  readonly step: (count: number) => void;
}

/** The backtracking matcher: explicit stacks, so that neither depth nor length of the text can exhaust the call stack. */
export class Machine {
  pos = 0;
  pc = 0;
  readonly text: string;
  readonly captures: (CaptureLink | undefined)[];
  readonly counters: number[];
  private frames: Frame[] = [];
  private trail: Change[] = [];
  private ticks = 0;

  constructor(
    private readonly program: readonly Instruction[],
    readonly input: SearchInput,
    sizes: { readonly groups: number; readonly counters: number },
  ) {
    this.text = input.text;
    this.captures = Array.from({ length: sizes.groups });
    this.counters = Array.from({ length: sizes.counters }, () => 0);
  }

  /** Runs the program at a position; true when it matches (captures are set, `pos` is the end). */
  matchAt(position: number): boolean {
    this.undoTo(0);
    this.frames = [];
    this.pos = position;
    return this.run(0);
  }

  /** Runs a sub-program to its `accept`; what it left to backtrack is dropped, its captures stay on success. */
  run(start: number): boolean {
    const base = this.frames.length;
    const mark = this.trail.length;
    this.pc = start;
    while (this.pc >= 0) {
      if (++this.ticks === REPORT_EVERY) this.report();
      const instruction = this.program[this.pc];
      if (instruction?.(this)) continue;
      if (!this.backtrack(base)) {
        this.undoTo(mark);
        return false;
      }
    }
    this.frames.length = base;
    return true;
  }

  /** Tells the budget about work done inside one instruction. */
  work(count: number): void {
    this.ticks += count;
    if (this.ticks >= REPORT_EVERY) this.report();
  }

  finish(): void {
    if (this.ticks > 0) this.report();
  }

  private report(): void {
    const done = this.ticks;
    this.ticks = 0;
    this.input.step(done);
  }

  push(pc: number, retry?: Frame['retry']): void {
    this.frames.push({ pc, pos: this.pos, trail: this.trail.length, retry });
  }

  /** Assigns with a record for backtracking. */
  set<T>(slots: T[], index: number, value: T): void {
    this.trail.push({ slots, index, old: slots[index] });
    slots[index] = value;
  }

  mark(): number {
    return this.trail.length;
  }

  undoTo(mark: number): void {
    while (this.trail.length > mark) {
      const change = this.trail.pop();
      if (change) change.slots[change.index] = change.old;
    }
  }

  private backtrack(base: number): boolean {
    while (this.frames.length > base) {
      const frame = this.frames[this.frames.length - 1];
      if (!frame) return false;
      this.undoTo(frame.trail);
      this.pos = frame.pos;
      this.pc = frame.pc;
      if (!frame.retry) {
        this.frames.pop();
        return true;
      }
      const before = this.frames.length;
      const stays = frame.retry(this, frame);
      if (!stays) this.frames.splice(before - 1, 1);
      if (this.pc >= 0) return true;
    }
    return false;
  }
}
