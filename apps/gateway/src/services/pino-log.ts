import type { Logger } from '@isthmus/host';
import type { Log } from '@isthmus/policy-engine';
import { logText } from '../observability/log-text.js';

/** Longest texts, as Application Insights takes them. Characters. */
const longest = { message: 32_768, value: 8192 };

/** What policies log, as lines of the service log. */
export function pinoLog(logger: Logger): Log {
  return {
    trace({ severity, message, metadata, ...entry }) {
      const level = severity === 'error' ? 'error' : severity === 'information' ? 'info' : 'debug';
      if (!logger.isLevelEnabled(level)) return;
      const told = { message: logText(message, longest.message), metadata: valuesOf(metadata) };
      logger[level]({ ...entry, ...told }, 'trace policy');
    },
    metric: ({ dimensions, ...metric }) =>
      logger.info({ ...metric, dimensions: valuesOf(dimensions) }, 'metric'),
    warn: (message, details) => logger.warn(details, message),
  };
}

function valuesOf(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, logText(value, longest.value)]),
  );
}
