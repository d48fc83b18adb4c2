import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readZipEntry } from './zip.js';

const root = join(import.meta.dirname, '../../..');

/** A Kubernetes object as Helm printed it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [member: string]: unknown;
}

/**
 * The Helm to use: the one on the PATH, else (linux x64) the one inside the npm package
 * @aws-cdk/asset-kubectl-v20, unpacked once.
 * @throws Error when there is neither.
 */
function findHelm(): string {
  if (spawnSync('helm', ['version', '--short']).status === 0) return 'helm';
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'Helm is not on the PATH, and the packaged one is for linux x64 only: install Helm 3.8 or newer.',
    );
  }
  const target = join(root, '.isthmus/bin/helm');
  if (!existsSync(target)) {
    const archive = createRequire(import.meta.url).resolve(
      '@aws-cdk/asset-kubectl-v20/lib/layer.zip',
    );
    mkdirSync(join(root, '.isthmus/bin'), { recursive: true });
    // Two test files may unpack at once: each writes its own file, the last rename wins.
    const own = `${target}.${process.pid}`;
    writeFileSync(own, readZipEntry(readFileSync(archive), 'helm/helm'), { mode: 0o755 });
    renameSync(own, target);
  }
  return target;
}

/** What Helm said. */
export interface HelmRun {
  readonly ok: boolean;
  readonly output: string;
  readonly errors: string;
}

/** Runs Helm offline in the root of the workspace. */
export function helm(...args: string[]): HelmRun {
  const { status, stdout, stderr } = spawnSync(findHelm(), args, { cwd: root, encoding: 'utf8' });
  return { ok: status === 0, output: stdout, errors: stderr };
}

/**
 * The objects that a chart renders.
 * @param chart folder of the chart
 * @param values values files, later ones win
 * @throws Error with Helm's message.
 */
export function renderChart(
  chart: string,
  values: readonly string[] = [],
  ...args: string[]
): Manifest[] {
  const files = values.flatMap((file) => ['--values', file]);
  const { ok, output, errors } = helm('template', 'isthmus', chart, ...files, ...args);
  if (!ok) throw new Error(errors);
  return parseAllDocuments(output)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}
