import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { ReplicasStore } from '../store/replicas.store.js';
import {
  OrchestratorFixture,
  requested,
  until,
  type ReplicaUnderTest,
} from '../testing/orchestrator-fixture.js';
import { TcpProxy } from '../testing/tcp-proxy.js';
import { check } from './checker.js';
import { readRuns } from './read-runs.js';

jest.setTimeout(180_000);

let fixture: OrchestratorFixture;
let proxy: TcpProxy;
const replicas: ReplicaUnderTest[] = [];

beforeAll(async () => {
  fixture = await OrchestratorFixture.start({
    lease: 60_000,
    publicUrl: 'http://orchestrator.invalid',
  });
  const { hostname, port } = new URL(fixture.database.url);
  proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
  fixture.answer = () => ({ after: 30, body: {} });
  const post = (path: string, ...after: string[]) => ({
    type: 'Http',
    inputs: { method: 'POST', uri: `${fixture.backendUrl}${path}` },
    runAfter: Object.fromEntries(after.map((name) => [name, ['Succeeded']])),
  });
  await fixture.deploy({
    steady: requested({ A: post('/a'), B: post('/b', 'A'), C: post('/c', 'B') }),
  });
});
afterAll(async () => {
  proxy.stop();
  await fixture.stop();
});
beforeEach(async () => {
  for (const table of ['runs', 'journal'])
    await fixture.database.pool.query(`delete from ${table}`);
  fixture.calls.length = 0;
});
afterEach(async () => {
  proxy.network = 'open';
  proxy.delay = 0;
  for (const replica of replicas.splice(0))
    await fixture.stopReplica(replica).catch(() => undefined);
});

/** A replica that reaches its database over the network that breaks. */
async function beyond(lease: number): Promise<ReplicaUnderTest> {
  const replica = await fixture.startReplica({
    lease,
    heartbeat: lease / 4,
    databaseUrl: proxy.through(fixture.database.url),
    publicUrl: 'http://orchestrator.invalid',
  });
  replica.app.useLogger(false);
  replicas.push(replica);
  return replica;
}

