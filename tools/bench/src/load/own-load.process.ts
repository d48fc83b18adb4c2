import { Pool } from 'undici';
import { quantile } from '../measurement/statistics.js';
import type { LoadPlan, LoadResult } from './load.js';

process.once('message', (plan: LoadPlan) => {
  void measure(plan).then((result) => process.send!(result, () => process.exit(0)));
});

async function measure(plan: LoadPlan): Promise<LoadResult> {
  const { port, requests, connections, seconds } = plan;
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  const times: number[] = [];
  let errors = 0;
  let at = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  const connection = async (): Promise<void> => {
    while (performance.now() < end) {
      const { method, path, headers, body } = requests[at++ % requests.length]!;
      const sent = performance.now();
      try {
        const response = await pool.request({ method, path, headers, body: body ?? null });
        await response.body.dump({ limit: Infinity });
        if (response.statusCode >= 300) errors += 1;
        times.push(performance.now() - sent);
      } catch {
        errors += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const taken = (performance.now() - began) / 1000;
  await pool.destroy();
  return {
    requests: times.length,
    errors,
    seconds: taken,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}
