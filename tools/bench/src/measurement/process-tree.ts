import { readdirSync, readFileSync } from 'node:fs';

/** What a process and everything that it started have used. */
export interface Usage {
  /** User and system time in microseconds. */
  readonly cpu: number;
  /** Resident memory in bytes; shared pages count once for each process. */
  readonly memory: number;
}

/** The kernel counts in hundredths of a second, whatever the machine. */
const microsecondsPerTick = 10_000;
const pageSize = 4096;

interface Stat extends Usage {
  readonly pid: number;
  readonly parent: number;
}

/** Usage of process trees, from `/proc`; undefined where there is none (macOS, Windows). */
export function usageOf(roots: readonly number[]): Usage | undefined {
  const stats = allStats();
  if (!stats) return undefined;
  const inTree = new Set(roots);
  // Children have later ids than parents except after a wrap-around; repeat until nothing is added.
  for (let before = -1; before !== inTree.size;) {
    before = inTree.size;
    for (const { pid, parent } of stats) if (inTree.has(parent)) inTree.add(pid);
  }
  const own = stats.filter(({ pid }) => inTree.has(pid));
  return {
    cpu: own.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: own.reduce((sum, { memory }) => sum + memory, 0),
  };
}

/** CPU time that the whole machine has used, in microseconds. */
export function machineCpu(): number | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + softirq) * microsecondsPerTick;
  } catch {
    return undefined;
  }
}

function allStats(): Stat[] | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return undefined;
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => statOf(Number(name)));
}

function statOf(pid: number): Stat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything; what follows is numbers (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (field: number) => Number(fields[field - 3]);
    return [
      {
        pid,
        parent: at(4),
        cpu: (at(14) + at(15)) * microsecondsPerTick,
        memory: at(24) * pageSize,
      },
    ];
  } catch {
    return []; // ended meanwhile
  }
}