/** Calls that go on until they are told to stop, and what they were told. */
async function callers(places: readonly ReplicaUnderTest[]) {
  const url = await fixture.callbackUrl('steady');
  const accepted = new Set<string>();
  const refusals: { status: number; retryAfter: string | null }[] = [];
  let isOn = true;
  const gone = new AbortController();
  const loops = places.map(async (replica) => {
    while (isOn) {
      const answer = await fetch(url.replace(fixture.url, replica.url), {
        method: 'POST',
        signal: gone.signal,
      }).catch(() => undefined);
      const run = answer?.headers.get('x-ms-workflow-run-id');
      if (answer?.status === 202 && run) accepted.add(run);
      else if (answer)
        refusals.push({ status: answer.status, retryAfter: answer.headers.get('retry-after') });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  });
  const stop = async () => {
    isOn = false;
    // A replica that lost its lease is gone, and its connections with it; in a test they stay open.
    const giveUp = setTimeout(() => gone.abort(), 5000);
    await Promise.all(loops);
    clearTimeout(giveUp);
  };
  return { accepted, refusals, stop };
}

async function violations(accepted: ReadonlySet<string>): Promise<string[]> {
  await until(async () => {
    const { rows } = await fixture.database.pool.query(
      'select count(*)::integer as open from runs where ended_at is null',
    );
    return rows[0].open === 0 || undefined;
  }, 60);
  const runs = await readRuns(fixture.database);
  const calls = fixture.calls.map(({ key, at }) => ({ key: decodeURIComponent(key), at }));
  const order = new Map([['steady', { B: ['A'], C: ['B'] }]]);
  // Every call has a tracking id of its own.
  return check({ accepted, runs, calls, ended: new Map(), pauses: [], order });
}

const enough = (accepted: Set<string>, more = 10) => {
  const before = accepted.size;
  return until(() => accepted.size >= before + more || undefined, 60);
};

describe('a network between orchestrator and database', () => {
  it('that breaks all connections for a moment: what was accepted ends once, nobody is restarted', async () => {
    const replica = await beyond(60_000);
    const { accepted, refusals, stop } = await callers([replica]);
    for (let outage = 0; outage < 3; outage++) {
      await enough(accepted);
      proxy.network = 'refuse';
      await new Promise((resolve) => setTimeout(resolve, 1500));
      proxy.network = 'open';
    }
    await enough(accepted);
    await stop();
    expect(await violations(accepted)).toEqual([]);
    expect(refusals.filter(({ status }) => status !== 503)).toEqual([]);
    expect(refusals.filter(({ retryAfter }) => retryAfter !== '5')).toEqual([]);
    expect(replica.leaseLost).toEqual([]);
    // Nobody took anything over: every call was made once.
    expect(new Set(fixture.calls.map(({ key }) => key)).size).toBe(fixture.calls.length);
  });

  it('that swallows everything between one replica and the database: another takes over, and nothing is written behind its back', async () => {
    const replica = await beyond(2000);
    const { accepted, stop } = await callers([replica]);
    await enough(accepted);
    proxy.network = 'swallow';
    await until(async () => {
      const { rows } = await fixture.database.pool.query(
        'select count(*)::integer as open from runs where ended_at is null',
      );
      return rows[0].open === 0 || undefined;
    }, 60);
    proxy.network = 'open';
    await until(() => replica.leaseLost.length > 0 || undefined, 60);
    await stop();
    expect(await violations(accepted)).toEqual([]);
  });

  it('that is away for all replicas for longer than their leases: none declares another dead when it is back', async () => {
    const both = [await beyond(2000), await beyond(2000)];
    const { accepted, stop } = await callers(both);
    await enough(accepted);
    // The replica of the fixture, which is not cut off, must not look meanwhile.
    const looking = fixture.replicas[0]!.app.get(ReplicasStore);
    const idle = jest.spyOn(looking, 'takeOver').mockResolvedValue([]);
    proxy.network = 'refuse';
    await new Promise((resolve) => setTimeout(resolve, 4000));
    proxy.network = 'open';
    await enough(accepted);
    await stop();
    idle.mockRestore();
    expect(both.map(({ leaseLost }) => leaseLost.length)).toEqual([0, 0]);
    expect(await violations(accepted)).toEqual([]);
  });

  it('that takes 200 ms for every packet: everything ends, nothing is repeated', async () => {
    const replica = await beyond(30_000);
    proxy.delay = 100;
    const { accepted, refusals, stop } = await callers([replica, replica, replica]);
    await enough(accepted, 12);
    await stop();
    expect(await violations(accepted)).toEqual([]);
    expect(refusals).toEqual([]);
    expect(new Set(fixture.calls.map(({ key }) => key)).size).toBe(fixture.calls.length);
  });
});

describe('a database that takes no writes', () => {
  const full = `
    create function refuse_writes() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger full_disk before insert on journal execute function refuse_writes()`;
  it.each([
    [
      'whose disk is full',
      full,
      'drop trigger full_disk on journal; drop function refuse_writes()',
    ],
    [
      'that is read-only, as a standby is',
      'alter system set default_transaction_read_only = on',
      'set default_transaction_read_only = off; alter system reset default_transaction_read_only',
    ],
  ])(
    '%s: new calls get 503, histories can be read, and all goes on when it is over',
    async (_, breaks, mends) => {
      const replica = await beyond(60_000);
      const url = await fixture.callbackUrl('steady');
      const { accepted, refusals, stop } = await callers([replica]);
      await enough(accepted);
      const client = await fixture.database.pool.connect();
      const run = async (statements: string) => {
        await client.query('set default_transaction_read_only = off');
        for (const statement of statements.split(
          /;\s*(?=(?:create trigger|drop function|alter system))/,
        ))
          await client.query(statement);
        await client.query('select pg_reload_conf()');
      };
      try {
        await run(breaks);
        await until(async () => {
          const probe = { method: 'POST', signal: AbortSignal.timeout(2000) };
          const answer = await fetch(url.replace(fixture.url, replica.url), probe).catch(
            () => undefined,
          );
          return answer?.status === 503 || undefined;
        }, 60);
        const [known] = accepted;
        expect((await fixture.read(`/steady/runs/${known}`)).name).toBe(known);
      } finally {
        await run(mends);
        client.release(true);
      }
      await enough(accepted);
      await stop();
      expect(refusals.filter(({ status }) => status !== 503)).toEqual([]);
      expect(replica.leaseLost).toEqual([]);
      expect(await violations(accepted)).toEqual([]);
    },
  );
});
