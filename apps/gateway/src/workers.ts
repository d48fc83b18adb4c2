import cluster from 'node:cluster';
import type { Counters } from '@isthmus/policy-engine';
import { answerCount } from './services/primary-counters.js';
import type { CountRequest } from './services/primary-counters.js';

/** Milliseconds before a worker that ended is replaced; doubled while it keeps ending. */
const pauses = { first: 200, longest: 10_000 };

/**
 * Serves with several processes that share the listeners. A worker that ends is replaced; SIGTERM
 * and SIGINT reach all of them, and the primary ends when the last one has drained. The primary
 * counts for all workers, so that limits without Redis are exact.
 */
export function runWorkers(count: number, counters: Counters): void {
  let stopping = false;
  let pause = pauses.first;
  let told = false;
  const start = (): void => {
    const worker = cluster.fork();
    worker.on('message', (message: { type?: string }) => {
      if (message.type === 'count') {
        void answerCount(counters, message as CountRequest).then((answer) => {
          if (worker.isConnected()) worker.send(answer);
        });
        return;
      }
      pause = pauses.first;
      // The first worker speaks for all to whoever started the service.
      if (message.type === 'started' && !told) {
        told = true;
        process.send?.(message);
      }
    });
  };
  cluster.on('exit', (_worker, code) => {
    if (stopping) {
      if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
      return;
    }
    // Status 2: the settings are wrong; starting again would not change them.
    if (code === 2) process.exit(2);
    setTimeout(start, pause);
    pause = Math.min(pauses.longest, pause * 2);
  });
  const stop = (signal: NodeJS.Signals): void => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGTERM'));
  if (process.channel) process.on('disconnect', () => stop('SIGTERM'));
  for (let index = 0; index < count; index++) start();
}
