import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@isthmus/host';
import { newRunId, type RunEvent } from '@isthmus/workflow-engine';
import { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { RunService } from '../runner/run-service.js';
import { AdmissionStore } from '../store/admission.store.js';
import {
  JournalStore,
  LeaseLost,
  type JournalBatch,
  type ReplicaKey,
} from '../store/journal.store.js';
import { ReplicasStore } from '../store/replicas.store.js';
import { RunsStore } from '../store/runs.store.js';
import { OrchestratorFixture, requested, until } from '../testing/orchestrator-fixture.js';

jest.setTimeout(120_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start();
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.calls.length = 0;
});

/** Where a replica dies: at its n-th commit, before or after the database has it. */
interface CrashPoint {
  readonly commit: number;
  readonly side: 'before' | 'after';
}

/** A journal whose replica dies at one commit. */
class DyingJournal extends JournalStore {
  commits = 0;
  died = false;
  constructor(
    database: ConstructorParameters<typeof JournalStore>[0],
    private readonly point: CrashPoint,
  ) {
    super(database);
  }

  override async write(replica: ReplicaKey, batch: JournalBatch): Promise<void> {
    this.commits += 1;
    if (this.commits !== this.point.commit) return super.write(replica, batch);
    this.died = true;
    if (this.point.side === 'after') await super.write(replica, batch);
    throw new LeaseLost('died here');
  }
}

function service(journal: JournalStore, durability: 'strict' | 'response'): RunService {
  const { database } = fixture;
  return new RunService({
    settings: {
      durability,
      lease: 60_000,
      heartbeat: 20_000,
      poisonLimit: 5,
      allowPrivateAddresses: true,
    },
    stores: {
      journal,
      replicas: new ReplicasStore(database),
      runs: new RunsStore(database),
      admission: new AdmissionStore(database),
    },
    registry: fixture.replicas[0]!.app.get(WorkflowRegistry),
    logger: createLogger('orchestrator', 'silent'),
    lost: () => undefined,
    sendToBatch: () => Promise.reject(new Error('no batches here')),
  });
}

const post = (path: string, runAfter: object = {}) => ({
  type: 'Http',
  inputs: { method: 'POST', uri: `${fixture.backendUrl}${path}`, body: '@guid()' },
  runAfter,
});
const workflows = {
  chain: () =>
    requested({
      A: post('/a'),
      B: post('/b', { A: ['Succeeded'] }),
      C: { type: 'Compose', inputs: "@body('B')", runAfter: { B: ['Succeeded'] } },
    }),
  fan: () =>
    requested({
      A: post('/a'),
      B: post('/b', { A: ['Succeeded'] }),
      C: post('/c', { A: ['Succeeded'] }),
      D: post('/d', { B: ['Succeeded'], C: ['Succeeded'] }),
    }),
  each: () =>
    requested({
      Each: {
        type: 'Foreach',
        foreach: '@range(0, 4)',
        runtimeConfiguration: { concurrency: { repetitions: 2 } },
        actions: { A: post("/item/@{items('Each')}") },
      },
    }),
  retried: () =>
    requested({
      A: {
        type: 'Http',
        inputs: {
          method: 'POST',
          uri: `${fixture.backendUrl}/busy`,
          retryPolicy: { type: 'fixed', count: 2, interval: 'PT5S' },
        },
      },
    }),
};

/** A run that dies at a point, is taken over and ends; what there is to know of it. */
async function runThrough(name: string, durability: 'strict' | 'response', point: CrashPoint) {
  fixture.calls.length = 0;
  const { database } = fixture;
  const registry = fixture.replicas[0]!.app.get(WorkflowRegistry);
  const { workflow } = (await registry.current(name))!;
  const journal = new DyingJournal(database, point);
  const first = service(journal, durability);
  await first.start();
  const id = newRunId(Date.now(), Math.random);
  const now = Date.now();
  const trigger = {
    name: 'manual',
    status: 'Succeeded',
    startedAt: now,
    endedAt: now,
    trackingId: id,
  } as const;
  const run = first.begin({ id, workflow, trigger });
  const wasAccepted = await first.barrier().then(
    () => true,
    () => false,
  );
  let ended = false;
  void run.end.then(() => (ended = true)).catch(() => undefined);
  await until(() => journal.died || ended || undefined, 60);
  // Its lease ends; the replica of the fixture takes over.
  await database.pool.query(
    "update replicas set lease_until = now() - interval '1 second' where id in (select owner from runs where id = $1)",
    [id],
  );
  if (!journal.died) await first.stop();
  const row = await until(async () => {
    const { rows } = await database.pool.query('select status, ended_at from runs where id = $1', [
      id,
    ]);
    // A run that was never committed was never accepted, and nobody knows it.
    return rows.length === 0 || rows[0].ended_at
      ? { status: rows[0]?.status as string | undefined }
      : undefined;
  }, 60);
  const events = await new JournalStore(database).read(id);
  return { died: journal.died, wasAccepted, status: row.status, events, calls: [...fixture.calls] };
}

