import { createServer } from 'node:net';

/** Whether a port of the loopback interface can be listened on now. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port that the system considers free. */
function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The usual port, or another free one when it is taken; no port twice. */
export class PortChooser {
  readonly #given = new Set<number>();

  /** @param useUsual false: take free ports from the start, as tests do */
  constructor(private readonly useUsual: boolean) {}

  async choose(usual: number): Promise<number> {
    if (this.useUsual && !this.#given.has(usual) && (await isFree(usual))) return this.#give(usual);
    for (;;) {
      const port = await anyPort();
      if (!this.#given.has(port)) return this.#give(port);
    }
  }

  #give(port: number): number {
    this.#given.add(port);
    return port;
  }
}
