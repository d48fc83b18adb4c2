import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownEnvironment } from './settings.js';

/** A process of the platform that has said that it is ready. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly managementUrl?: string;
  /** Shell command that starts it again in the root of the clone. */
  readonly command: string;
  readonly process: ChildProcess;
}

/** How to start a process. */
export interface StartProcess {
  readonly name: string;
  /** Module below the root of the clone. */
  readonly module: string;
  readonly args: readonly string[];
  /** Settings that other users of the machine must not read in the list of processes, as environment variables. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly root: string;
  readonly logFolder: string;
  readonly timeoutMs: number;
  /** Where it listens, for processes that do not say so themselves. */
  readonly url: string;
}

interface StartedMessage {
  readonly type: 'started';
  readonly url?: string;
  readonly managementUrl?: string;
}

const linesShown = 15;
/** A small young generation: a service idles at two thirds of the memory, for a few percent of speed. */
const execArguments = ['--enable-source-maps', '--max-semi-space-size=1'];

/**
 * Starts a process and waits until it is ready. Its output goes to `<log folder>/<name>.log`; its IPC channel
 * ends it when this process goes away, however that happens.
 * @throws Error with the end of its log when it ends or stays silent.
 */
export async function startProcess(start: StartProcess): Promise<RunningProcess> {
  const { name, module, args, root, logFolder } = start;
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const log = join(logFolder, `${name}.log`);
  const output = openSync(log, 'w');
  const child = fork(join(root, module), [...args], {
    cwd: root,
    env: { ...ownEnvironment(), ...start.secrets },
    stdio: ['ignore', output, output, 'ipc'],
    execArgv: execArguments,
  });
  closeSync(output);
  const failed = (reason: string) =>
    new Error(`${name} ${reason}. The end of ${join(dirname(log), `${name}.log`)}:\n${tail(log)}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(failed(`did not become ready in ${start.timeoutMs / 1000} s`));
    }, start.timeoutMs);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(failed(`ended with ${signal ?? `status ${code}`}`));
    });
    child.once('error', reject);
    child.on('message', (message: StartedMessage) => {
      if (message.type !== 'started') return;
      clearTimeout(timer);
      resolve({
        name,
        pid: child.pid!,
        url: message.url ?? start.url,
        ...(message.managementUrl === undefined ? {} : { managementUrl: message.managementUrl }),
        command: shellCommand(start),
        process: child,
      });
    });
  });
}

/** Stops processes in the opposite order of their start; what does not end in time is killed. */
export async function stopProcesses(running: readonly RunningProcess[]): Promise<void> {
  for (const group of [...running].reverse()) {
    const child = group.process;
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

function shellCommand({ module, args, secrets = {} }: StartProcess): string {
  const quote = (text: string) =>
    /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
  const environment = Object.entries(secrets).map(([name, value]) => `${name}=${quote(value)}`);
  return [...environment, 'npx', 'node', ...execArguments, module, ...args.map(quote)].join(' ');
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-linesShown).join('\n');
}
