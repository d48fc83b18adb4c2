import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { composite } from './composite.js';
import { policies } from './engine/policies.js';
import { workflowEngine } from './engine/workflow-engine.js';
import { gateway } from './gateway/gateway.js';
import { chooseLoad } from './load/load.js';
import { markdownReport } from './report/markdown-report.js';
import { printTable, type Table } from './report/table.js';
import { readBenchSettings, usage, type BenchSettings } from './settings.js';
import { workflows } from './workflows/workflows.js';

/** Benchmarks by name; without a name all of them run. */
const benchmarks: Readonly<Record<string, (settings: BenchSettings) => Promise<Table[]>>> = {
  gateway,
  workflows,
  composite,
  policies,
  'workflow-engine': workflowEngine,
};

const settings = readBenchSettings(process.argv.slice(2));
const chosen = settings.names.length === 0 ? Object.keys(benchmarks) : settings.names;
const unknown = chosen.filter((name) => !(name in benchmarks));
if (settings.help) process.stdout.write(usage);
else if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(', ')}\n\n${usage}`);
  process.exitCode = 2;
} else await run(settings);

async function run({ json, markdown }: BenchSettings): Promise<void> {
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    processors: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    load: chooseLoad().name,
    ...(({ seconds, rounds }) => ({ seconds, rounds }))(settings),
  };
  if (!json) process.stdout.write(`${JSON.stringify(machine)}\n`);
  const results: Record<string, readonly Table[]> = {};
  for (const name of chosen) {
    results[name] = await benchmarks[name]!(settings);
    if (!json) for (const table of results[name]) process.stdout.write(`\n${printTable(table)}\n`);
    // After each one: a later failure loses nothing.
    if (markdown !== undefined) await writeFile(markdown, markdownReport(machine, results));
  }
  if (json) process.stdout.write(`${JSON.stringify({ machine, results }, undefined, 2)}\n`);
}
