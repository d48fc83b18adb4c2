import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase, stopEmbeddedPostgres, type Database } from '@isthmus/database';
import { migrations } from '../migrations/index.js';
import type { Tables } from '../store/tables.js';
import { signedQuery, triggerPermission } from '../triggers/callback-url.js';
import { check, lateCalls, type Pause } from './checker.js';
import { evidenceOf, readRuns } from './read-runs.js';
import { ReplicaProcess } from './replica-processes.js';
import { StubBackend } from './stub-backend.js';
import { orderOf, workload, writeProject } from './workload.js';

/** What a kill test does. */
export interface KillPlan {
  /** The script that is the orchestrator. */
  readonly main: string;
  /** How many of them there are at a time; each is replaced when it dies. */
  readonly replicas: number;
  readonly kills: number;
  readonly seed: number;
  /** Of these kills some are pauses past the lease (SIGSTOP, SIGCONT) instead. */
  readonly pauses: number;
  readonly progress?: (done: number) => void;
  /** Ends the test early: what was done until then is checked and counted. */
  readonly signal?: AbortSignal;
}

/** What came of it. */
export interface KillResult {
  readonly kills: number;
  /** Of the kills, those that met a replica that was still starting. */
  readonly early: number;
  readonly pauses: number;
  /** Replicas that ended by themselves: they were so slow that their lease ended. */
  readonly ownEnds: number;
  readonly accepted: number;
  readonly runs: number;
  readonly calls: number;
  /** Calls that arrived more than once under the same key. */
  readonly repeated: number;
  /** Of these, those that were on their way when their replica stood still. */
  readonly late: number;
  readonly seconds: number;
  readonly violations: readonly string[];
  /** What the store knows of the runs that they name. */
  readonly evidence: readonly unknown[];
}

