import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fastStart } from './fast-start.js';
import { killRun, type KillResult } from './kill-run.js';

/**
 * `node dist/kill/campaign.js --kills 10000 --results kills.jsonl --page docs/durability.md`: kills in slices,
 * each with a store and a seed of its own, on one replica and on several. A slice is a line of the results;
 * what is there already counts. SIGTERM or Ctrl+C ends it early; what was done until then is checked and counted.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10000' },
    slice: { type: 'string', default: '200' },
    lanes: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    results: { type: 'string', default: 'kills.jsonl' },
    /** A page that has a place for the result, between the marks. */
    page: { type: 'string' },
  },
});

interface Slice extends KillResult {
  readonly at: string;
  readonly seed: number;
  readonly replicas: number;
}

/** What a complete campaign is. */
const goal = 10_000;
/** How many replicas the slices have, in turn. */
const replicasInTurn = [2, 1, 4, 1, 3, 2];

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

const done = await readSlices(values.results);
const wanted = Number(values.kills);
let planned = killsOf(done);
let turn = done.length;

const { main, remove } = await fastStart(
  join(import.meta.dirname, '../main.js'),
  import.meta.dirname,
);
try {
  await Promise.all(Array.from({ length: Number(values.lanes) }, () => killInSlices()));
} finally {
  await remove();
}
const report = summary(done);
process.stdout.write(`${report}\n`);
if (values.page !== undefined) await writePage(values.page, report);
process.exitCode = done.every(({ violations }) => violations.length === 0) ? 0 : 1;

async function killInSlices(): Promise<void> {
  while (planned < wanted && !stop.signal.aborted) {
    const kills = Math.min(Number(values.slice), wanted - planned);
    planned += kills;
    const replicas = replicasInTurn[turn % replicasInTurn.length]!;
    const seed = Number(values.seed) + turn;
    turn += 1;
    const pauses = Math.min(2, replicas - 1, kills);
    const result = await killRun({ main, kills, replicas, seed, pauses, signal: stop.signal });
    const slice = { at: new Date().toISOString(), seed, replicas, ...result };
    planned += killsOf([slice]) - kills;
    done.push(slice);
    await appendFile(values.results, `${JSON.stringify(slice)}\n`);
    const { accepted, violations, seconds } = slice;
    process.stderr.write(
      `${killsOf(done)} of ${wanted}: seed ${seed}, ${replicas} replicas, ${accepted} runs accepted, ${seconds} s, ${violations.length} violations\n`,
    );
  }
}

function killsOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, { kills, pauses }) => sum + kills + pauses, 0);
}

async function readSlices(file: string): Promise<Slice[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Slice);
}

/** A table as documents show it. */
function summary(slices: readonly Slice[]): string {
  const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.version}`;
  const row = (name: string, some: readonly Slice[]) => {
    const sum = (of: (slice: Slice) => number) =>
      some.reduce((total, slice) => total + of(slice), 0).toLocaleString('en');
    return `| ${[
      name,
      sum(({ kills }) => kills),
      sum(({ early }) => early),
      sum(({ pauses }) => pauses),
      sum(({ accepted }) => accepted),
      sum(({ runs }) => runs),
      sum(({ calls }) => calls),
      sum(({ repeated }) => repeated),
      sum(({ violations }) => violations.length),
    ].join(' | ')} |`;
  };
  const counts = [...new Set(slices.map(({ replicas }) => replicas))].toSorted((a, b) => a - b);
  const day = slices.at(-1)?.at.slice(0, 10) ?? '';
  const total = killsOf(slices);
  const progress =
    total < goal ? ` ${total.toLocaleString('en')} of ${goal.toLocaleString('en')} so far.` : '';
  return [
    `${day}, ${machine}.${progress}`,
    '',
    '| replicas on one PostgreSQL | kill -9 | of these while starting | pauses past the lease | runs acknowledged | runs in all | calls to the backend | of these repeated under the same key | violations |',
    '|---|---|---|---|---|---|---|---|---|',
    ...counts.map((count) =>
      row(
        String(count),
        slices.filter((one) => one.replicas === count),
      ),
    ),
    row('all', slices),
  ].join('\n');
}

async function writePage(page: string, text: string): Promise<void> {
  const [begin, end] = ['<!-- result of the kill campaign -->', '<!-- end of the result -->'];
  const whole = await readFile(page, 'utf8');
  const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the result`);
  await writeFile(page, `${whole.slice(0, from + begin.length)}\n${text}\n${whole.slice(to)}`);
}
