import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Migration } from 'kysely/migration';
import pg from 'pg';
import {
  openDatabase,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
  type Database,
} from './index.js';

interface Tables {
  note: { id: number; text: string };
}
const migrations: Record<string, Migration> = {
  '001-note': {
    up: (db) =>
      db.schema
        .createTable('note')
        .addColumn('id', 'integer', (c) => c.primaryKey())
        .addColumn('text', 'text', (c) => c.notNull())
        .execute(),
  },
};

jest.setTimeout(60_000);

const folders: string[] = [];
const open: { close(): Promise<void> }[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'isthmus database '));
  folders.push(join(folder, 'postgres'));
  return join(folder, 'postgres');
};
const openNotes = async (over: object): Promise<Database<Tables>> => {
  const database = await openDatabase<Tables>({ service: 'notes', migrations, ...over });
  open.push(database);
  return database;
};
const serverOf = async (folder: string): Promise<{ port: number; pid: number }> =>
  JSON.parse(await readFile(join(folder, 'server.json'), 'utf8')) as { port: number; pid: number };
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const until = async (what: () => boolean | Promise<boolean>, seconds = 15): Promise<void> => {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(50))
    if (await what()) return;
  throw new Error('waited in vain');
};
const keeperOf = async (pid: number): Promise<number> =>
  Number(/PPid:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(async () => {
  for (const folder of folders) {
    await stopEmbeddedPostgres(folder);
    await rm(join(folder, '..'), { recursive: true, force: true, maxRetries: 9 });
  }
});

describe('openDatabase on the embedded server', () => {
  it('starts it in a folder with a blank, migrates, and keeps what was written over a restart', async () => {
    const dataFolder = await newFolder();
    const first = await openNotes({ dataFolder });
    await first.db.insertInto('note').values({ id: 1, text: 'kept' }).execute();
    await first.close();
    await stopEmbeddedPostgres(dataFolder);
    const second = await openNotes({ dataFolder });
    expect(await second.db.selectFrom('note').selectAll().execute()).toEqual([
      { id: 1, text: 'kept' },
    ]);
  });

  it('lends root an unprivileged id and makes no operating-system user', async () => {
    const users = await readFile('/etc/passwd', 'utf8');
    const dataFolder = await newFolder();
    await openNotes({ dataFolder });
    const { pid } = await serverOf(dataFolder);
    const uid = Number(/Uid:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
    expect(uid).toBe(process.getuid?.() === 0 ? 65534 : process.getuid?.());
    expect((await stat(join(dataFolder, 'data'))).uid).toBe(uid);
    expect(await readFile('/etc/passwd', 'utf8')).toBe(users);
  });

  it('works in a folder that others cannot enter', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'isthmus-closed-'));
    await chmod(closed, 0o700);
    const dataFolder = join(closed, 'clone', '.isthmus', 'postgres');
    folders.push(dataFolder);
    const database = await openNotes({ dataFolder });
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('takes a folder relative to the working folder', async () => {
    const dataFolder = relative(process.cwd(), await newFolder());
    await expect((await openNotes({ dataFolder })).ping()).resolves.toBeUndefined();
  });

  it('serves two folders at the same time', async () => {
    const [one, two] = await Promise.all(
      [await newFolder(), await newFolder()].map((dataFolder) => openNotes({ dataFolder })),
    );
    await one!.db.insertInto('note').values({ id: 1, text: 'one' }).execute();
    expect(await two!.db.selectFrom('note').selectAll().execute()).toEqual([]);
    expect(one!.url).not.toBe(two!.url);
  });

  it('is one server for all who open the folder at once, each service with its own database', async () => {
    const dataFolder = await newFolder();
    const opened = await Promise.all(
      ['notes', 'notes', 'notes', 'other'].map((service) => openNotes({ dataFolder, service })),
    );
    await opened[0]!.db.insertInto('note').values({ id: 1, text: 'shared' }).execute();
    const counts = await Promise.all(
      opened.map(async ({ db }) => (await db.selectFrom('note').selectAll().execute()).length),
    );
    expect(counts).toEqual([1, 1, 1, 0]);
  });

  it('stops after its last user has gone, and not before', async () => {
    const dataFolder = await newFolder();
    const one = await startEmbeddedPostgres({ dataFolder, graceSeconds: 1 });
    const two = await startEmbeddedPostgres({ dataFolder, graceSeconds: 1 });
    const { pid } = await serverOf(dataFolder);
    await one.release();
    await sleep(1800);
    expect(isAlive(pid)).toBe(true);
    await two.release();
    await until(() => !isAlive(pid));
  });

  it('stops when its only user is killed', async () => {
    const dataFolder = await newFolder();
    const one = await startEmbeddedPostgres({ dataFolder, graceSeconds: 1 });
    const { pid } = await serverOf(dataFolder);
    const session = `
      const { default: pg } = await import(${JSON.stringify(import.meta.resolve('pg'))});
      const c = new pg.Client(${JSON.stringify(one.url())}); await c.connect();
      await c.query('select pg_advisory_lock_shared(${0x15740002})'); console.log('in'); setInterval(() => {}, 1000);`;
    const user = spawn(process.execPath, ['--input-type=module', '-e', session]);
    await new Promise((resolve) => user.stdout.once('data', resolve));
    await one.release();
    await sleep(1800);
    expect(isAlive(pid)).toBe(true);
    user.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });

  it('recovers from leftovers after server and keeper were killed', async () => {
    const dataFolder = await newFolder();
    const first = await openNotes({ dataFolder });
    await first.db.insertInto('note').values({ id: 1, text: 'kept' }).execute();
    const { pid } = await serverOf(dataFolder);
    process.kill(await keeperOf(pid), 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await first.close();
    expect((await stat(join(dataFolder, 'server.json'))).isFile()).toBe(true);
    const second = await openNotes({ dataFolder });
    expect(await second.db.selectFrom('note').selectAll().execute()).toHaveLength(1);
  });

  it('recovers when the killed server’s process id belongs to another process', async () => {
    const dataFolder = await newFolder();
    await (await openNotes({ dataFolder })).close();
    const { pid } = await serverOf(dataFolder);
    process.kill(await keeperOf(pid), 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    const { readFile: read, writeFile } = await import('node:fs/promises');
    const file = join(dataFolder, 'data', 'postmaster.pid');
    const other = spawn(
      'sleep',
      ['60'],
      process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {},
    );
    await writeFile(file, (await read(file, 'utf8')).replace(String(pid), String(other.pid)));
    const second = await openNotes({ dataFolder });
    await expect(second.ping()).resolves.toBeUndefined();
    other.kill();
  });

  it('starts the server again when it dies in use, and the open pool works on', async () => {
    const dataFolder = await newFolder();
    const database = await openNotes({ dataFolder });
    const { pid } = await serverOf(dataFolder);
    process.kill(pid, 'SIGKILL');
    const restarted = async (): Promise<boolean> => {
      await database.ping();
      return (await serverOf(dataFolder)).pid !== pid;
    };
    await until(() => restarted().catch(() => false));
    expect((await serverOf(dataFolder)).pid).not.toBe(pid);
  });

  it('adopts a server whose keeper was killed and still stops it in the end', async () => {
    const dataFolder = await newFolder();
    const one = await startEmbeddedPostgres({ dataFolder, graceSeconds: 1 });
    const { pid } = await serverOf(dataFolder);
    process.kill(await keeperOf(pid), 'SIGKILL');
    await one.release();
    const { writeFile } = await import('node:fs/promises');
    await writeFile(join(dataFolder, 'server.json'), JSON.stringify({ port: 1, pid }));
    const two = await startEmbeddedPostgres({ dataFolder, graceSeconds: 1 });
    expect((await serverOf(dataFolder)).pid).toBe(pid);
    await two.release();
    await until(() => !isAlive(pid));
  });
});

/** A server of the machine (TEST_DATABASE_URL) where there is one, with a database of its own; else an embedded one. */
const serverDatabase = async (): Promise<{ url: string; release(): Promise<void> }> => {
  const given = process.env['TEST_DATABASE_URL'];
  if (!given) {
    const server = await startEmbeddedPostgres({ dataFolder: await newFolder() });
    return { url: server.url(), release: () => server.release() };
  }
  const name = `spec_${process.pid}_${Date.now()}`;
  const admin = new pg.Client(given);
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(given);
  url.pathname = `/${name}`;
  return { url: url.href, release: async () => undefined };
};

describe('openDatabase on a server', () => {
  it('keeps the services of one database apart by schema', async () => {
    const server = await serverDatabase();
    const url = server.url;
    const notes = await openNotes({ url });
    const other = await openNotes({ url, service: 'other' });
    await notes.db.insertInto('note').values({ id: 1, text: 'mine' }).execute();
    expect(await other.db.selectFrom('note').selectAll().execute()).toEqual([]);
    await notes.close();
    await other.close();
    await server.release();
  });

  it('applies a migration once when several processes open the store at once', async () => {
    const server = await serverDatabase();
    let applied = 0;
    const slow: Record<string, Migration> = {
      ...migrations,
      '002-slow': {
        up: async () => {
          applied += 1;
          await sleep(300);
        },
      },
    };
    const opened = await Promise.all(
      [1, 2, 3, 4].map(() => openNotes({ url: server.url, migrations: slow })),
    );
    expect(applied).toBe(1);
    await Promise.all(opened.map((database) => database.ping()));
    await server.release();
  });

  it('says which migration failed and keeps nothing of it', async () => {
    const server = await serverDatabase();
    const broken: Record<string, Migration> = {
      ...migrations,
      '002-broken': {
        up: async (db) => {
          await db.schema.createTable('half').addColumn('id', 'integer').execute();
          throw new Error('no such luck');
        },
      },
    };
    await expect(openNotes({ url: server.url, migrations: broken })).rejects.toThrow(
      "migration '002-broken' of 'notes' failed: no such luck",
    );
    const fixed = await openNotes({ url: server.url });
    const { rows } = await fixed.pool.query("select to_regclass('notes.half') as half");
    expect(rows).toEqual([{ half: null }]);
    await server.release();
  });

  it('hears notifications, and is told to look after a lost connection', async () => {
    const server = await serverDatabase();
    const database = await openNotes({ url: server.url });
    const heard: (string | undefined)[] = [];
    const subscription = await database.listen('changes', (payload) => heard.push(payload));
    await database.pool.query("notify changes, 'seven'");
    await until(() => heard.includes('seven'));
    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()",
    );
    await until(() => heard.includes(undefined));
    await database.pool.query("notify changes, 'eight'");
    await until(() => heard.includes('eight'));
    expect(heard).toEqual(['seven', undefined, 'eight']);
    await subscription.close();
    await server.release();
  });

  it('gives up connections over which nothing comes any more, and works on when the network does', async () => {
    const server = await serverDatabase();
    const { hostname, port } = new URL(server.url);
    const pairs = new Set<Socket>();
    let isSilent = false;
    const network = createServer((client) => {
      const database = connect(Number(port), hostname);
      for (const [from, to] of [
        [client, database],
        [database, client],
      ] as const) {
        pairs.add(from);
        from.on('error', () => undefined);
        from.on('close', () => to.destroy());
        from.on('data', (chunk: Buffer) => (isSilent ? undefined : to.write(chunk)));
      }
    }).listen(0, '127.0.0.1');
    await once(network, 'listening');
    const address = new URL(server.url);
    address.host = `127.0.0.1:${(network.address() as AddressInfo).port}`;
    const notes = await openNotes({ url: address.href, statementTimeout: 1000 });
    const heard: (string | undefined)[] = [];
    const subscription = await notes.listen('changes', (payload) => heard.push(payload));
    isSilent = true;
    const lost = notes.db
      .transaction()
      .execute((transaction) => transaction.selectFrom('note').selectAll().execute());
    await expect(lost).rejects.toThrow(/silent|terminated|ended/i);
    isSilent = false;
    expect(await notes.db.selectFrom('note').selectAll().execute()).toEqual([]);
    // The connection that listens has lost what it was asked, and is made anew.
    isSilent = true;
    await until(() => heard.includes(undefined) || pairs.size > 20, 12).catch(() => undefined);
    isSilent = false;
    await until(() => heard.includes(undefined), 30);
    await notes.pool.query("notify changes, 'nine'");
    await until(() => heard.includes('nine'));
    await subscription.close();
    network.close();
    for (const socket of pairs) socket.destroy();
    await server.release();
  });

  it('refuses a bad service name and a missing address with a sentence', async () => {
    await expect(openNotes({ service: 'a; drop table', url: 'postgres://x' })).rejects.toThrow(
      "'a; drop table' is no service name",
    );
    await expect(openNotes({})).rejects.toThrow(
      'neither a connection string (DATABASE_URL) nor a data folder is set',
    );
  });
});
