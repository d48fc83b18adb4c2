import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { currentCorrelation } from './correlation.js';
import { logStream } from './standard-output.js';

/** Values under these names are never written, wherever they stand in a logged object (two levels deep). */
const secretNames = [
  'authorization',
  'Authorization',
  'cookie',
  'password',
  'secret',
  'clientSecret',
  'primaryKey',
  'secondaryKey',
  '["ocp-apim-subscription-key"]',
  '["set-cookie"]',
  '["x-functions-key"]',
];

/**
 * The structured log of a service: one JSON line an event, with the correlation of the work in
 * progress (`correlationId`, `trace_id`, `span_id`).
 */
export function createLogger(
  service: string,
  level: string,
  destination?: DestinationStream,
): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: secretNames.flatMap((name) => {
        const dot = name.startsWith('[') ? '' : '.';
        return [name, `*${dot}${name}`, `*.*${dot}${name}`];
      }),
      censor: '[redacted]',
    },
    mixin: correlationFields,
  };
  return pino(options, destination ?? logStream({ fd: 1, service }));
}

function correlationFields(): object {
  const correlation = currentCorrelation();
  if (!correlation) return {};
  return {
    correlationId: correlation.correlationId,
    trace_id: correlation.traceId,
    span_id: correlation.spanId,
  };
}
