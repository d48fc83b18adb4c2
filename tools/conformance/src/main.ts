import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reportTable, runVectors } from './run-vectors.js';
import { runners } from './runners.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { topic: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const [folder] = positionals;
if (folder === undefined) {
  writeSync(2, 'usage: npm run conformance -- <folder> [--topic <name>] [--json]\n');
  process.exitCode = 2;
} else {
  const report = await runVectors(folder, runners, values.topic);
  const open = Object.values(report.topics).some(
    ({ failed, unsupported }) => failed + unsupported > 0,
  );
  // Written synchronously: a pipe must hold all of it before the process ends.
  writeAll(values.json ? `${JSON.stringify(report)}\n` : `${reportTable(report)}\n`);
  process.exitCode = open ? 1 : 0;
}

function writeAll(text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      // A full pipe of a slow reader: try again.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
