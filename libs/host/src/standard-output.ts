import { pino, stdTimeFunctions } from 'pino';

/** The stream that pino writes lines or bytes with. */
type LogStream = ReturnType<typeof pino.destination>;

/** Bytes of the log that wait for whoever reads it; what comes on top is lost. */
const mostWaiting = 16 * 1024 * 1024;

/** How a stream to the log is opened. */
export interface LogStreamOptions {
  readonly fd: number;
  /** Name of the service, for the line that tells what was lost. */
  readonly service: string;
  readonly maxWrite?: number;
  /** Takes bytes instead of texts. */
  readonly bytes?: true;
  readonly mostWaiting?: number;
}

/**
 * A way out for the log that never holds up the service: writing waits in memory, up to a bound, for a reader that is
 * slow or has stopped. What was lost is told by one line when it reads again.
 */
export function logStream(options: LogStreamOptions): LogStream {
  const { fd, service, maxWrite, bytes } = options;
  const out = pino.destination({
    dest: fd,
    sync: false,
    maxLength: options.mostWaiting ?? mostWaiting,
    ...(maxWrite === undefined ? {} : { maxWrite }),
    ...(bytes ? { contentMode: 'buffer' as const } : {}),
  });
  let lost = 0;
  out.on('drop', () => {
    lost += 1;
  });
  out.on('drain', () => {
    if (lost === 0) return;
    const line = lostLine(service, lost);
    lost = 0;
    out.write((bytes ? Buffer.from(line) : line) as string);
  });
  return out;
}

function lostLine(service: string, writes: number): string {
  const time = stdTimeFunctions.isoTime().slice(1);
  const msg = 'lines of the log were lost: they were not taken in time';
  return `{"level":"warn",${time},"service":${JSON.stringify(service)},"writes":${writes},"msg":"${msg}"}\n`;
}
