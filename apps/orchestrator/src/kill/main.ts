import { parseArgs } from 'node:util';
import { killRun } from './kill-run.js';

/** `node dist/kill/main.js --kills 10000 --replicas 2 --seed 1 --pauses 5`: prints the result as JSON. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    replicas: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    pauses: { type: 'string', default: '0' },
  },
});

const result = await killRun({
  kills: Number(values.kills),
  replicas: Number(values.replicas),
  seed: Number(values.seed),
  pauses: Number(values.pauses),
  progress: (done) => {
    if (done % 10 === 0) process.stderr.write(`${done} of ${values.kills}\n`);
  },
});
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exitCode = result.violations.length === 0 ? 0 : 1;
