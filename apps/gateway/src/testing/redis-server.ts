import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Where the operating system's package puts it; tests that need it say so when it is not there. */
const binary = [
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
  '/opt/homebrew/bin/redis-server',
].find((one) => existsSync(one));

/** Whether a real Redis can be started here. */
export const hasRedis = binary !== undefined;

/** A Redis of its own on a free port, without files. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it (again), empty; resolves when it answers. */
  async resume(): Promise<void> {
    this.#process = spawn(
      binary ?? '',
      ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { stdio: 'ignore' },
    );
    for (let index = 0; index < 100; index++) {
      if (await answers(this.port)) return;
      await wait(30);
    }
    throw new Error('Redis does not answer');
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (!running) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
    this.#process = undefined;
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
    const socket = net.connect(port, '127.0.0.1', () => socket.end('PING\r\n'));
    socket.on('data', (chunk) => resolve(chunk.toString().startsWith('+PONG')));
    socket.on('error', () => resolve(false)).on('close', () => resolve(false));
  });
}
