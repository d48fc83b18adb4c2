import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readExceptions } from './exceptions.js';
import { reportTable, runVectors } from './run-vectors.js';
import { runners } from './runners.js';

/**
 * Most failures allowed, by topic or suite. The numbers may only fall: `--update` writes smaller ones, and a
 * larger one ends the run with status 1. Listed exceptions do not count.
 */
type Ratchet = Record<string, Record<string, number>>;

interface BehaviourReport {
  readonly suites: Readonly<Record<string, { passed: number; failed: number }>>;
  readonly failures: readonly { id: string; wrong: string[] }[];
}

const file = join(import.meta.dirname, '../ratchet.json');
const root = join(import.meta.dirname, '../../..');

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
} else if (what === 'behaviour' && folder !== undefined && kind !== undefined) {
  judge(`behaviour/${kind}`, behaviourFailures(folder, kind));
} else {
  process.stderr.write(
    'usage: ratchet.js vectors <folder> | behaviour <folder> <kind> [--update]\n',
  );
  process.exitCode = 2;
}

function behaviourFailures(suites: string, which: string): Record<string, number> {
  const report = JSON.parse(runSuites(suites, which)) as BehaviourReport;
  const exceptions = readExceptions();
  const failed: Record<string, number> = {};
  for (const [suite, { passed, failed: count }] of Object.entries(report.suites)) {
    failed[suite] = 0;
    process.stdout.write(`${suite}: ${passed} of ${passed + count}\n`);
  }
  for (const { id, wrong } of report.failures) {
    const listed = exceptions.get(`${which}/${id}`);
    if (!listed) failed[id.split('/')[0]!] = (failed[id.split('/')[0]!] ?? 0) + 1;
    process.stdout.write(
      `${listed ? 'exception' : 'failed'}: ${id}: ${listed?.reason ?? wrong.join('; ')}\n`,
    );
  }
  return failed;
}

function runSuites(suites: string, which: string): string {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  try {
    return execFileSync(process.execPath, [join(suites, 'run.mjs'), which, '--json'], options);
  } catch (error) {
    // Status 1 says that cases failed; the report is there all the same.
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return stdout;
  }
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
