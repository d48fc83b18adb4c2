import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested, until } from '../testing/orchestrator-fixture.js';

jest.setTimeout(120_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ lease: 60_000 });
});
afterAll(() => fixture.stop());

const calling = (id: string) => ({
  type: 'Workflow',
  inputs: { host: { workflow: { id } }, body: {}, retryPolicy: { type: 'none' } },
});
const ended = ['Succeeded', 'Failed'];
const kinds = ['Stateful', 'Stateless'];
const pairs = kinds.flatMap((parent) => kinds.map((child) => [parent, child] as const));

describe('a workflow that another one calls', () => {
  it.each(pairs)(
    'of a %s parent, %s, gives its answer when it ends at once',
    async (parent, child) => {
      const Answer = { type: 'Response', inputs: { statusCode: 201, body: 'here' } };
      const Quiet = { type: 'Compose', inputs: 1 };
      const Told = {
        type: 'Response',
        inputs: { statusCode: 200, body: "@outputs('Call')" },
        runAfter: { Call: ended },
      };
      const kindOf = (definition: object, kind: string) => ({ definition, kind });
      await fixture.deploy({
        answers: kindOf(requested({ Answer }), child),
        silent: kindOf(requested({ Quiet }), child),
        asks: kindOf(requested({ Call: calling('answers'), Told }), parent),
        waits: kindOf(requested({ Call: calling('silent'), Told }), parent),
      });
      const asked = await fixture.call('asks');
      expect(await asked.json()).toMatchObject({ statusCode: 201, body: 'here' });
      const waited = await fixture.call('waits');
      expect(await waited.json()).toMatchObject({
        statusCode: 502,
        body: { error: { code: 'NoResponse' } },
      });
    },
  );

  it('and that calls itself twice holds up nobody, and ends with its workflow', async () => {
    const Both = {
      type: 'Response',
      inputs: { statusCode: 200, body: 'over' },
      runAfter: { One: ended, Two: ended },
    };
    const Answer = { type: 'Response', inputs: { statusCode: 200, body: 'alive' } };
    await fixture.deploy({
      twice: requested({ One: calling('twice'), Two: calling('twice'), Both }),
      alive: requested({ Answer }),
    });
    const over = fixture.call('twice');
    // A machine with much else to do may refuse new work for a moment.
    await until(async () => (await fixture.call('alive')).status === 200 || undefined);
    // What is over sooner than by the limit: nobody finds the workflow any more.
    await until(async () => (await fixture.manage('DELETE', '/twice')).ok || undefined);
    expect(await (await over).text()).toBe('over');
    expect(fixture.replicas[0]!.leaseLost).toEqual([]);
  });
});
