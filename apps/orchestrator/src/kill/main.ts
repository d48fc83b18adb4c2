import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fastStart } from './fast-start.js';
import { killRun } from './kill-run.js';

/** `node dist/kill/main.js --kills 100 --replicas 2 --seed 1 --pauses 5`: prints the result as JSON. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    replicas: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    pauses: { type: 'string', default: '0' },
  },
});

const { main, remove } = await fastStart(
  join(import.meta.dirname, '../main.js'),
  import.meta.dirname,
);
try {
  const result = await killRun({
    main,
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
} finally {
  await remove();
}