function violations(events: readonly RunEvent[], calls: readonly { key: string }[]): string[] {
  const found: string[] = [];
  const finished = events
    .filter((event) => event.type === 'actionFinished')
    .map((event) => event.path);
  if (new Set(finished).size !== finished.length) found.push('an action has two results');
  const ends = events.filter(({ type }) => type === 'runFinished').length;
  if (ends !== 1) found.push(`the run ended ${ends} times`);
  if (events.at(-1)?.type !== 'runFinished') found.push('something happened after the end');
  if (events.some(({ type }, index) => type === 'runStarted' && index > 0))
    found.push('the run began twice');
  const keys = new Set(calls.map(({ key }) => decodeURIComponent(key)));
  for (const path of finished.filter((one) => /(^|\.)[ABD]$/.test(one)))
    if (![...keys].some((key) => key.endsWith(`:${path}`)))
      found.push(`${path} has a result and was never sent`);
  return found;
}

/** A run that was never committed was never accepted; every other one has to end well. */
function fateOf(outcome: Awaited<ReturnType<typeof runThrough>>) {
  const { status, wasAccepted, events, calls } = outcome;
  if (status === undefined) return { isKept: !wasAccepted, violations: [] };
  return { isKept: status === 'Succeeded', violations: violations(events, calls) };
}

describe.each(['response', 'strict'] as const)('in mode %s', (durability) => {
  it.each(['chain', 'fan', 'each', 'retried'] as const)(
    'a run of %s survives the death of its replica before and after every commit',
    async (name) => {
      let busy = 0;
      fixture.answer = ({ path }) => {
        if (path !== '/busy') return { body: { path } };
        return { status: ++busy % 2 === 1 ? 503 : 200, headers: { 'retry-after': '0' }, body: {} };
      };
      await fixture.deploy({ [name]: workflows[name]() });
      let boundaries = 0;
      for (let commit = 1, alive = true; alive; commit++) {
        for (const side of ['before', 'after'] as const) {
          busy = 0;
          const outcome = await runThrough(name, durability, { commit, side });
          alive = outcome.died;
          if (outcome.died) boundaries += 1;
          const at = `${side} commit ${commit}`;
          expect({ at, ...fateOf(outcome) }).toEqual({ at, isKept: true, violations: [] });
        }
      }
      expect(boundaries).toBeGreaterThanOrEqual(4);
    },
  );
});

describe('a replica that lost its lease', () => {
  it('writes nothing more', async () => {
    const { database } = fixture;
    const replicas = new ReplicasStore(database);
    const me = { id: 'zombie', epoch: (await replicas.register('zombie', 60_000, '1')).epoch };
    await database.pool.query(
      "update replicas set lease_until = now() - interval '1 second' where id = 'zombie'",
    );
    const other = { id: 'other', epoch: (await replicas.register('other', 60_000, '1')).epoch };
    await replicas.takeOver(other, { most: 10, fromDead: true, poisonLimit: 5 });
    await expect(new JournalStore(database).write(me, { runs: [], events: [] })).rejects.toThrow(
      LeaseLost,
    );
    await expect(
      replicas.takeOver(me, { most: 10, fromDead: true, poisonLimit: 5 }),
    ).rejects.toThrow(LeaseLost);
    expect(await replicas.heartbeat(me, 60_000)).toBeUndefined();
    expect(await replicas.claimRun(me, 'any')).toBeUndefined();
    await replicas.release(other);
  });

  it('a batch that is written twice is in the journal once', async () => {
    const { database } = fixture;
    const me = {
      id: 'twice',
      epoch: (await new ReplicasStore(database).register('twice', 60_000, '1')).epoch,
    };
    const journal = new JournalStore(database);
    const row = {
      id: 'run-twice',
      workflow: 'w',
      version: '1',
      status: 'Succeeded',
      owner: null,
      wakeAt: null,
      parentRun: null,
      clientTrackingId: 'nul\u0000',
      triggerName: 'manual',
      startedAt: 0,
      endedAt: 1,
      code: null,
      errorMessage: null,
      resubmittedFrom: null,
    };
    const events = [
      { runId: row.id, seq: 1, body: '{"v":1,"at":0,"type":"responseExpired"}', payloads: [] },
    ];
    await journal.write(me, { runs: [row], events });
    await journal.write(me, { runs: [row], events });
    expect(await journal.read(row.id)).toHaveLength(1);
    await new ReplicasStore(database).release(me);
  });
});
