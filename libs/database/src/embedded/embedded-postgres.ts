import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Binaries } from './binaries.js';
import { dataArgument, initialise, passwordFile, superuser } from './initialise.js';

/** Advisory lock keys of the protocol between keeper and users; see `keeper.ts`. */
const locks = { keeper: 0x15740001, users: 0x15740002 } as const;

/** Options of an embedded server. */
export interface EmbeddedOptions {
  /** The folder that holds everything of the server: `data/`, `server.json`, `server.log`. One server per folder. */
  readonly dataFolder: string;
  /** How long the server goes on after its last user left; default 3 seconds. */
  readonly graceSeconds?: number;
}

/** The use of an embedded server by this process. The server runs as long as one such use is open. */
export interface EmbeddedPostgres {
  /** Connection string to a database of the server, `postgres` when not named. */
  url(database?: string): string;
  /** Ends this use; the server stops soon after the last one. */
  release(): Promise<void>;
}

interface Description {
  readonly port: number;
  readonly pid: number;
}

/**
 * Uses the embedded PostgreSQL of a data folder: starts it when it is not running, finds it when another process of the
 * same folder started it, and starts it again should it die while in use. Leftovers of a crash are recovered.
 *
 * @throws Error when the server cannot be started within a minute; the message names the server's log.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  // Absolute, because keeper and server have working folders of their own.
  const dataFolder = resolve(options.dataFolder);
  const binaries = await initialise(dataFolder);
  const password = await readFile(join(dataFolder, 'data', passwordFile), 'utf8');
  const use = new EmbeddedUse({ ...options, dataFolder }, binaries, password);
  await use.join();
  return use;
}

/**
 * Stops the embedded server of a data folder, users or not (open transactions are rolled back), and waits for its end.
 * Does nothing when it is not running.
 */
export async function stopEmbeddedPostgres(dataFolder: string): Promise<void> {
  const server = await readDescription(dataFolder);
  if (!server) return;
  const password = await readFile(join(dataFolder, 'data', passwordFile), 'utf8').catch(() => '');
  const session = await connect(server.port, password);
  await rm(join(dataFolder, 'server.json'), { force: true });
  if (!session) return;
  // Only a process that answers with our password is surely our server: process ids are reused.
  await session.end();
  process.kill(server.pid, 'SIGINT');
  while (isAlive(server.pid)) await sleep(20);
}

class EmbeddedUse implements EmbeddedPostgres {
  #presence: pg.Client | undefined;
  #port = 0;
  #released = false;

  constructor(
    private readonly options: EmbeddedOptions,
    private readonly binaries: Binaries,
    private readonly password: string,
  ) {}

  url(database = 'postgres'): string {
    return `postgres://${superuser}:${this.password}@127.0.0.1:${this.#port}/${database}`;
  }

  async release(): Promise<void> {
    this.#released = true;
    await this.#presence?.end().catch(() => undefined);
  }

  /** Holds the `users` lock in a session of its own, starting a keeper as often as it takes. */
  async join(): Promise<void> {
    const deadline = performance.now() + 60_000;
    let keeper = { ended: true };
    for (;;) {
      const server = await readDescription(this.options.dataFolder);
      const session = server && (await this.#enter(server.port));
      if (server && session) {
        this.#port = server.port;
        this.#presence = session;
        session.once('end', () => void this.#rejoin());
        return;
      }
      if (performance.now() > deadline) throw await this.#failure();
      if (keeper.ended) keeper = this.#spawnKeeper();
      await sleep(30);
    }
  }

  async #enter(port: number): Promise<pg.Client | undefined> {
    const session = await connect(port, this.password);
    if (!session) return undefined;
    try {
      const { rows } = await session.query<{ entered: boolean }>(
        'select pg_try_advisory_lock_shared($1) as entered',
        [locks.users],
      );
      if (rows[0]?.entered) return session;
    } catch {
      // the server is on its way out
    }
    await session.end().catch(() => undefined);
    return undefined;
  }

  async #rejoin(): Promise<void> {
    while (!this.#released) {
      try {
        await sleep(200);
        if (!this.#released) await this.join();
        if (this.#released) await this.#presence?.end();
        return;
      } catch {
        await sleep(1000);
      }
    }
  }

  #spawnKeeper(): { ended: boolean } {
    const state = { ended: false };
    const { dataFolder, graceSeconds = 3 } = this.options;
    const { folder, identity } = this.binaries;
    const program = fileURLToPath(new URL(`./keeper${extname(import.meta.url)}`, import.meta.url));
    const settings = {
      folder: dataFolder,
      postgres: join(folder, 'postgres'),
      dataArgument: dataArgument(join(dataFolder, 'data'), identity !== undefined),
      ...identity,
      passwordFile: join(dataFolder, 'data', passwordFile),
      user: superuser,
      graceSeconds,
      locks,
    };
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=32', program, JSON.stringify(settings)],
      { detached: true, stdio: 'ignore', cwd: dataFolder, env: {} },
    );
    child.unref();
    child.once('error', () => (state.ended = true));
    child.once('exit', () => (state.ended = true));
    return state;
  }

  async #failure(): Promise<Error> {
    const log = join(this.options.dataFolder, 'server.log');
    const tail = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-5);
    return new Error(
      `the embedded PostgreSQL did not start within 60 seconds; see ${log}\n${tail.join('\n')}`,
    );
  }
}

async function readDescription(dataFolder: string): Promise<Description | undefined> {
  const text = await readFile(join(dataFolder, 'server.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Description);
}

async function connect(port: number, password: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 3000,
    keepAlive: true,
    application_name: 'isthmus presence',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