/** Replaced by the address of a living replica. */
const publicUrl = 'http://orchestrator.invalid';
const lease = 2000;
const longestLifeMs = 700;
const lifeInStarts = 1.5;
/** The share of replicas that die before they have started. */
const earlyShare = 0.1;
/** A replica that has not started after this time does not start. */
const longestStartMs = 60_000;
/** A machine that is too busy may keep one from starting, but not one after the other. */
const mostFailedStarts = 5;
const drainSeconds = 120;

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
  readonly #keys = new Map<string, string>();
  readonly #pauses: Pause[] = [];
  readonly #replicas = new Set<ReplicaProcess>();
  #names: string[] = [];
  #calling = true;
  #calls = 0;
  #begun = 0;
  #pausesLeft: number;
  #failedStarts = 0;
  #count = { kills: 0, early: 0, pauses: 0, ownEnds: 0 };
  /** How long the last start took. */
  #startMs = 1000;

  constructor(
    private readonly plan: KillPlan,
    private readonly database: Database<Tables>,
    private readonly projectFolder: string,
  ) {
    this.#random = seeded(plan.seed);
    this.#backend = new StubBackend(this.#random, (url) => url.replace(publicUrl, this.#anyUrl()));
    this.#pausesLeft = plan.pauses;
  }

  async run(): Promise<KillResult> {
    const began = performance.now();
    this.#names = await writeProject(this.projectFolder, await this.#backend.start());
    const others = [this.#call(), this.#call(), this.#watch()];
    await Promise.all(Array.from({ length: this.plan.replicas }, () => this.#replaceAndKill()));
    this.#calling = false;
    await Promise.all(others);
    await this.#start().started;
    await this.#drain();
    return this.#result(performance.now() - began);
  }

  async stop(): Promise<void> {
    this.#calling = false;
    this.#backend.stop();
    for (const replica of this.#replicas) await replica.kill();
  }

  /** One place for a replica: whoever stands there dies at some instant, and the next one comes. */
  async #replaceAndKill(): Promise<void> {
    while (this.#begun < this.plan.kills && !this.plan.signal?.aborted) {
      this.#begun += 1;
      const replica = this.#start();
      const isEarly = this.#random() < earlyShare;
      if (isEarly) await wait(this.#random() * this.#startMs);
      else await this.#live(replica);
      if (!replica.isAlive) {
        this.#count.ownEnds += 1;
        process.stderr.write(`a replica ended by itself: ${replica.lastWords}\n`);
      } else if (!isEarly && this.#pausesLeft > 0) await this.#pause(replica);
      else {
        await replica.kill();
        this.#count.kills += 1;
        if (replica.url === undefined) this.#count.early += 1;
      }
      this.#replicas.delete(replica);
      this.plan.progress?.(this.#count.kills + this.#count.pauses);
    }
  }

  async #live(replica: ReplicaProcess): Promise<void> {
    const began = performance.now();
    await Promise.race([replica.started, wait(longestStartMs, undefined, { ref: false })]);
    this.#failedStarts = replica.url === undefined ? this.#failedStarts + 1 : 0;
    if (this.#failedStarts > mostFailedStarts)
      throw new Error(`replicas do not start: ${replica.lastWords}`);
    this.#startMs = performance.now() - began;
    // On a slow machine everything takes longer, also what a replica should come to before it dies.
    const longest = Math.max(longestLifeMs, this.#startMs * lifeInStarts);
    await Promise.race([wait(this.#random() * longest), replica.gone]);
  }

  /** A replica that sleeps past its lease finds its runs taken over: it must end, and write nothing. */
  async #pause(replica: ReplicaProcess): Promise<void> {
    this.#pausesLeft -= 1;
    this.#count.pauses += 1;
    const from = Date.now();
    await replica.pause(lease * 2.5);
    this.#pauses.push({ from, until: Date.now() });
    await Promise.race([replica.gone, wait(10_000, undefined, { ref: false })]);
    // Nobody else may have been there to take over; then it goes on, and dies as the others do.
    if (replica.isAlive) await replica.kill();
  }

  #start(): ReplicaProcess {
    const { plan, projectFolder, database } = this;
    const command = { main: plan.main, databaseUrl: database.url, projectFolder, publicUrl, lease };
    const replica = new ReplicaProcess(command);
    this.#replicas.add(replica);
    return replica;
  }

  #anyUrl(): string {
    const urls = [...this.#replicas].flatMap(({ url, isAlive }) => (url && isAlive ? [url] : []));
    return urls[Math.floor(this.#random() * urls.length)] ?? 'http://127.0.0.1:9';
  }

  /** Calls one trigger after the other; who gets an answer remembers the run. */
  async #call(): Promise<void> {
    while (this.#calling) {
      const number = this.#calls++;
      try {
        const answer = await fetch(await this.#triggerUrl(number), {
          method: 'POST',
          headers: { 'x-ms-client-tracking-id': `call ${number}` },
          signal: AbortSignal.timeout(20_000),
        });
        const run = answer.headers.get('x-ms-workflow-run-id');
        if (answer.status < 300 && run !== null) this.#accepted.add(run);
      } catch {
        // The replica died with the call: nothing was promised.
      }
      await wait(30 + this.#random() * 90);
    }
  }

  async #triggerUrl(number: number): Promise<string> {
    const name = this.#names[number % this.#names.length]!;
    const permission = triggerPermission('manual');
    const query = signedQuery(await this.#keyOf(name), name, { permission });
    return `${this.#anyUrl()}/api/${name}/triggers/manual/invoke?${query.toString()}`;
  }

  async #keyOf(name: string): Promise<string> {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const { rows } = await this.database.pool.query<{ primary_key: string }>(
      'select primary_key from workflows where name = $1',
      [name],
    );
    if (rows[0]) this.#keys.set(name, rows[0].primary_key);
    return rows[0]?.primary_key ?? '';
  }

  /** Looks at terminal statuses while replicas die: they must never change. */
  async #watch(): Promise<void> {
    while (this.#calling) {
      const { rows } = await this.database.pool.query<{ id: string; status: string }>(
        "select id, status from runs where ended_at > now() - interval '10 seconds'",
      );
      for (const { id, status } of rows) if (!this.#ended.has(id)) this.#ended.set(id, status);
      await wait(500);
    }
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
    const runs = await readRuns(this.database);
    const { calls } = this.#backend;
    const order = orderOf(workload(''));
    const history = {
      accepted: this.#accepted,
      runs,
      calls,
      ended: this.#ended,
      pauses: this.#pauses,
      order,
    };
    const violations = check(history);
    return {
      ...this.#count,
      accepted: this.#accepted.size,
      runs: runs.length,
      calls: calls.length,
      repeated: calls.length - new Set(calls.map(({ key }) => key)).size,
      late: lateCalls(history).length,
      seconds: Math.round(milliseconds / 1000),
      violations,
      evidence: await evidenceOf(this.database, violations),
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
