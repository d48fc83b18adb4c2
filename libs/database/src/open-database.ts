import type { Socket } from 'node:net';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { listen, type Subscription } from './notifications.js';

/** What a service says about its store. */
export interface DatabaseOptions {
  /** Lower-case name; the schema of its tables, and in an embedded server also the database's name. */
  readonly service: string;
  /** Migrations by name, applied in the order of the names. Applied ones are never edited. */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Connection string of a PostgreSQL server (`DATABASE_URL`). Without it the embedded server is used. */
  readonly url?: string | undefined;
  /** Folder of the embedded server; needed when `url` is not set. Usually `.isthmus/postgres` of the work folder. */
  readonly dataFolder?: string | undefined;
  /** Most connections of this process; default 10. */
  readonly poolSize?: number | undefined;
  /** Milliseconds after which a statement is given up; default 30,000. */
  readonly statementTimeout?: number | undefined;
}

/** An open store of one service. `Tables` is kysely's table map of that service. */
export interface Database<Tables> {
  readonly db: Kysely<Tables>;
  /** The same connections without the query builder, for the statements that need it. */
  readonly pool: pg.Pool;
  /** Connection string with which another library may open its own connections to the same database. */
  readonly url: string;
  /** Calls `handler` for each NOTIFY on the channel; reconnects by itself. See {@link listen}. */
  listen(channel: string, handler: (payload: string | undefined) => void): Promise<Subscription>;
  /** Resolves when the store answers, rejects otherwise; for readiness checks. */
  ping(): Promise<void>;
  /** Closes all connections and gives up the use of the embedded server. */
  close(): Promise<void>;
}

/**
 * Opens the store of a service: reaches (or starts) PostgreSQL, makes the database and schema when they are missing and
 * applies the migrations. Any number of processes may do so at the same time.
 *
 * @throws Error when the server cannot be reached or a migration fails; then nothing of that migration is kept.
 */
export async function openDatabase<Tables>(options: DatabaseOptions): Promise<Database<Tables>> {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(options.service))
    throw new Error(
      `'${options.service}' is no service name: lower-case letters, digits and _ only`,
    );
  const embedded = options.url ? undefined : await embeddedServer(options);
  try {
    const url = options.url ?? (await makeDatabase(embedded!, `isthmus_${options.service}`));
    await migrate(options, url);
    const pool = makePool(options, url);
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    const close = async (): Promise<void> => {
      await db.destroy();
      await embedded?.release();
    };
    return {
      db,
      pool,
      url,
      listen: (channel, handler) => listen(() => makeClient(url), channel, handler),
      ping: async () => void (await pool.query('select 1')),
      close,
    };
  } catch (error) {
    await embedded?.release();
    throw error;
  }
}

async function embeddedServer({ dataFolder }: DatabaseOptions): Promise<EmbeddedPostgres> {
  if (!dataFolder)
    throw new Error('neither a connection string (DATABASE_URL) nor a data folder is set');
  return startEmbeddedPostgres({ dataFolder });
}

/** Makes a database of the embedded server and returns its connection string. */
async function makeDatabase(server: EmbeddedPostgres, name: string): Promise<string> {
  const session = new pg.Client(server.url());
  await session.connect();
  try {
    const { rowCount } = await session.query('select 1 from pg_database where datname = $1', [
      name,
    ]);
    if (rowCount === 0) await session.query(`create database ${name}`).catch(ignoreDuplicate);
  } finally {
    await session.end();
  }
  return server.url(name);
}

/** `42P04` duplicate_database, `23505` the same seen by two sessions at once. */
function ignoreDuplicate(error: { code?: string }): void {
  if (error.code !== '42P04' && error.code !== '23505') throw error;
}

function makeClient(connectionString: string): pg.Client {
  return new pg.Client({ connectionString, connectionTimeoutMillis: 10_000, keepAlive: true });
}

/** How much longer than a statement may take the network may be silent. */
const silenceMs = 5000;

/** A network that swallows packets ends no connection: whoever waits on one would wait for ever. */
function breakWhenSilent(client: pg.ClientBase, milliseconds: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.setTimeout(milliseconds, () =>
    stream.destroy(new Error(`the database has been silent for ${milliseconds} ms`)),
  );
}

function makePool(options: DatabaseOptions, url: string): pg.Pool {
  const { service, poolSize = 10, statementTimeout = 30_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: `isthmus ${service}`,
    options: `-c search_path=${service},public`,
    statement_timeout: statementTimeout,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Idle connections break when the server restarts; the pool replaces them, and queries report their own errors.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    // So do connections in use: without a listener their 'error' event would end the process.
    client.on('error', () => undefined);
    // The server ends a statement after its time. When it says nothing for longer, it cannot be reached.
    if (statementTimeout > 0) breakWhenSilent(client, statementTimeout + silenceMs);
  });
  return pool;
}

/** Applies the migrations under a lock that other processes wait for, over connections without a time limit. */
async function migrate(options: DatabaseOptions, url: string): Promise<void> {
  const { service, migrations } = options;
  const pool = makePool({ ...options, poolSize: 2, statementTimeout: 0 }, url);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const lock = await pool.connect();
    try {
      await lock.query('select pg_advisory_lock(hashtextextended($1, 0))', [`isthmus ${service}`]);
      await sql`create schema if not exists ${sql.id(service)}`.execute(db);
      const provider = { getMigrations: async () => ({ ...migrations }) };
      const migrator = new Migrator({ db, provider, migrationTableSchema: service });
      const { error, results } = await migrator.migrateToLatest();
      if (error === undefined) return;
      const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
      const reason = error instanceof Error ? error.message : JSON.stringify(error);
      throw new Error(
        `migration ${failed ? `'${failed}' ` : ''}of '${service}' failed: ${reason}`,
        { cause: error },
      );
    } finally {
      lock.release(true); // ends the session, and with it the lock
    }
  } finally {
    await db.destroy();
  }
}
