/**
 * The process behind an embedded server: starts PostgreSQL on a data folder (or adopts one whose keeper died),
 * says where it listens in `server.json`, and stops it when its last user is gone.
 *
 * Nobody writes lock files; PostgreSQL's advisory locks are the protocol, because they vanish with whoever held them:
 * - `keeper` (exclusive): the one keeper of a server. A second one leaves.
 * - `users` (shared): held by the presence connection of every process that uses the server. When the keeper gets it
 *   exclusively there is no user, and while it holds it none can come: that is the moment to stop.
 *
 * The file imports no other source of ours, so that it also runs where the sources are not compiled (tests).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, openSync, statSync, truncateSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** What the starter passes as the only argument, in JSON. */
interface KeeperArguments {
  readonly folder: string;
  readonly postgres: string;
  readonly dataArgument: string;
  readonly uid?: number;
  readonly gid?: number;
  /** A path, not the password: other users of the machine can read a command line. */
  readonly passwordFile: string;
  readonly user: string;
  readonly graceSeconds: number;
  readonly locks: { readonly keeper: number; readonly users: number };
}

const settings = JSON.parse(process.argv[2] ?? '{}') as KeeperArguments;
const data = join(settings.folder, 'data');
const log = join(settings.folder, 'server.log');
const description = join(settings.folder, 'server.json');
const password = await readFile(settings.passwordFile, 'utf8');

await main();

async function main(): Promise<void> {
  const running = await runningServer();
  const server = running ?? (await startServer());
  if (!server) return;
  const session = await connect(server.port);
  if (!session || !(await locks(session, 'pg_try_advisory_lock', settings.locks.keeper))) {
    await session?.end();
    return;
  }
  session.on('error', () => process.exit(0)); // the server went away: the next user starts another keeper
  const draft = `${description}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ port: server.port, pid: server.pid }), { mode: 0o600 });
  await rename(draft, description);
  await untilUnused(session);
  await rm(description, { force: true });
  process.kill(server.pid, 'SIGINT'); // fast shutdown
  await gone(server.pid);
  process.exit(0);
}

/** A server on our data folder that already answers, whoever started it. */
async function runningServer(): Promise<{ port: number; pid: number } | undefined> {
  const found = await readPostmaster();
  if (!found) return undefined;
  for (let attempt = 0; attempt < 20 && isAlive(found.pid); attempt++) {
    const session = await connect(found.port);
    if (session) {
      await session.end();
      return found;
    }
    await sleep(100);
  }
  // A crash left the file, and its process id may since belong to something else; PostgreSQL would then refuse to start.
  if (!(await isPostgres(found.pid))) await rm(join(data, 'postmaster.pid'), { force: true });
  return undefined;
}

/** Line 1 of `postmaster.pid` is the process id, line 4 the port. */
async function readPostmaster(): Promise<{ port: number; pid: number } | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port] = text.split('\n').map(Number);
  return pid && port ? { pid, port } : undefined;
}

async function startServer(): Promise<{ port: number; pid: number } | undefined> {
  const before = await readFile(join(settings.folder, 'port'), 'utf8').catch(() => '0');
  const port = await freePort(Number(before));
  await writeFile(join(settings.folder, 'port'), String(port));
  trimLog();
  const child = spawnPostgres(port);
  if (child.pid === undefined) return undefined;
  child.unref();
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null || child.signalCode !== null) {
      note(`postgres ended early (${child.exitCode ?? child.signalCode})`);
      return undefined;
    }
    const session = await connect(port);
    if (session) {
      await session.end();
      return { port, pid: child.pid };
    }
    await sleep(25);
  }
  child.kill('SIGINT');
  return undefined;
}

function spawnPostgres(port: number): ChildProcess {
  const output = openSync(log, 'a', 0o600);
  const options = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const child = spawn(
    settings.postgres,
    [
      '-D',
      settings.dataArgument,
      ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      cwd: data,
      env: {},
      detached: true,
      stdio: ['ignore', output, output],
      ...(settings.uid === undefined ? {} : { uid: settings.uid }),
      ...(settings.gid === undefined ? {} : { gid: settings.gid }),
    },
  );
  child.on('error', (error) => note(`postgres could not be started: ${error.message}`));
  return child;
}

/** Returns once nobody has used the server for the grace time; from then on nobody can begin to. */
async function untilUnused(session: pg.Client): Promise<void> {
  let idleSince: number | undefined;
  for (;;) {
    await sleep(500);
    if (!(await locks(session, 'pg_try_advisory_lock', settings.locks.users))) {
      idleSince = undefined;
      continue;
    }
    idleSince ??= performance.now();
    if (performance.now() - idleSince >= settings.graceSeconds * 1000) return;
    await locks(session, 'pg_advisory_unlock', settings.locks.users);
  }
}

async function locks(session: pg.Client, call: string, key: number): Promise<boolean> {
  try {
    const { rows } = await session.query<{ done: boolean }>(`select ${call}($1) as done`, [key]);
    return rows[0]?.done === true;
  } catch {
    process.exit(0); // the session is lost, so is the server
  }
}

async function connect(port: number): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: settings.user,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5000,
    application_name: 'isthmus keeper',
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

/** The port of last time when it is free, so that pools outlive a restart of the server; any other otherwise. */
async function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(50);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid);
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).startsWith('postgres');
}

function note(message: string): void {
  appendFileSync(log, `${new Date().toISOString()} keeper: ${message}\n`, { mode: 0o600 });
}

function trimLog(): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 10_000_000) truncateSync(log);
}
