import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** What `.isthmus/running.json` says. */
export interface Running {
  readonly services: Readonly<
    Record<string, { url: string; managementUrl?: string; pid: number; command: string }>
  >;
  readonly tokenCommand: string;
  readonly callCommand: string;
}

/** `npm start` as a test sees it: processes, sockets and files, nothing else. */
export class PlatformProcess {
  readonly #others: ChildProcess[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly dataFolder: string,
    readonly running: Running,
  ) {}

  /** Starts everything on free ports with data of its own. */
  static async start(): Promise<PlatformProcess> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'isthmus e2e '));
    const child = fork(
      join(root, 'tools/start/dist/main.js'),
      ['--free-ports', '--data', dataFolder],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await new Promise<void>((done, fail) => {
      child.once('message', () => done());
      child.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${output}`)));
    });
    const running = JSON.parse(await readFile(join(dataFolder, 'running.json'), 'utf8')) as Running;
    return new PlatformProcess(child, dataFolder, running);
  }

  /** Runs shell commands one after the other in one shell; gives what they print. */
  shell(...commands: string[]): Promise<string> {
    return new Promise((done, fail) => {
      const shell = spawn('sh', ['-c', commands.join('\n')], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      shell.once('error', fail);
      shell.once('close', () => done(output));
    });
  }

  url(service: string): string {
    return this.running.services[service]!.url;
  }

  managementUrl(service: string): string {
    return this.running.services[service]!.managementUrl!;
  }

  /** Lines of a service's log as objects. */
  async log(service: string): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(this.dataFolder, 'logs', `${service}.log`), 'utf8');
    return text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Kills a service without warning. */
  async kill(service: string): Promise<void> {
    const { pid } = this.running.services[service]!;
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await new Promise((done) => setTimeout(done, 20));
  }

  /** Starts a killed service again by the command of running.json. */
  startAgain(service: string): void {
    this.#others.push(
      spawn(
        'sh',
        [
          '-c',
          `exec env ${this.running.services[service]!.command.replace('npx node ', `"${process.execPath}" `)}`,
        ],
        {
          cwd: root,
          stdio: 'ignore',
        },
      ),
    );
  }

  /** Stops everything as Ctrl-C does; gives the exit status of `npm start`. */
  async stop(): Promise<number | null> {
    for (const other of this.#others) other.kill('SIGTERM');
    const ended = new Promise<number | null>(
      (done) => void this.child.once('exit', (code) => done(code)),
    );
    this.child.kill('SIGINT');
    const code = await ended;
    const alive = Object.values(this.running.services).filter(({ pid }) => isAlive(pid));
    await rm(this.dataFolder, { recursive: true, force: true });
    if (alive.length > 0)
      throw new Error(`still running: ${alive.map(({ pid }) => pid).join(', ')}`);
    return code;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
