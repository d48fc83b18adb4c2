import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested, until } from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start();
  await fixture.startReplica();
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.calls.length = 0;
  fixture.answer = () => ({ body: {} });
});

const waiting = () =>
  requested({
    Ask: {
      type: 'HttpWebhook',
      inputs: {
        subscribe: {
          method: 'POST',
          uri: `${fixture.backendUrl}/subscribe`,
          body: { callback: '@listCallbackUrl()' },
        },
        unsubscribe: { method: 'POST', uri: `${fixture.backendUrl}/unsubscribe` },
      },
    },
    After: { type: 'Compose', inputs: "@body('Ask')", runAfter: { Ask: ['Succeeded'] } },
  });
const callbackUrl = () =>
  until(() => {
    const call = fixture.calls.find(({ path }) => path === '/subscribe');
    return call && (JSON.parse(call.body) as { callback: string }).callback;
  });
const post = (url: string, body: unknown) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const output = async (run: string, action: string) => {
  const { properties } = await fixture.read(`/asking/runs/${run}/actions/${action}`);
  return (await fetch(properties.outputsLink.uri)).json();
};

describe.each([
  ['the replica that drives the run', 0],
  ['another replica', 1],
])('a webhook action whose callback reaches %s', (_, index) => {
  it('goes on with the first callback; the second gets 409; the other side is unsubscribed', async () => {
    await fixture.deploy({ asking: waiting() });
    const answer = await fixture.call('asking');
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    const url = (await callbackUrl()).replace(fixture.url, fixture.replicas[index]!.url);
    expect((await post(url, { approved: true })).status).toBe(200);
    expect(await fixture.ended('asking', run)).toMatchObject({ status: 'Succeeded' });
    expect(await output(run, 'After')).toEqual({ approved: true });
    expect((await post(url, { approved: false })).status).toBe(409);
    await until(() =>
      fixture.calls.some(({ path }) => path === '/unsubscribe') ? true : undefined,
    );
  });

  it('keeps a callback that comes before the subscription is answered', async () => {
    fixture.answer = ({ path }) =>
      path === '/subscribe' ? { after: 500, body: {} } : { body: {} };
    const answer = await fixture.call('asking');
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    const url = (await callbackUrl()).replace(fixture.url, fixture.replicas[index]!.url);
    expect((await post(url, { early: true })).status).toBe(200);
    expect((await post(url, { early: false })).status).toBe(409);
    await fixture.ended('asking', run);
    expect(await output(run, 'After')).toEqual({ early: true });
  });

  it('gets 401 with a wrong signature, and of two at once one is taken', async () => {
    const answer = await fixture.call('asking');
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    const url = (await callbackUrl()).replace(fixture.url, fixture.replicas[index]!.url);
    expect((await post(url.replace(/sig=.{5}/, 'sig=AAAAA'), {})).status).toBe(401);
    const answers = await Promise.all([1, 2, 3, 4].map((n) => post(url, { n })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 409, 409, 409,
    ]);
    const taken = answers.findIndex(({ status }) => status === 200) + 1;
    await fixture.ended('asking', run);
    expect(await output(run, 'After')).toEqual({ n: taken });
  });

  it('is cancelled from there', async () => {
    const answer = await fixture.call('asking');
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    const url = await callbackUrl();
    const path = `/asking/runs/${run}/cancel`;
    const cancelled = await fixture.manage('POST', path, { url: fixture.replicas[index]!.url });
    expect(cancelled.status).toBe(200);
    expect(await fixture.ended('asking', run)).toMatchObject({ status: 'Cancelled' });
    expect((await post(url, {})).status).toBe(409);
  });
});

describe('a callback URL', () => {
  it('is worth nothing when its key was regenerated', async () => {
    await fixture.call('asking');
    const url = await callbackUrl();
    const body = { keyType: 'Primary' };
    expect((await fixture.manage('POST', '/asking/regenerateAccessKey', { body })).status).toBe(
      200,
    );
    expect((await post(url, {})).status).toBe(401);
  });

  it('of a run that is not there gets 404', async () => {
    await fixture.call('asking');
    const url = await callbackUrl();
    const run = /runs\/(\w+)\//.exec(url)![1]!;
    expect((await post(url.replace(run, `${run}0`), {})).status).toBe(401);
  });
});
