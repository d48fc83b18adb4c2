import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `running.json` of a started platform says. */
export interface Running {
  readonly services: Readonly<Record<string, { url: string; managementUrl?: string; pid: number }>>;
  readonly tokenCommand: string;
  readonly callCommand: string;
}

/** Starts the reference architecture on free ports, hands it over, and stops it whatever happens. */
export async function withPlatform<T>(use: (running: Running) => Promise<T>): Promise<T> {
  const root = resolve(import.meta.dirname, '../../..');
  const data = await mkdtemp(join(tmpdir(), 'isthmus-bench-'));
  const child = fork(join(root, 'tools/start/dist/main.js'), ['--free-ports', '--data', data], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await new Promise<void>((done, fail) => {
      child.once('message', () => done());
      child.once('exit', (code) => fail(new Error(`npm start ended with ${code}`)));
    });
    return await use(JSON.parse(await readFile(join(data, 'running.json'), 'utf8')) as Running);
  } finally {
    await stop(child);
    await rm(data, { recursive: true, force: true });
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGINT');
  await ended;
}
