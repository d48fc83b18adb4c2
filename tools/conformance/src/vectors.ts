import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One line of a `*.jsonl` file. */
export interface Vector {
  readonly id: string;
  /** The text of the line: JSON.parse loses the kinds of numbers (1.0, integers beyond 2^53). */
  readonly line: string;
  readonly [member: string]: unknown;
}

/** What became of a vector. */
export interface VectorResult {
  readonly outcome: 'passed' | 'failed' | 'unsupported';
  readonly actual?: unknown;
}

/** Runs the vectors of some topics through the product's own libraries. */
export interface VectorRunner {
  readonly topics: readonly string[];
  runVector(vector: Vector, fixtures: unknown): VectorResult | Promise<VectorResult>;
}

/** Every `*.jsonl` file at or below a path, in the order of their names. */
export function vectorFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return vectorFiles(inner);
      return entry.name.endsWith('.jsonl') ? [inner] : [];
    });
}

/** The lines of a file; a line that is no JSON object with an id is an error that names it. */
export function readVectors(file: string): Vector[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      const vector = parseLine(line);
      if (!vector) throw new Error(`${file}:${index + 1}: not a vector (a JSON object with an id)`);
      return [vector];
    });
}

function parseLine(line: string): Vector | undefined {
  try {
    const value = JSON.parse(line) as Partial<Vector> | null;
    return typeof value?.id === 'string' ? ({ ...value, line } as Vector) : undefined;
  } catch {
    return undefined;
  }
}

/** `fixtures.json` from the folder of the vectors or its parent. */
export function readFixtures(file: string): unknown {
  const folder = dirname(file);
  for (const place of [folder, dirname(folder)]) {
    const path = join(place, 'fixtures.json');
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  }
  return {};
}

/** The topic of a vector: the part of its id before the slash. */
export function topicOf(vector: Vector): string {
  return vector.id.split('/', 1)[0]!;
}
