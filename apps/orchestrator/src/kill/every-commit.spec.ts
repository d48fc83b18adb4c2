import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '@isthmus/database';
import { Background } from '../maintenance/background.js';
import { DATABASE } from '../providers.js';
import { RunService } from '../runner/run-service.js';
import type { Tables } from '../store/tables.js';
import { DyingDatabase, type CrashPoint } from '../testing/dying-database.js';
import {
  OrchestratorFixture,
  requested,
  until,
  type ReplicaUnderTest,
} from '../testing/orchestrator-fixture.js';
import { check } from './checker.js';
import { evidenceOf, readRuns } from './read-runs.js';
import { orderOf } from './workload.js';

jest.setTimeout(300_000);

const publicUrl = 'http://orchestrator.invalid';
const lease = 120_000;
let fixture: OrchestratorFixture;
let provider: Server;
let settings: object;
let survivor = '';

beforeAll(async () => {
  provider = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    request.resume().on('end', () => response.end('{"body":{}}'));
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  settings = {
    publicUrl,
    lease,
    heartbeat: 60_000,
    serviceProviders: [`servicebus=${providerUrl}`],
    resourceAddresses: [`/sites/f/functions/work=${providerUrl}`],
  };
  fixture = await OrchestratorFixture.start(settings);
  survivor = (await fixture.database.pool.query('select id from replicas')).rows[0].id;
  await fixture.deploy(workflows(), { 'host.json': '{}', 'connections.json': connections });
  fixture.answer = ({ path, body }) => {
    if (path === '/subscribe') void callBack(JSON.parse(body).url);
    return { body: { path } };
  };
});
afterAll(async () => {
  await fixture.stop();
  provider.closeAllConnections();
  provider.close();
});

const connections = JSON.stringify({
  serviceProviderConnections: {
    bus: { serviceProvider: { id: '/serviceProviders/serviceBus' }, parameterValues: {} },
  },
});
const after = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, ['Succeeded']]));
const post = (path: string, ...names: string[]) => ({
  type: 'Http',
  inputs: { method: 'POST', uri: `${fixture.backendUrl}${path}`, body: '@guid()' },
  runAfter: after(...names),
});
const answered = (name: string) => ({
  type: 'Response',
  inputs: { statusCode: 200, body: { done: true } },
  runAfter: after(name),
});

/** One workflow for every way in which a run asks something of its host. */
function actionsOf(): Record<string, Record<string, object>> {
  const Answer = answered('B');
  return {
    http: { A: post('/a'), B: post('/b', 'A'), Answer },
    join: { A: post('/a'), B: post('/b', 'A'), C: post('/c', 'A'), D: post('/d', 'B', 'C') },
    loop: {
      Each: {
        type: 'Foreach',
        foreach: '@range(0, 3)',
        runtimeConfiguration: { concurrency: { repetitions: 2 } },
        actions: { A: post('/a'), B: post('/b', 'A') },
      },
    },
    until: {
      Count: {
        type: 'InitializeVariable',
        inputs: { variables: [{ name: 'n', type: 'integer', value: 0 }] },
      },
      Again: {
        type: 'Until',
        expression: "@equals(variables('n'), 2)",
        limit: { count: 5, timeout: 'PT1M' },
        actions: {
          A: post('/a'),
          Add: {
            type: 'IncrementVariable',
            inputs: { name: 'n', value: 1 },
            runAfter: after('A'),
          },
        },
        runAfter: after('Count'),
      },
    },
    timer: {
      A: post('/a'),
      Pause: {
        type: 'Wait',
        inputs: { interval: { count: 1, unit: 'Second' } },
        runAfter: after('A'),
      },
      B: post('/b', 'Pause'),
    },
    webhook: {
      Ask: {
        type: 'HttpWebhook',
        inputs: {
          subscribe: {
            method: 'POST',
            uri: `${fixture.backendUrl}/subscribe`,
            body: { url: '@listCallbackUrl()' },
          },
        },
      },
      B: post('/b', 'Ask'),
    },
    child: {
      Child: {
        type: 'Workflow',
        inputs: { host: { workflow: { id: 'http' }, triggerName: 'manual' }, body: {} },
      },
      B: post('/b', 'Child'),
      Answer,
    },
    batch: {
      Send: {
        type: 'SendToBatch',
        inputs: {
          host: {
            triggerName: 'Batch',
            workflow: { id: '/subscriptions/s/x/workflows/collecting' },
          },
          batchName: 'b',
          content: '@guid()',
        },
      },
      B: post('/b', 'Send'),
    },
    script: {
      A: { type: 'JavaScriptCode', inputs: { code: 'return 40 + 2;' } },
      B: post('/b', 'A'),
    },
    connector: {
      A: {
        type: 'ServiceProvider',
        inputs: {
          parameters: { queueName: 'orders' },
          serviceProviderConfiguration: {
            connectionName: 'bus',
            operationId: 'sendMessage',
            serviceProviderId: '/serviceProviders/serviceBus',
          },
        },
      },
      F: {
        type: 'Function',
        inputs: { function: { id: '/sites/f/functions/work' } },
        runAfter: after('A'),
      },
      B: post('/b', 'F'),
    },
    limited: { A: post('/a'), B: post('/b', 'A'), Answer },
    split: { A: post('/a'), B: post('/b', 'A') },
    keyed: { A: post('/a'), B: post('/b', 'A'), Answer },
  };
}

