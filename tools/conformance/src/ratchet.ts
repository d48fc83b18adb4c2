import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runBehaviour, type BehaviourKind } from './behaviour.js';
import { readExceptions } from './exceptions.js';
import { reportTable, runVectors } from './run-vectors.js';
import { runners } from './runners.js';

/**
 * Most failures allowed, by topic or suite. The numbers may only fall: `--update` writes smaller ones, and a
 * larger one ends the run with status 1. Listed exceptions do not count.
 */
type Ratchet = Record<string, Record<string, number>>;

const file = join(import.meta.dirname, '../ratchet.json');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { update: { type: 'boolean', default: false } },
});
const [what, folder, kind] = positionals;

if (what === 'vectors' && folder !== undefined) {
  const report = await runVectors(folder, runners);
  process.stdout.write(`${reportTable(report)}\n`);
  const failed = Object.entries(report.topics).map(
    ([topic, counts]) => [topic, counts.failed + counts.unsupported] as const,
  );
  judge('vectors', Object.fromEntries(failed));
} else if (
  what === 'behaviour' &&
  folder !== undefined &&
  (kind === 'gateway' || kind === 'workflows')
) {
  judge(`behaviour/${kind}`, behaviourFailures(folder, kind));
} else {
  process.stderr.write(
    'usage: ratchet.js vectors <folder> | behaviour <folder> gateway|workflows [--update]\n',
  );
  process.exitCode = 2;
}

function behaviourFailures(suites: string, which: BehaviourKind): Record<string, number> {
  const report = runBehaviour(suites, which);
  const exceptions = readExceptions();
  const failed: Record<string, number> = {};
  for (const [suite, { passed, failed: count }] of Object.entries(report.suites)) {
    failed[suite] = 0;
    process.stdout.write(`${suite}: ${passed} of ${passed + count}\n`);
  }
  for (const id of report.unsteady) process.stdout.write(`passed alone only: ${id}\n`);
  for (const { id, wrong } of report.failures) {
    const listed = exceptions.get(`${which}/${id}`);
    const suite = id.split('/')[0]!;
    if (!listed) failed[suite] = (failed[suite] ?? 0) + 1;
    process.stdout.write(
      `${listed ? 'exception' : 'failed'}: ${id}: ${listed?.reason ?? wrong.join('; ')}\n`,
    );
  }
  return failed;
}

function judge(name: string, failed: Record<string, number>): void {
  const ratchet = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ratchet) : {};
  const allowed = (ratchet[name] ??= {});
  const worse = Object.entries(failed).filter(([topic, count]) => count > (allowed[topic] ?? 0));
  for (const [topic, count] of worse) {
    process.stdout.write(`${name}: ${topic}: ${count} failures, ${allowed[topic] ?? 0} allowed\n`);
  }
  if (values.update) {
    ratchet[name] = Object.fromEntries(Object.entries(failed).filter(([, count]) => count > 0));
    writeFileSync(file, `${JSON.stringify(ratchet, null, 2)}\n`);
  } else if (worse.length > 0) process.exitCode = 1;
}
