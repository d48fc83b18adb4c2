import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How replicas of a kill test are started. */
export interface ReplicaCommand {
  /** The script that is the orchestrator. */
  readonly main: string;
  readonly databaseUrl: string;
  readonly projectFolder: string;
  readonly publicUrl: string;
  readonly lease: number;
}

/** A replica in a process of its own. */
export class ReplicaProcess {
  /** Its address, once it has started. */
  url: string | undefined;
  /** Resolves when it has started, or has ended without. */
  readonly started: Promise<void>;
  /** Resolves when it has ended. */
  readonly gone: Promise<void>;
  /** What it said last. */
  lastWords = '';
  readonly #process: ChildProcess;

  constructor(command: ReplicaCommand) {
    this.#process = fork(command.main, flagsOf(command), {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.lastWords = chunk.toString().slice(0, 2000);
    });
    this.gone = once(this.#process, 'exit').then(() => undefined);
    const message = once(this.#process, 'message') as Promise<[{ url: string }]>;
    this.started = Promise.race([message.then(([{ url }]) => void (this.url = url)), this.gone]);
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Ends it in a moment that it does not choose. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.gone;
  }

  /** It stands still for `milliseconds` and then goes on as if nothing had been. */
  async pause(milliseconds: number): Promise<void> {
    this.#process.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#process.kill('SIGCONT');
  }
}

function flagsOf(command: ReplicaCommand): string[] {
  const flags = {
    port: '0',
    'management-port': '0',
    'database-url': command.databaseUrl,
    'project-folder': command.projectFolder,
    'public-url': command.publicUrl,
    lease: `${command.lease}ms`,
    heartbeat: `${Math.round(command.lease / 4)}ms`,
    'drain-delay': '0ms',
    // Here every run sees many replicas die, and none is to blame.
    'poison-limit': '1000000',
    'log-level': 'fatal',
  };
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
}