const triggers: Record<string, object> = {
  limited: { runtimeConfiguration: { concurrency: { runs: 1 } } },
  split: { splitOn: '@triggerBody()' },
};
const names = [
  ...['http', 'join', 'loop', 'until', 'timer', 'webhook', 'child', 'batch', 'script'],
  ...['connector', 'limited', 'split', 'keyed'],
];

function workflows(): Record<string, object> {
  const collecting = {
    ...requested({ B: post('/collected') }),
    triggers: {
      Batch: {
        type: 'Batch',
        inputs: { mode: 'Inline', configurations: { b: { releaseCriteria: { messageCount: 1 } } } },
      },
    },
  };
  return {
    collecting,
    ...Object.fromEntries(
      Object.entries(actionsOf()).map(([name, actions]) => [
        name,
        requested(actions, triggers[name]),
      ]),
    ),
  };
}

/** The replica that dies; the system behind the webhook prefers it. */
let dying: ReplicaUnderTest | undefined;

/** Calls back as a real system does: until somebody has said yes or no. */
async function callBack(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const base = attempt % 2 === 0 && dying ? dying.url : fixture.url;
    try {
      const signal = AbortSignal.timeout(5000);
      const { status } = await fetch(url.replace(publicUrl, base), { method: 'POST', signal });
      if (status < 500) return;
    } catch {
      // That replica is no more.
    }
    await setTimeout(20);
  }
}

/** Calls the trigger on the replica that dies; a caller with a key asks again when it learns nothing. */
async function call(name: string, url: string): Promise<Set<string>> {
  const accepted = new Set<string>();
  const bases = name === 'keyed' ? [dying!.url, fixture.url, fixture.url] : [dying!.url];
  for (const base of bases) {
    const answer = await fetch(url.replace(fixture.url, base), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-ms-client-tracking-id': 'call 1',
        ...(name === 'keyed' && { 'idempotency-key': 'call 1' }),
      },
      body: '[1]',
      signal: AbortSignal.timeout(30_000),
    }).catch(() => undefined);
    const run = answer?.headers.get('x-ms-workflow-run-id');
    if (answer && answer.status < 300 && run) accepted.add(run);
  }
  return accepted;
}

async function clear(): Promise<void> {
  const tables = ['runs', 'journal', 'signals', 'payloads', 'batch_messages'];
  for (const table of tables) await fixture.database.pool.query(`delete from ${table}`);
  fixture.calls.length = 0;
}

/** A run whose replica dies at one commit, and what is wrong with what is left of it. */
async function runThrough(name: string, url: string, point: CrashPoint) {
  await clear();
  dying = await fixture.startReplica(settings);
  dying.app.useLogger(false);
  const own = dying.app.get<Database<Tables>>(DATABASE);
  const service = dying.app.get(RunService);
  const server = dying.app.getHttpServer() as Server;
  const fate = new DyingDatabase(own.pool, point, (error) => {
    service.halt(error);
    server.close();
    server.closeAllConnections();
  });
  try {
    return await takeOver(name, url, fate);
  } finally {
    fate.isOver = true;
    await bury(dying, fate.died);
    dying = undefined;
  }
}

/** The call, the death, the take-over, the end; and what is wrong with what is left. */
async function takeOver(name: string, url: string, fate: DyingDatabase) {
  const { pool } = fixture.database;
  const calling = call(name, url);
  const isOver = async () => {
    const { rows } = await pool.query(
      'select count(*)::integer as runs, count(ended_at)::integer as ended from runs',
    );
    return rows[0].runs === rows[0].ended;
  };
  let isAnswered = false;
  void calling.then(() => (isAnswered = true));
  await until(async () => fate.died || (isAnswered && (await isOver())) || undefined, 60);
  // The database shows the last commit before the replica knows of it, and dies of it.
  if (!fate.died) await setTimeout(200);
  if (fate.died)
    await pool.query(
      "update replicas set lease_until = now() - interval '1 second' where id <> $1",
      [survivor],
    );
  const accepted = await calling;
  const survivors = fixture.replicas[0]!.app.get(RunService);
  await until(async () => {
    await survivors.scan();
    return (await isOver()) || undefined;
  }, 60);
  const runs = await readRuns(fixture.database);
  const calls = fixture.calls
    .filter(({ key }) => key !== '')
    .map(({ key, at }) => ({ key: decodeURIComponent(key), at }));
  const order = orderOf(actionsOf());
  const history = { accepted, runs, calls, ended: new Map<string, string>(), pauses: [], order };
  const violations = check(history);
  const evidence = violations.length > 0 ? await evidenceOf(fixture.database, violations) : [];
  return { died: fate.died, violations, evidence };
}

/** Stops what a killed process would not have left behind. */
async function bury(replica: ReplicaUnderTest, isDead: boolean): Promise<void> {
  if (!isDead) return fixture.stopReplica(replica);
  fixture.replicas.splice(fixture.replicas.indexOf(replica), 1);
  await replica.app.get(Background).stop();
  await replica.app.get<Database<Tables>>(DATABASE).close();
}

describe('a replica that dies before and after every commit it makes', () => {
  it.each(names)('leaves runs of %s that another one brings to their end', async (name) => {
    const url = await fixture.callbackUrl(name);
    let boundaries = 0;
    for (let commit = 1, alive = true; alive; commit++) {
      alive = false;
      for (const side of ['before', 'after'] as const) {
        const { died, violations, evidence } = await runThrough(name, url, { commit, side });
        expect({ commit, side, violations, evidence }).toEqual({
          commit,
          side,
          violations: [],
          evidence: [],
        });
        if (died) boundaries += 1;
        alive ||= died;
      }
    }
    expect(boundaries).toBeGreaterThanOrEqual(4);
  });
});
