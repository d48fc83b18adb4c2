import { fstatSync } from 'node:fs';
import { pino, symbols, type Logger } from 'pino';

/** Takes finished lines of the log, each with its line feed. */
export interface LineWriter {
  write(line: string): void;
}

/** Milliseconds that a line waits at most. */
const patience = 80;

/** Bytes of one write: to a pipe other lines are written meanwhile, and only short ones stay whole (PIPE_BUF of Linux). */
const longest = { file: 16 * 1024, pipe: 4096 };

/**
 * A way into the log for what happens with every call: lines are gathered and leave in one write, at the latest after
 * 80 ms and before the process ends, also by an uncaught error. A logger that writes to somewhere else than the
 * standard output gets its lines at once.
 */
export function lineWriter(logger: Logger): LineWriter {
  const stream = (logger as unknown as Record<symbol, unknown>)[symbols.streamSym] as LineWriter & {
    readonly fd?: number;
  };
  if (stream.fd === undefined || stream.fd < 0) return stream;
  const maxWrite = fstatSync(stream.fd).isFile() ? longest.file : longest.pipe;
  // What is more than minLength does not wait; another line of usual length still fits.
  const lines = pino.destination({
    dest: stream.fd,
    sync: false,
    minLength: maxWrite - 512,
    maxWrite,
  });
  // A full disk costs lines, not the service.
  lines.on('error', () => {});
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    lines.flush();
  };
  return {
    write(line) {
      lines.write(line);
      timer ??= setTimeout(flush, patience).unref();
    },
  };
}
