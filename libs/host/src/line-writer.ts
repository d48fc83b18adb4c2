import { fstatSync, writeSync } from 'node:fs';
import { symbols, type Logger } from 'pino';
import { logStream } from './standard-output.js';

/** Takes finished lines of the log, each with its line feed. */
export interface LineWriter {
  write(line: string): void;
}

/** Milliseconds that a line waits at most. */
const patience = 80;

/** Bytes of one write: to a pipe other lines are written meanwhile, and only short ones stay whole (PIPE_BUF of Linux). */
const longest = { file: 64 * 1024, pipe: 4096 };

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
  return new GatheredLines(stream.fd, String(logger.bindings()['service'] ?? ''));
}

/**
 * Lines as bytes in one buffer: as texts they would wait as trees of pieces, which the garbage collector copies again
 * and again.
 */
class GatheredLines implements LineWriter {
  readonly #fd: number;
  readonly #most: number;
  readonly #out: { write(bytes: Buffer): void };
  #gathered: Buffer;
  #length = 0;
  /** A timer will pass on what is gathered. */
  #timed = false;

  constructor(fd: number, service: string) {
    this.#fd = fd;
    this.#most = fstatSync(fd).isFile() ? longest.file : longest.pipe;
    this.#gathered = Buffer.allocUnsafeSlow(this.#most);
    const out = logStream({ fd, service, maxWrite: this.#most, bytes: true });
    // A full disk costs lines, not the service.
    out.on('error', () => {});
    // The stream takes buffers in this mode; its type knows texts only.
    this.#out = out as unknown as { write(bytes: Buffer): void };
    // Behind the stream's own handler: what was passed on before is written before.
    process.on('exit', () => this.#writeRest());
  }

  write(line: string): void {
    // Three bytes at most for a unit of the text: they are only counted where they might not fit.
    if (this.#length + line.length * 3 > this.#most) {
      const size = Buffer.byteLength(line);
      if (this.#length + size > this.#most) this.#pass();
      if (size > this.#most) return this.#out.write(Buffer.from(line));
    }
    this.#length += this.#gathered.write(line, this.#length);
    if (this.#timed) return;
    this.#timed = true;
    setTimeout(() => {
      this.#timed = false;
      this.#pass();
    }, patience).unref();
  }

  #pass(): void {
    if (this.#length === 0) return;
    // The buffer belongs to the stream from now on.
    this.#out.write(this.#gathered.subarray(0, this.#length));
    this.#gathered = Buffer.allocUnsafeSlow(this.#most);
    this.#length = 0;
  }

  #writeRest(): void {
    try {
      if (this.#length > 0) writeSync(this.#fd, this.#gathered, 0, this.#length);
    } catch {
      // Nobody is left to be told.
    }
  }
}
