import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../measurement/process-tree.js';
import { median } from '../measurement/statistics.js';
import type { Cells, Row, Table } from '../report/table.js';
import { openOrchestrator, type WorkflowBench } from './cases.js';
import type { Orchestrator } from './orchestrator.js';

const seconds = 'seconds';
const cpu = 'CPU s';
const total = 'CPU s with database';
const memory = 'RSS MiB after';

/** Loops, many runs at once and a long history, on one durable orchestrator. */
export async function largeRuns(bench: WorkflowBench): Promise<Table> {
  const orchestrator = await openOrchestrator(bench, 'response');
  try {
    const rows = [
      await timed(orchestrator, 'Foreach over 1,000 items', () =>
        invoke(orchestrator, 'foreach-1000'),
      ),
      await timed(orchestrator, 'Foreach over 10,000 items', () =>
        invoke(orchestrator, 'foreach-10000'),
      ),
      await timed(orchestrator, '1,000 runs started at once', () => burst(orchestrator, 1000)),
      ...(await history(orchestrator)),
    ];
    return {
      name: 'large',
      title: 'large runs, durable (response); medians of 3',
      columns: [seconds, cpu, total, memory],
      rows,
      targets: [
        { row: 'Foreach over 1,000 items', column: seconds, value: 0.3, better: 'less' },
        { row: 'Foreach over 10,000 items', column: seconds, value: 3, better: 'less' },
      ],
    };
  } finally {
    await orchestrator.stop();
  }
}

async function timed(
  { pids }: Orchestrator,
  name: string,
  work: () => Promise<void>,
  times = 3,
): Promise<Row> {
  if (times > 1) await work();
  const results: Cells[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const [own, all] = [usageOf(pids.slice(0, 1)), usageOf(pids)];
    const began = performance.now();
    await work();
    const taken = (performance.now() - began) / 1000;
    const [ownAfter, allAfter] = [usageOf(pids.slice(0, 1)), usageOf(pids)];
    results.push({
      [seconds]: taken,
      [cpu]: spent(own, ownAfter),
      [total]: spent(all, allAfter),
      [memory]: (ownAfter?.memory ?? Number.NaN) / 2 ** 20,
    });
  }
  const cells = [seconds, cpu, total, memory].map(
    (column) => [column, median(results.map((result) => result[column]!))] as const,
  );
  return { name, cells: Object.fromEntries(cells) };
}

function spent(before: { cpu: number } | undefined, after: { cpu: number } | undefined): number {
  return before && after ? (after.cpu - before.cpu) / 1e6 : Number.NaN;
}

async function invoke({ port, callbackPath }: Orchestrator, workflow: string): Promise<void> {
  const url = `http://127.0.0.1:${port}${await callbackPath(workflow)}`;
  const response = await fetch(url, { method: 'POST' });
  const text = await response.text();
  if (!response.ok) throw new Error(`${workflow} answered ${response.status}: ${text}`);
}

async function burst({ port, callbackPath }: Orchestrator, count: number): Promise<void> {
  const url = `http://127.0.0.1:${port}${await callbackPath('small')}`;
  const answers = await Promise.all(
    Array.from({ length: count }, async () => {
      const response = await fetch(url, { method: 'POST' });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  const failed = answers.filter((status) => status !== 200).length;
  if (failed > 0) throw new Error(`${failed} of ${count} runs that began at once failed`);
}

/** A run of more than 100,000 actions, then its history page by page. */
async function history(orchestrator: Orchestrator): Promise<Row[]> {
  const workflow = 'foreach-100000';
  const run = await timed(
    orchestrator,
    'a run of 100,001 actions',
    () => invoke(orchestrator, workflow),
    1,
  );
  const runId = await newestRun(orchestrator, workflow);
  const first = `${workflow}/runs/${runId}/actions/Compose/repetitions?api-version=2019-05-01&$top=100`;
  let next: string | undefined = first;
  const open = await timed(orchestrator, 'its history: the first page of 100', async () => {
    next = await page(orchestrator, first);
  });
  const more = await timed(orchestrator, 'its history: ten more pages', async () => {
    let at = next;
    for (let count = 0; count < 10 && at !== undefined; count += 1)
      at = await page(orchestrator, at);
  });
  return [run, open, more];
}

async function newestRun({ read }: Orchestrator, workflow: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const response = await read(`${workflow}/runs?api-version=2019-05-01&$top=1`);
    const { value } = (await response.json()) as {
      value: { name: string; properties: { status: string } }[];
    };
    if (value[0]?.properties.status === 'Succeeded') return value[0].name;
    await sleep(100);
  }
  throw new Error(`${workflow} did not end`);
}

/** @returns the address of the next page */
async function page({ read }: Orchestrator, address: string): Promise<string | undefined> {
  const response = await read(address);
  const text = await response.text();
  if (!response.ok) throw new Error(`the history answered ${response.status}: ${text}`);
  const { value, nextLink } = JSON.parse(text) as { value: object[]; nextLink?: string };
  if (value.length === 0) throw new Error('the history has no repetitions');
  return nextLink;
}
