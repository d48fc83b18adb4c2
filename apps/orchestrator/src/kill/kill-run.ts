import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase, stopEmbeddedPostgres, type Database } from '@isthmus/database';
import { migrations } from '../migrations/index.js';
import { JournalStore } from '../store/journal.store.js';
import type { Tables } from '../store/tables.js';
import { signedQuery, triggerPermission } from '../triggers/callback-url.js';
import { check, type StoredRun } from './checker.js';
import { kill, startReplica, type ReplicaProcess } from './replica-processes.js';
import { StubBackend } from './stub-backend.js';
import { writeProject } from './workload.js';

/** What a kill test does. */
export interface KillPlan {
  readonly replicas: number;
  readonly kills: number;
  readonly seed: number;
  /** Of these kills some are pauses past the lease (SIGSTOP, SIGCONT) instead. */
  readonly pauses: number;
  readonly progress?: (done: number) => void;
}

/** What came of it. */
export interface KillResult {
  readonly kills: number;
  readonly pauses: number;
  readonly accepted: number;
  readonly runs: number;
  readonly calls: number;
  /** Calls that arrived more than once under the same key. */
  readonly repeated: number;
  readonly seconds: number;
  readonly violations: readonly string[];
}

/** Replaced by the address of a living replica. */
const publicUrl = 'http://orchestrator.invalid';
const lease = 2000;
const longestLifeMs = 1500;
const drainSeconds = 90;

/** Runs a workload on replicas that die at random instants, then checks what is left of it. */
export async function killRun(plan: KillPlan): Promise<KillResult> {
  const folder = await mkdtemp(join(tmpdir(), 'isthmus kill '));
  const dataFolder = join(folder, 'postgres');
  const database = await openDatabase<Tables>({ service: 'orchestrator', migrations, dataFolder });
  const test = new KillTest(plan, database, join(folder, 'project'));
  try {
    return await test.run();
  } finally {
    await test.stop();
    await database.close();
    await stopEmbeddedPostgres(dataFolder);
    await rm(folder, { recursive: true, force: true });
  }
}

class KillTest {
  readonly #random: () => number;
  readonly #backend: StubBackend;
  readonly #accepted = new Set<string>();
  readonly #ended = new Map<string, string>();
  #replicas: ReplicaProcess[] = [];
  #names: string[] = [];
  #calling = true;

  constructor(
    private readonly plan: KillPlan,
    private readonly database: Database<Tables>,
    private readonly projectFolder: string,
  ) {
    this.#random = seeded(plan.seed);
    this.#backend = new StubBackend(this.#random, (url) => url.replace(publicUrl, this.#anyUrl()));
  }

  async run(): Promise<KillResult> {
    const began = performance.now();
    this.#names = await writeProject(this.projectFolder, await this.#backend.start());
    for (let index = 0; index < this.plan.replicas; index++)
      this.#replicas.push(await this.#start());
    const callers = [this.#call(), this.#call(), this.#watch()];
    for (let done = 0; done < this.plan.kills; done++) {
      await wait(this.#random() * longestLifeMs);
      const victim = Math.floor(this.#random() * this.#replicas.length);
      if (done < this.plan.pauses) await this.#pause(victim);
      else await kill(this.#replicas[victim]!);
      this.#replicas[victim] = await this.#start();
      this.plan.progress?.(done + 1);
    }
    this.#calling = false;
    await Promise.all(callers);
    await this.#drain();
    return this.#result(performance.now() - began);
  }

  async stop(): Promise<void> {
    this.#calling = false;
    this.#backend.stop();
    for (const replica of this.#replicas) await kill(replica);
  }

  /** A replica that sleeps past its lease finds its runs taken over: it must end, and write nothing. */
  async #pause(victim: number): Promise<void> {
    const { process: child } = this.#replicas[victim]!;
    child.kill('SIGSTOP');
    await wait(lease * 2.5);
    const gone = new Promise<boolean>((resolve) => child.once('exit', () => resolve(true)));
    child.kill('SIGCONT');
    if (!(await Promise.race([gone, wait(10_000, false)])))
      throw new Error('a replica that lost its lease did not end');
  }

  #start(): Promise<ReplicaProcess> {
    const { projectFolder, database } = this;
    return startReplica({ databaseUrl: database.url, projectFolder, publicUrl, lease });
  }

  #anyUrl(): string {
    const alive = this.#replicas.filter(({ process: child }) => child.exitCode === null);
    return alive[Math.floor(this.#random() * alive.length)]?.url ?? 'http://127.0.0.1:9';
  }

  /** Calls one trigger after the other; who gets an answer remembers the run. */
  async #call(): Promise<void> {
    for (let number = 0; this.#calling; number++) {
      const name = this.#names[number % this.#names.length]!;
      try {
        const answer = await fetch(await this.#triggerUrl(name), {
          method: 'POST',
          signal: AbortSignal.timeout(20_000),
        });
        const run = answer.headers.get('x-ms-workflow-run-id');
        if (answer.status < 300 && run !== null) this.#accepted.add(run);
      } catch {
        // The replica died with the call: nothing was promised.
      }
      await wait(20 + this.#random() * 60);
    }
  }

  async #triggerUrl(name: string): Promise<string> {
    const { rows } = await this.database.pool.query<{ primary_key: string }>(
      'select primary_key from workflows where name = $1',
      [name],
    );
    const query = signedQuery(rows[0]?.primary_key ?? '', name, {
      permission: triggerPermission('manual'),
    });
    return `${this.#anyUrl()}/api/${name}/triggers/manual/invoke?${query.toString()}`;
  }

  /** Looks at terminal statuses while replicas die: they must never change. */
  async #watch(): Promise<void> {
    while (this.#calling) {
      await this.#rememberEnded();
      await wait(500);
    }
  }

  async #rememberEnded(): Promise<void> {
    const { rows } = await this.database.pool.query<{ id: string; status: string }>(
      'select id, status from runs where ended_at is not null',
    );
    for (const { id, status } of rows) if (!this.#ended.has(id)) this.#ended.set(id, status);
  }

  /** Waits until every run has ended, or gives those up that do not. */
  async #drain(): Promise<void> {
    for (const end = performance.now() + drainSeconds * 1000; performance.now() < end;) {
      const { rows } = await this.database.pool.query<{ open: number }>(
        'select count(*)::integer as open from runs where ended_at is null',
      );
      if (rows[0]?.open === 0) return;
      await wait(250);
    }
  }

  async #result(milliseconds: number): Promise<KillResult> {
    const journal = new JournalStore(this.database);
    const { rows } = await this.database.pool.query<{ id: string; status: string; ended: boolean }>(
      'select id, status, ended_at is not null as ended from runs',
    );
    const runs: StoredRun[] = [];
    for (const row of rows) runs.push({ ...row, events: await journal.read(row.id) });
    const { calls } = this.#backend;
    const history = { accepted: this.#accepted, runs, calls, ended: this.#ended };
    return {
      kills: this.plan.kills - this.plan.pauses,
      pauses: this.plan.pauses,
      accepted: this.#accepted.size,
      runs: runs.length,
      calls: calls.length,
      repeated: calls.length - new Set(calls.map(({ key }) => key)).size,
      seconds: Math.round(milliseconds / 1000),
      violations: check(history),
    };
  }
}

/** mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
