import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Where the operating system's package puts it. */
const binary = [
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
  '/opt/homebrew/bin/redis-server',
].find((one) => existsSync(one));

/** Whether a real Redis is at hand: one that runs already (its URL), or one that can be started. */
export function hasRedis(running: string | undefined): boolean {
  return running !== undefined || binary !== undefined;
}

/** A real Redis that a test may take away: its own process, or the way to one that runs already. */
export class RedisServer {
  #process: ChildProcess | undefined;
  #way: Server | undefined;
  readonly #sockets = new Set<Socket>();

  private constructor(
    readonly port: number,
    private readonly running: string | undefined,
  ) {}

  /** `running`: URL of a Redis that others use too; its keys stay. */
  static async start(running: string | undefined): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), running);
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Makes it answer (again). */
  async resume(): Promise<void> {
    if (this.running === undefined) this.#spawn();
    else await this.#open(new URL(this.running));
    for (let index = 0; index < 100; index++) {
      if (await answers(this.port)) return;
      await wait(30);
    }
    throw new Error('Redis does not answer');
  }

  /** Takes it away at once. */
  async stop(): Promise<void> {
    this.#way?.close();
    for (const socket of this.#sockets) socket.destroy();
    const running = this.#process;
    if (!running) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
    this.#process = undefined;
  }

  #spawn(): void {
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    this.#process = spawn(binary ?? '', args, { stdio: 'ignore' });
  }

  #open(target: URL): Promise<void> {
    const way = net.createServer((socket) => {
      const onward = net.connect(Number(target.port), target.hostname);
      socket.pipe(onward).pipe(socket);
      for (const [one, another] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => one.destroy()).on('close', () => another.destroy());
      }
    });
    this.#way = way;
    return new Promise((resolve) => way.listen(this.port, '127.0.0.1', resolve));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', (chunk) => {
      resolve(chunk.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.on('error', () => resolve(false)).on('close', () => resolve(false));
  });
}
