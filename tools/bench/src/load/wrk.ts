import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pinned } from '../processes/run-process.js';
import type { Load, LoadPlan, LoadRequest } from './load.js';

const run = promisify(execFile);
/** Core of load and backend; servers under test have the next one. */
const loadCore = 0;

/** Load by wrk: one thread, keep-alive, closed loop. */
export const wrkLoad: Load = async (plan) => {
  const script = join(plan.scratch, `load-${plan.port}.lua`);
  await writeFile(script, scriptOf(plan));
  const [command, args] = pinned(
    'wrk',
    [
      ...['-t', '1', '-c', String(plan.connections), '-d', `${plan.seconds}s`],
      ...['--timeout', '10s', '-s', script, `http://127.0.0.1:${plan.port}/`],
    ],
    loadCore,
  );
  const { stdout } = await run(command, args, { maxBuffer: 1 << 20 });
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`wrk said nothing that can be read: ${stdout}`);
  const { requests, errors, micros, p50, p99 } = JSON.parse(line) as Record<
    'requests' | 'errors' | 'micros' | 'p50' | 'p99',
    number
  >;
  return { requests, errors, seconds: micros / 1e6, p50: p50 / 1000, p99: p99 / 1000 };
};

function scriptOf({ requests }: LoadPlan): string {
  return `local requests = {}
local at = 0
init = function()
${requests.map((request, index) => `  requests[${index + 1}] = ${formatted(request)}`).join('\n')}
end
request = function()
  at = at + 1
  if at > #requests then at = 1 end
  return requests[at]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%d,"errors":%d,"micros":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
`;
}

function formatted({ method, path, headers, body }: LoadRequest): string {
  const fields = Object.entries(headers).map(
    ([name, value]) => `[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return `wrk.format(${JSON.stringify(method)}, ${JSON.stringify(path)}, { ${['["Host"] = "127.0.0.1"', ...fields].join(', ')} }${body === undefined ? '' : `, ${JSON.stringify(body)}`})`;
}
