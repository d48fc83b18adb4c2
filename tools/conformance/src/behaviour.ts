import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What a run of the behaviour suites reports. */
export interface BehaviourReport {
  readonly suites: Readonly<Record<string, { passed: number; failed: number }>>;
  readonly failures: readonly { readonly id: string; readonly wrong: readonly string[] }[];
}

export type BehaviourKind = 'gateway' | 'workflows';

const root = join(import.meta.dirname, '../../..');

/** Runs the suites of a folder by their own runner, against the built command line. */
export function runBehaviour(suites: string, kind: BehaviourKind): BehaviourReport {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const args = [join(suites, 'run.mjs'), kind, '--json'];
  try {
    return JSON.parse(execFileSync(process.execPath, args, options)) as BehaviourReport;
  } catch (error) {
    // Status 1 says that cases failed; the report is there all the same.
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return JSON.parse(stdout) as BehaviourReport;
  }
}
