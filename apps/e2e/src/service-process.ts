import { fork, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const startTimeoutMs = 60_000;
const linesShown = 15;

/** One service of the platform as its own process, for tests that take single services away. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Where it listens, as it said itself. */
    readonly url: string,
  ) {}

  /**
   * Starts `<module>` (below the root of the clone) and waits until it says that it is ready.
   * @throws Error with the end of its output when it ends or stays silent.
   */
  static start(module: string, args: readonly string[], url?: string): Promise<ServiceProcess> {
    const child = fork(join(root, module), [...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--max-semi-space-size=1'],
    });
    let output = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => {
        output = `${output}${chunk.toString()}`.slice(-20_000);
      });
    return new Promise((done, fail) => {
      const failed = (reason: string): void => {
        child.kill('SIGKILL');
        fail(
          new Error(`${module} ${reason}:\n${output.split('\n').slice(-linesShown).join('\n')}`),
        );
      };
      const timer = setTimeout(() => failed('did not become ready'), startTimeoutMs);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        failed(`ended with ${code ?? signal}`);
      });
      child.on('message', (message: { type?: string; url?: string }) => {
        if (message.type !== 'started') return;
        clearTimeout(timer);
        child.removeAllListeners('exit');
        done(new ServiceProcess(child, message.url ?? url ?? ''));
      });
    });
  }

  /** Ends it without warning, as a machine that fails does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((done) => void this.child.once('exit', done));
    this.child.kill(signal);
    await ended;
  }
}
