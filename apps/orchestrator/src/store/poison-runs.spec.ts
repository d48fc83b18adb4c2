import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested } from '../testing/orchestrator-fixture.js';
import { JournalStore, type ReplicaKey, type RunRow } from './journal.store.js';
import { ReplicasStore } from './replicas.store.js';

jest.setTimeout(120_000);

let fixture: OrchestratorFixture;
let replicas: ReplicasStore;
let journal: JournalStore;
let made = 0;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ lease: 600_000, poisonLimit: 5 });
  replicas = new ReplicasStore(fixture.database);
  journal = new JournalStore(fixture.database);
});
afterAll(() => fixture.stop());
/** The replica of the fixture looks for nothing by itself. */
function keepAway(): void {
  const own = fixture.replicas[0]!.app.get(ReplicasStore);
  jest.spyOn(own, 'takeOver').mockResolvedValue([]);
  jest.spyOn(own, 'setAside').mockResolvedValue([]);
}
beforeEach(async () => {
  keepAway();
  for (const table of ['runs', 'journal'])
    await fixture.database.pool.query(`delete from ${table}`);
});

async function born(): Promise<ReplicaKey> {
  const id = `replica ${++made}`;
  return { id, epoch: (await replicas.register(id, 60_000, '1')).epoch };
}

/** Its lease ends; nobody hands anything over. */
const dies = ({ id }: ReplicaKey) =>
  fixture.database.pool.query(
    "update replicas set lease_until = now() - interval '1 second' where id = $1",
    [id],
  );

const row = (id: string, owner: string): RunRow => ({
  id,
  workflow: 'w',
  version: '1',
  status: 'Running',
  owner,
  wakeAt: null,
  parentRun: null,
  clientTrackingId: id,
  triggerName: 'manual',
  startedAt: 0,
  endedAt: null,
  code: null,
  errorMessage: null,
  resubmittedFrom: null,
});
const body = '{"v":1,"at":0,"type":"responseExpired"}';
let written = 0;
const getsOn = (id: string, owner: ReplicaKey) =>
  journal.write(owner, {
    runs: [row(id, owner.id)],
    events: [{ runId: id, seq: ++written, body, payloads: [] }],
  });
const claim = async (me: ReplicaKey) => {
  const runs = await replicas.takeOver(me, { most: 100, fromDead: true, poisonLimit: 5 });
  return runs.map(({ id }) => id).filter((id) => id !== 'elsewhere');
};
const end = { body, code: 'WorkflowRunSetAside', message: 'set aside' };

/**
 * Replicas die as long as they go on with the poisonous run; a run that is not poisonous gets on when its
 * replica lives long enough to take a turn. Gives what was claimed each time.
 */
async function dieOf(poison: string, innocent: readonly string[]): Promise<string[][]> {
  let replica = await born();
  for (const id of [...innocent, poison]) await getsOn(id, replica);
  const claims: string[][] = [];
  for (let death = 0; death < 40; death++) {
    await dies(replica);
    replica = await born();
    if ((await replicas.setAside(5, end)).length > 0) return claims;
    let claimed = await claim(replica);
    // It scans as long as it lives: it gets on with what it has, and asks for more.
    while (claimed.length > 0) {
      claims.push(claimed);
      if (claimed.includes(poison)) break;
      for (const id of claimed) await getsOn(id, replica);
      claimed = await claim(replica);
    }
  }
  throw new Error('the poisonous run was never set aside');
}

describe('a run that kills the replicas that go on with it', () => {
  it('is set aside after five of them; those that were with it are not', async () => {
    const innocent = Array.from({ length: 50 }, (_, index) => `run ${index}`);
    const claims = await dieOf('poison', innocent);
    const withPoison = claims.filter((ids) => ids.includes('poison')).map(({ length }) => length);
    // It died with the replica that began it, with all at first, with a few, and twice as the only suspect.
    expect(withPoison).toHaveLength(4);
    expect(withPoison[0]).toBe(51);
    expect(withPoison[1]).toBeLessThanOrEqual(20);
    const { rows } = await fixture.database.pool.query(
      'select id, code from runs where ended_at is not null',
    );
    expect(rows).toEqual([{ id: 'poison', code: 'WorkflowRunSetAside' }]);
  });

  it('is not counted while it gets on', async () => {
    let replica = await born();
    await getsOn('slow', replica);
    for (let death = 0; death < 10; death++) {
      await dies(replica);
      replica = await born();
      expect(await replicas.setAside(5, end)).toEqual([]);
      expect(await claim(replica)).toEqual(['slow']);
      await getsOn('slow', replica);
    }
  });

  it('is not counted for a replica that died long after it was claimed', async () => {
    let replica = await born();
    await getsOn('waiting', replica);
    for (let death = 0; death < 10; death++) {
      await dies(replica);
      replica = await born();
      expect(await replicas.setAside(5, end)).toEqual([]);
      expect(await claim(replica)).toEqual(['waiting']);
      await fixture.database.pool.query(
        "update runs set claimed_at = now() - interval '2 minutes'",
      );
    }
  });

  it('has failed for whoever asks, with the reason; it is not tried again, and can be resubmitted', async () => {
    jest.restoreAllMocks();
    fixture.answer = () => ({ after: 60_000 });
    const Call = { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/never` } };
    await fixture.deploy({ deadly: requested({ Call }) });
    const run = (await fixture.call('deadly')).headers.get('x-ms-workflow-run-id')!;
    // Five replicas have died with it; it is nobody's now.
    const killer = await born();
    await fixture.database.pool.query(
      'update runs set owner = null, wake_at = now(), crashes = 5 where id = $1',
      [run],
    );
    const properties = await fixture.ended('deadly', run);
    expect(properties).toMatchObject({
      status: 'Failed',
      code: 'WorkflowRunSetAside',
      error: { code: 'WorkflowRunSetAside' },
    });
    expect(properties.error.message).toContain('5 replicas ended one after the other');
    const { calls } = fixture;
    expect(calls.filter(({ path }) => path === '/never')).toHaveLength(1);
    expect(await claim(killer)).toEqual([]);
    const again = await fixture.manage('POST', `/deadly/triggers/manual/histories/${run}/resubmit`);
    expect(again.status).toBe(202);
  });
});
