import { availableParallelism, cpus } from 'node:os';
import { composite } from './composite.js';

/** Benchmarks by name; `npm run bench -- <name>` runs one, without a name all of them. */
const benchmarks: Readonly<Record<string, () => Promise<string>>> = { composite };

const [only] = process.argv.slice(2);
const chosen = only === undefined ? Object.keys(benchmarks) : [only];
const unknown = chosen.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  process.stdout.write(
    `node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}\n`,
  );
  for (const name of chosen) process.stdout.write(`\n${name}\n${await benchmarks[name]!()}\n`);
}
