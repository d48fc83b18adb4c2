import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested, until } from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
const wallClock = Date.now;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ lease: 2000, heartbeat: 400 });
});
afterAll(() => fixture.stop());
afterEach(() => {
  Date.now = wallClock;
});

const minutes = 60_000;
/** The wall clock of this process is set; the database's is not. */
const set = (by: number) => {
  Date.now = () => wallClock() + by;
};

describe.each([
  ['ahead', 10 * minutes],
  ['back', -10 * minutes],
])('a wall clock that is set %s by ten minutes while a run waits', (way, by) => {
  it('does not change for how long it waits, nor who owns it', async () => {
    const Pause = { type: 'Wait', inputs: { interval: { count: 4, unit: 'Second' } } };
    const Then = { type: 'Compose', inputs: '@utcNow()', runAfter: { Pause: ['Succeeded'] } };
    await fixture.deploy({ pausing: requested({ Pause, Then }) });
    const url = await fixture.callbackUrl('pausing');
    const began = performance.now();
    const run = (await fetch(url, { method: 'POST' })).headers.get('x-ms-workflow-run-id')!;
    set(by);
    const { rows } = await until(async () => {
      const found = await fixture.database.pool.query(
        'select status, started_at, ended_at from runs where id = $1 and ended_at is not null',
        [run],
      );
      return found.rows.length > 0 ? found : undefined;
    }, 30);
    const seconds = (performance.now() - began) / 1000;
    expect(rows[0].status).toBe('Succeeded');
    expect(seconds).toBeGreaterThan(3.9);
    expect(seconds).toBeLessThan(12);
    const lasted = rows[0].ended_at.getTime() - rows[0].started_at.getTime();
    expect(lasted).toBeGreaterThan(3900);
    expect(lasted).toBeLessThan(12_000);
    // Leases are the database's matter: nobody was declared dead.
    expect(fixture.replicas[0]!.leaseLost).toEqual([]);
  });

  it('makes a recurrence fire neither twice for a slot nor not at all', async () => {
    set(0);
    const Note = { type: 'Compose', inputs: 1 };
    const recurrence = { frequency: 'Second', interval: 2 };
    const name = `ticking-${way}`;
    const ticking = {
      ...requested({ Note }),
      triggers: { every: { type: 'Recurrence', recurrence } },
    };
    await fixture.database.pool.query('delete from runs');
    await fixture.deploy({ [name]: ticking });
    const count = async () => {
      const { rows } = await fixture.database.pool.query(
        'select count(*)::integer as runs from runs where workflow = $1',
        [name],
      );
      return rows[0].runs as number;
    };
    await until(async () => (await count()) >= 1 || undefined);
    const began = performance.now();
    const before = await count();
    set(by);
    await new Promise((resolve) => setTimeout(resolve, 6500));
    const slots = (performance.now() - began) / 2000;
    const fired = (await count()) - before;
    await fixture.manage('POST', `/${name}/disable`);
    expect(fired).toBeGreaterThanOrEqual(Math.floor(slots) - 1);
    expect(fired).toBeLessThanOrEqual(Math.ceil(slots) + 1);
  });
});
