import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownEnvironment } from '../settings.js';

/** A program to start, and how it says that it is ready. */
export interface ProcessStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File for what it prints. */
  readonly log: string;
  /** Ready when this port takes connections; without it, when it sends `{ type: 'started' }`. */
  readonly port?: number;
  /** Keeps it on one processor, so that it does not compete with the load. */
  readonly core?: number;
  readonly timeoutMs?: number;
}

/** A program that runs. */
export interface RunningProgram {
  readonly pid: number;
  /** What it sent with its `started` message. */
  readonly started: Readonly<Record<string, unknown>>;
  readonly stop: () => Promise<void>;
}

const running = new Set<ChildProcess>();
// Nothing outlives the benchmark, however it ends.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(1));

const installed = new Map<string, boolean>();

/** Whether a program is on the path. */
export function hasProgram(name: string): boolean {
  let known = installed.get(name);
  if (known === undefined) {
    // `-v` prints a version with all of them; only ENOENT counts.
    known = spawnSync(name, ['-v'], { stdio: 'ignore' }).error === undefined;
    installed.set(name, known);
  }
  return known;
}

/** Whether servers and load get a processor each. */
export function canPin(): boolean {
  return availableParallelism() > 1 && hasProgram('taskset');
}

/** Command and arguments that run a program on one processor, where the system can do that. */
export function pinned(command: string, args: readonly string[], core: number): [string, string[]] {
  return canPin() ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]];
}

/** Starts a program and waits until it serves. @throws Error with the end of its output. */
export async function runProcess(start: ProcessStart): Promise<RunningProgram> {
  const output = openSync(start.log, 'a');
  const [command, args] =
    start.core === undefined
      ? [start.command, [...start.args]]
      : pinned(start.command, start.args, start.core);
  const child = spawn(command, args, {
    ...(start.cwd === undefined ? {} : { cwd: start.cwd }),
    env: environment(start.env),
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  running.add(child);
  child.once('exit', () => running.delete(child));
  try {
    const started = await ready(child, start);
    return { pid: child.pid!, started, stop: () => stopChild(child) };
  } catch (error) {
    await stopChild(child);
    throw new Error(`${start.name} ${(error as Error).message}\n${tail(start.log)}`, {
      cause: error,
    });
  }
}

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = ownEnvironment();
  return { PATH, HOME, LANG, ...more };
}

async function ready(
  child: ChildProcess,
  { port, timeoutMs = 60_000 }: ProcessStart,
): Promise<Readonly<Record<string, unknown>>> {
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`ended with ${signal ?? `status ${code}`}`)),
    );
  });
  ended.catch(() => undefined);
  const silent = sleep(timeoutMs, undefined, { ref: false }).then(() => {
    throw new Error(`was not ready after ${timeoutMs / 1000} s`);
  });
  silent.catch(() => undefined);
  const serves =
    port === undefined
      ? new Promise<Record<string, unknown>>((resolve) => {
          child.on('message', (message: Record<string, unknown>) => {
            if (message['type'] === 'started') resolve(message);
          });
        })
      : accepts(port, child);
  return Promise.race([serves, ended, silent]);
}

async function accepts(port: number, child: ChildProcess): Promise<Record<string, unknown>> {
  while (child.exitCode === null && !(await isOpen(port))) await sleep(50);
  return {};
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(hard);
}

/** A port of 127.0.0.1 that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
