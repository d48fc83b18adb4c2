import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Readiness } from './readiness.js';

/** How a service stops. Times are milliseconds. */
export interface Shutdown {
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly close: () => Promise<void>;
  readonly drainDelay: number;
  readonly drainTimeout: number;
}

/**
 * Stops gracefully on SIGTERM, SIGINT, or when the starting process goes away (its IPC channel
 * closes): readiness off, a delay for load balancers to notice, then the listeners close while
 * open requests end. A second signal, or the timeout, ends the process at once.
 */
export function stopOnSignals(shutdown: Shutdown): void {
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    void drain(shutdown, reason).then((code) => process.exit(code));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.channel) process.on('disconnect', () => stop('starting process gone'));
}

async function drain(shutdown: Shutdown, reason: string): Promise<number> {
  const { logger, readiness, close, drainDelay, drainTimeout } = shutdown;
  logger.info({ reason }, 'draining');
  readiness.startDraining();
  await wait(drainDelay);
  const outcome = await Promise.race([
    close().then(
      () => 'stopped' as const,
      (err: unknown) => {
        logger.error({ err }, 'stopping failed');
        return 'failed' as const;
      },
    ),
    wait(drainTimeout, 'timeout' as const),
  ]);
  logger.info({ outcome }, 'stopped');
  return outcome === 'stopped' ? 0 : 1;
}
