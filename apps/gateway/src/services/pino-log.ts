import type { Logger } from '@isthmus/host';
import type { Log } from '@isthmus/policy-engine';

/** What policies log, as lines of the service log. */
export function pinoLog(logger: Logger): Log {
  return {
    trace({ severity, ...entry }) {
      const level = severity === 'error' ? 'error' : severity === 'information' ? 'info' : 'debug';
      logger[level](entry, 'trace policy');
    },
    metric: (metric) => logger.info(metric, 'metric'),
    warn: (message, details) => logger.warn(details, message),
  };
}
