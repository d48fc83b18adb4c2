import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What a run of the behaviour suites reports. */
export interface BehaviourReport {
  readonly suites: Readonly<Record<string, { passed: number; failed: number }>>;
  readonly failures: readonly { readonly id: string; readonly wrong: readonly string[] }[];
}

export type BehaviourKind = 'gateway' | 'workflows';

const root = join(import.meta.dirname, '../../..');

/**
 * Runs the suites of a folder by their own runner, against the built command line. A case that fails is run once
 * more alone: many cases measure seconds, and a machine that was busy for one of them is no finding. What passes
 * then is named in `unsteady`.
 */
export function runBehaviour(
  suites: string,
  kind: BehaviourKind,
): BehaviourReport & { readonly unsteady: readonly string[] } {
  const report = runOnce(suites, kind);
  const again = report.failures.map(({ id }) => ({ id, report: runOnce(suites, kind, id) }));
  const unsteady = again.filter((one) => one.report.failures.length === 0).map(({ id }) => id);
  const results = structuredClone(report.suites) as Record<
    string,
    { passed: number; failed: number }
  >;
  for (const id of unsteady) {
    const suite = results[id.split('/')[0]!]!;
    suite.passed += 1;
    suite.failed -= 1;
  }
  const failures = report.failures.filter(({ id }) => !unsteady.includes(id));
  return { suites: results, failures, unsteady };
}

function runOnce(suites: string, kind: BehaviourKind, only?: string): BehaviourReport {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const args = [join(suites, 'run.mjs'), kind, '--json', ...(only ? ['--only', only] : [])];
  try {
    return JSON.parse(execFileSync(process.execPath, args, options)) as BehaviourReport;
  } catch (error) {
    // Status 1 says that cases failed; the report is there all the same.
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return JSON.parse(stdout) as BehaviourReport;
  }
}
