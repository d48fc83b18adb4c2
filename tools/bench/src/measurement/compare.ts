import { setTimeout as sleep } from 'node:timers/promises';
import { chooseLoad, type LoadRequest } from '../load/load.js';
import type { BenchSettings } from '../settings.js';
import type { Cells, Table, Target } from '../report/table.js';
import { machineCpu, usageOf } from './process-tree.js';
import { median } from './statistics.js';

/** A server that is ready for load. */
export interface Server {
  readonly port: number;
  /** Roots of its process trees; the second and later ones count in `totalCpu` only (a database). */
  readonly pids: readonly number[];
  readonly requests: readonly LoadRequest[];
  readonly stop: () => Promise<void>;
}

/** One of several that do the same work. */
export interface Candidate {
  readonly name: string;
  /** A reason (text) when it cannot be had on this machine. */
  readonly start: () => Promise<Server | string>;
}

/** Several candidates under the same load. */
export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly candidates: readonly Candidate[];
  /** Candidates that the others are compared with; the first one is the limit. */
  readonly anchors: readonly string[];
  readonly targets?: readonly Target[];
  /** What the reader has to know to judge the figures. */
  readonly notes?: readonly string[];
  readonly connections?: number;
}

/**
 * Calls after which code is compiled, and how long they may take. The compilers of V8 work beside the calls, on the
 * same processor where it is the only one: after 30,000 calls they still took a sixth of it.
 */
const callsToWarmUp = 150_000;
const longestWarmUpMs = 25_000;

interface Slot {
  readonly calls: number;
  /** Microseconds of the server's own processes for each request. */
  readonly cpu: number;
  /** The same with what stands behind it (a database). */
  readonly totalCpu: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly memory: number;
  /** Processors that others used meanwhile. */
  readonly others: number;
}

/** Measures all candidates in turn, round by round, after each is warm. */
export async function compare(
  comparison: Comparison,
  settings: BenchSettings,
  scratch: string,
): Promise<Table> {
  const { load } = chooseLoad();
  const missing = new Map<string, string>();
  const servers = new Map<string, Server>();
  const slots = new Map<string, Slot[]>();
  const plan = {
    connections: comparison.connections ?? settings.connections,
    seconds: settings.seconds,
    scratch,
  };
  try {
    for (const { name, start } of comparison.candidates) {
      tell(`${comparison.name}: starting ${name}`);
      const server = await start();
      if (typeof server === 'string') missing.set(name, server);
      else servers.set(name, server);
    }
    const measure = (server: Server) =>
      measureSlot(server, () => load({ ...plan, port: server.port, requests: server.requests }));
    for (const [name, server] of servers) {
      tell(`${comparison.name}: warming ${name} up`);
      await warmUp(() => measure(server));
    }
    for (let round = 0; round < settings.rounds; round += 1) {
      tell(`${comparison.name}: round ${round + 1} of ${settings.rounds}`);
      for (const [name, server] of servers)
        slots.set(name, [...(slots.get(name) ?? []), await measure(server)]);
    }
  } finally {
    for (const server of servers.values()) await server.stop();
  }
  return tableOf(comparison, slots, missing);
}

/** Progress, apart from the results. */
function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Load until enough calls were answered for the compiler to have done its work, and until a slot is hardly cheaper
 * than the one before. A busy machine answers few calls a second: time alone warms nothing up.
 */
async function warmUp(measure: () => Promise<Slot>): Promise<void> {
  let last = Number.POSITIVE_INFINITY;
  let calls = 0;
  const end = performance.now() + longestWarmUpMs;
  for (;;) {
    const slot = await measure();
    calls += slot.calls;
    const cost = costOf(slot);
    if (performance.now() > end || (calls >= callsToWarmUp && cost > last * 0.95)) return;
    last = cost;
  }
}

/** Load also runs where there is no `/proc`; CPU figures are NaN then. */
async function measureSlot(
  { pids }: Server,
  load: () => Promise<{
    requests: number;
    errors: number;
    seconds: number;
    p50: number;
    p99: number;
  }>,
): Promise<Slot> {
  await sleep(150);
  const machine = machineCpu();
  const own = usageOf(pids.slice(0, 1));
  const all = pids.length > 1 ? usageOf(pids) : own;
  const result = await load();
  const ownAfter = usageOf(pids.slice(0, 1));
  const allAfter = pids.length > 1 ? usageOf(pids) : ownAfter;
  const machineAfter = machineCpu();
  const spent = (before: typeof own, after: typeof own) =>
    before && after ? after.cpu - before.cpu : Number.NaN;
  const elsewhere = (machineAfter ?? Number.NaN) - (machine ?? Number.NaN) - spent(all, allAfter);
  return {
    calls: result.requests,
    cpu: spent(own, ownAfter) / result.requests,
    totalCpu: spent(all, allAfter) / result.requests,
    rate: result.requests / result.seconds,
    p50: result.p50,
    p99: result.p99,
    errors: result.errors,
    memory: ownAfter?.memory ?? Number.NaN,
    others: elsewhere / 1e6 / result.seconds,
  };
}

function tableOf(
  { name, title, candidates, anchors, targets = [], notes = [] }: Comparison,
  slots: ReadonlyMap<string, readonly Slot[]>,
  missing: ReadonlyMap<string, string>,
): Table {
  const hasDatabase = [...slots.values()].some((list) =>
    list.some(({ cpu, totalCpu }) => totalCpu - cpu > 1),
  );
  return {
    name,
    title,
    columns: [
      'CPU µs a call',
      ...(hasDatabase ? ['with database'] : []),
      ...anchors.map((anchor) => `speed ÷ ${anchor}`),
      'calls/s',
      'p50 ms',
      'p99 ms',
      'RSS MiB',
      'errors',
    ],
    rows: candidates.map((candidate) => {
      const list = slots.get(candidate.name);
      return list
        ? { name: candidate.name, cells: cellsOf(list, { anchors, slots, hasDatabase }) }
        : { name: candidate.name, cells: {}, note: missing.get(candidate.name) ?? 'not measured' };
    }),
    targets,
    notes,
  };
}

interface CellContext {
  readonly anchors: readonly string[];
  readonly slots: ReadonlyMap<string, readonly Slot[]>;
  readonly hasDatabase: boolean;
}

function cellsOf(list: readonly Slot[], { anchors, slots, hasDatabase }: CellContext): Cells {
  const of = (pick: (slot: Slot) => number) => median(list.map(pick));
  const cells: Record<string, number> = { 'CPU µs a call': of(({ cpu }) => cpu) };
  if (hasDatabase) cells['with database'] = of(({ totalCpu }) => totalCpu);
  for (const anchor of anchors) {
    const base = slots.get(anchor);
    // A ratio is taken inside of a round: what slows the machine down slows both.
    const ratios = base ? list.map((slot, round) => costOf(base[round]!) / costOf(slot)) : [];
    cells[`speed ÷ ${anchor}`] = median(ratios);
  }
  return {
    ...cells,
    'calls/s': Math.max(...list.map(({ rate }) => rate)),
    'p50 ms': of(({ p50 }) => p50),
    'p99 ms': of(({ p99 }) => p99),
    'RSS MiB': Math.max(...list.map(({ memory }) => memory)) / 2 ** 20,
    errors: list.reduce((sum, { errors }) => sum + errors, 0),
  };
}

/** CPU time; where it is not known, the time between answers at full load. */
function costOf({ cpu, rate }: Slot): number {
  return Number.isNaN(cpu) ? 1 / rate : cpu;
}
