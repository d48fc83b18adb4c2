import { readExceptions, type Exception } from './exceptions.js';
import {
  readFixtures,
  readVectors,
  topicOf,
  vectorFiles,
  type Vector,
  type VectorRunner,
} from './vectors.js';

/** Counts of one topic. */
export interface TopicCounts {
  passed: number;
  failed: number;
  unsupported: number;
  /** Failures that stand in the list of exceptions. */
  exceptions: number;
}

/** A vector that did not give what it says. */
export interface Failure {
  readonly id: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The outcome of a conformance run. */
export interface ConformanceReport {
  readonly topics: Readonly<Record<string, TopicCounts>>;
  readonly failures: readonly Failure[];
}

/** Runs every vector below a path; `only` restricts the run to one topic. */
export async function runVectors(
  path: string,
  runners: readonly VectorRunner[],
  only?: string,
): Promise<ConformanceReport> {
  const byTopic = new Map(
    runners.flatMap((runner) => runner.topics.map((topic) => [topic, runner])),
  );
  const exceptions = readExceptions();
  const topics: Record<string, TopicCounts> = {};
  const failures: Failure[] = [];
  for (const file of vectorFiles(path)) {
    const fixtures = readFixtures(file);
    for (const vector of readVectors(file)) {
      const topic = topicOf(vector);
      if (only !== undefined && topic !== only) continue;
      const counts = (topics[topic] ??= { passed: 0, failed: 0, unsupported: 0, exceptions: 0 });
      const failure = await runOne(vector, byTopic.get(topic), fixtures);
      count(counts, failure, exceptions.get(vector.id));
      if (failure) failures.push(failure.failure);
    }
  }
  return { topics, failures };
}

interface Failed {
  readonly outcome: 'failed' | 'unsupported';
  readonly failure: Failure;
}

async function runOne(
  vector: Vector,
  runner: VectorRunner | undefined,
  fixtures: unknown,
): Promise<Failed | undefined> {
  const expected =
    vector['result'] ?? vector['error'] ?? vector['compileError'] ?? vector['timeout'] ?? null;
  const fail = (outcome: 'failed' | 'unsupported', actual: unknown): Failed => ({
    outcome,
    failure: { id: vector.id, expected, actual },
  });
  if (!runner) return fail('unsupported', 'no runner for this topic');
  try {
    const { outcome, actual } = await runner.runVector(vector, fixtures);
    return outcome === 'passed' ? undefined : fail(outcome, actual ?? null);
  } catch (error) {
    return fail(
      'failed',
      error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    );
  }
}

function count(
  counts: TopicCounts,
  failed: Failed | undefined,
  exception: Exception | undefined,
): void {
  if (!failed) counts.passed += 1;
  else if (exception) counts.exceptions += 1;
  else counts[failed.outcome] += 1;
}

/** The report as a table for people. */
export function reportTable({ topics }: ConformanceReport): string {
  const names = Object.keys(topics).sort();
  const width = Math.max(5, ...names.map((name) => name.length));
  const row = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, index) => (index === 0 ? String(cell).padEnd(width) : String(cell).padStart(12)))
      .join('');
  const total: TopicCounts = { passed: 0, failed: 0, unsupported: 0, exceptions: 0 };
  const lines = names.map((name) => {
    const counts = topics[name]!;
    for (const key of ['passed', 'failed', 'unsupported', 'exceptions'] as const)
      total[key] += counts[key];
    return row([name, ...cellsOf(counts)]);
  });
  const head = row(['topic', 'passed', 'failed', 'unsupported', 'exceptions', 'rate']);
  return [head, ...lines, row(['all', ...cellsOf(total)])].join('\n');
}

function cellsOf(counts: TopicCounts): (string | number)[] {
  const { passed, failed, unsupported, exceptions } = counts;
  const all = passed + failed + unsupported + exceptions;
  const rate = all === 0 ? '-' : `${((passed / all) * 100).toFixed(2)} %`;
  return [passed, failed, unsupported, exceptions, rate];
}
