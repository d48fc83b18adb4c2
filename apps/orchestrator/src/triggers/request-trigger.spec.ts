import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  OrchestratorFixture,
  requested,
  until,
  type Json,
} from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ responseTimeout: 1500, largestBody: 100_000 });
});
afterAll(() => fixture.stop());

const respond = (inputs: object, runAfter: object = {}) => ({
  type: 'Response',
  kind: 'Http',
  inputs: { statusCode: 200, ...inputs },
  runAfter,
});

describe('a call of a request trigger', () => {
  it('gets 202 at once when the definition has no Response, and the run is kept', async () => {
    await fixture.deploy({
      silent: requested({ Note: { type: 'Compose', inputs: '@triggerBody()' } }),
    });
    const answer = await fixture.call('silent', { a: 1 });
    expect(answer.status).toBe(202);
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    expect(run).toMatch(/^\d{20,}CU\d\d$/);
    expect(await fixture.ended('silent', run)).toMatchObject({ status: 'Succeeded' });
  });

  it('gets the Response, its headers and those that name the run', async () => {
    await fixture.deploy({
      answering: requested({
        Answer: respond({
          statusCode: 201,
          headers: { 'x-mine': 'yes' },
          body: { got: '@triggerBody()' },
        }),
      }),
    });
    const answer = await fixture.call(
      'answering',
      { n: 1 },
      { headers: { 'x-ms-client-tracking-id': 'mine' } },
    );
    expect([answer.status, await answer.json()]).toEqual([201, { got: { n: 1 } }]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-mine': 'yes',
      'x-ms-workflow-name': 'answering',
      'x-ms-client-tracking-id': 'mine',
      'x-ms-workflow-version': expect.stringMatching(/^\d{20}$/),
      'x-ms-workflow-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(answer.headers.get('x-ms-request-id')).toBe(
      `:${answer.headers.get('x-ms-tracking-id')}`,
    );
    const { properties } = await fixture.read('/answering');
    expect(properties.accessEndpoint).toBe(
      `${fixture.url}/workflows/${answer.headers.get('x-ms-workflow-id')}`,
    );
  });

  it('gets 502 NoResponse when the run ends without its Response', async () => {
    await fixture.deploy({
      failing: requested({
        Bad: { type: 'Compose', inputs: "@int('x')" },
        Answer: respond({}, { Bad: ['Succeeded'] }),
      }),
    });
    const answer = await fixture.call('failing');
    expect([answer.status, await answer.json()]).toMatchObject([
      502,
      { error: { code: 'NoResponse' } },
    ]);
    expect((await fixture.lastRun('failing')).properties.status).toBe('Failed');
  });

  it('gets 504 when the Response takes too long; the run goes on', async () => {
    fixture.answer = () => ({ after: 2500, body: {} });
    await fixture.deploy({
      slow: requested({
        Call: { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/slow` } },
        Answer: respond({}, { Call: ['Succeeded'] }),
      }),
    });
    const answer = await fixture.call('slow');
    expect(answer.status).toBe(504);
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    expect(await fixture.ended('slow', run)).toMatchObject({ status: 'Failed' });
    const action = await fixture.read(`/slow/runs/${run}/actions/Answer`);
    expect(action.properties.error.code).toBe('ActionResponseTimedOut');
  });

  it('with an asynchronous Response gets 202 and polls the signed Location', async () => {
    fixture.answer = () => ({ after: 300, body: { done: true } });
    await fixture.deploy({
      later: requested({
        Call: { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/later` } },
        Answer: {
          ...respond({ body: "@body('Call')" }, { Call: ['Succeeded'] }),
          operationOptions: 'Asynchronous',
        },
      }),
    });
    const answer = await fixture.call('later');
    expect(answer.status).toBe(202);
    const location = answer.headers.get('location')!;
    const first = await fetch(location);
    expect([first.status, first.headers.get('location')]).toEqual([202, location]);
    const last = await until(async () => {
      const polled = await fetch(location);
      return polled.status === 202 ? undefined : polled;
    });
    expect([last.status, await last.json()]).toEqual([200, { done: true }]);
    expect((await fetch(location.replace(/sig=.{5}/, 'sig=AAAAA'))).status).toBe(401);
  });

  it.each([
    [
      'a wrong signature',
      (url: string) => url.replace(/sig=.{5}/, 'sig=AAAAA'),
      401,
      'DirectApiAuthorizationRequired',
    ],
    ['no signature', (url: string) => url.split('?')[0]!, 401, 'DirectApiAuthorizationRequired'],
    [
      'a signature of another trigger',
      (url: string) => url.replace('%2Fmanual%2F', '%2Fother%2F'),
      401,
      'DirectApiAuthorizationRequired',
    ],
    [
      'an unknown workflow',
      (url: string) =>
        url.replace(/\/workflows\/[0-9a-f]{32}/, '/api/nobody').replace('/paths/', '/'),
      404,
      'WorkflowNotFound',
    ],
    [
      'an unknown trigger',
      (url: string) => url.replace('/triggers/manual', '/triggers/none'),
      404,
      'WorkflowNotFound',
    ],
  ])('with %s is refused and starts nothing', async (_, change, status, code) => {
    await fixture.deploy({ guarded: requested({ Note: { type: 'Compose', inputs: 1 } }) });
    const before = (await fixture.read('/guarded/runs')).value.length;
    const answer = await fetch(change(await fixture.callbackUrl('guarded')), { method: 'POST' });
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
    expect((await fixture.read('/guarded/runs')).value).toHaveLength(before);
  });

  it('of a disabled workflow gets 404 WorkflowTriggerIsNotEnabled until it is enabled again', async () => {
    await fixture.deploy({ off: requested({ Note: { type: 'Compose', inputs: 1 } }) });
    await fixture.manage('POST', '/off/disable');
    const answer = await fixture.call('off');
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: { code: 'WorkflowTriggerIsNotEnabled' } },
    ]);
    await fixture.manage('POST', '/off/enable');
    expect((await fixture.call('off')).status).toBe(202);
  });

  it('with a method that the trigger does not expect is refused', async () => {
    await fixture.deploy({
      getting: requested({ Note: { type: 'Compose', inputs: 1 } }, { inputs: { method: 'GET' } }),
    });
    const answer = await fixture.call('getting');
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: { code: 'TriggerRequestMethodNotValid' } },
    ]);
  });

  it('reads path parameters and own queries, decoded, without those of the signature', async () => {
    await fixture.deploy({
      pathful: requested(
        {
          Answer: respond({
            body: {
              id: "@triggerOutputs()['relativePathParameters']['id']",
              queries: "@triggerOutputs()['queries']",
            },
          }),
        },
        { inputs: { method: 'GET', relativePath: '/orders/{id}' } },
      ),
    });
    const template = await fixture.callbackUrl('pathful');
    expect(template).toContain('/paths/invoke/orders/{id}?api-version=2016-10-01&');
    const url = template.replace('/{id}?', '/a%20b?x=1%262&');
    expect(await (await fetch(url)).json()).toEqual({ id: 'a b', queries: { x: '1&2' } });
    const wrong = await fetch(url.replace('/orders/', '/other/'));
    expect(wrong.status).toBe(404);
  });

  it('with a body over the limit gets 413, announced or not', async () => {
    await fixture.deploy({ big: requested({ Note: { type: 'Compose', inputs: 1 } }) });
    const url = await fixture.callbackUrl('big');
    const announced = await fetch(url, { method: 'POST', body: Buffer.alloc(100_001) });
    expect(announced.status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 3; part++) controller.enqueue(Buffer.alloc(50_000));
        controller.close();
      },
    });
    const streamed = await fetch(url, {
      method: 'POST',
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
    expect((await fixture.read('/big/runs')).value).toEqual([]);
  });

  it('with malformed JSON gets 400 that says where', async () => {
    await fixture.deploy({ json: requested({ Note: { type: 'Compose', inputs: 1 } }) });
    const answer = await fetch(await fixture.callbackUrl('json'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a": ',
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { code: 'InvalidRequestContent' } },
    ]);
  });

  it('that misses a condition gets 202 and shows as Skipped in the trigger history', async () => {
    await fixture.deploy({
      conditional: requested(
        { Note: { type: 'Compose', inputs: 1 } },
        { conditions: [{ expression: "@equals(triggerBody()?['go'], true)" }] },
      ),
    });
    expect((await fixture.call('conditional', { go: false })).status).toBe(202);
    expect((await fixture.call('conditional', { go: true })).status).toBe(202);
    const { value } = await fixture.read('/conditional/triggers/manual/histories');
    expect(value.map((one: Json) => [one.properties.status, one.properties.fired])).toEqual([
      ['Succeeded', true],
      ['Skipped', false],
    ]);
  });

  it('with splitOn gets 202 and starts a run for each item', async () => {
    await fixture.deploy({
      split: requested(
        { Answer: respond({ body: '@triggerBody()' }) },
        { splitOn: "@triggerBody()?['items']" },
      ),
    });
    expect((await fixture.call('split', { items: [1, 2, 3] })).status).toBe(202);
    const runs = await until(async () => {
      const { value } = await fixture.read('/split/runs');
      return value.length === 3 && value.every((run: Json) => run.properties.endTime)
        ? value
        : undefined;
    });
    expect(new Set(runs.map((run: Json) => run.properties.correlation.clientTrackingId)).size).toBe(
      1,
    );
    expect((await fixture.call('split', { items: [] })).status).toBe(202);
    expect((await fixture.call('split', {})).status).toBe(202);
    const { value } = await fixture.read('/split/triggers/manual/histories');
    expect(value.map((one: Json) => [one.properties.status, one.properties.fired])).toEqual([
      ['Skipped', false],
      ['Skipped', false],
      ...runs.map(() => ['Succeeded', true]),
    ]);
  });

  it('with splitOn keeps an entry for each item whose condition does not hold', async () => {
    await fixture.deploy({
      picky: requested(
        { Note: { type: 'Compose', inputs: '@triggerBody()' } },
        { splitOn: '@triggerBody()', conditions: [{ expression: '@greater(triggerBody(), 2)' }] },
      ),
    });
    expect((await fixture.call('picky', [1, 2, 3])).status).toBe(202);
    expect((await fixture.call('picky', [0, 1])).status).toBe(202);
    const { value } = await fixture.read('/picky/triggers/manual/histories');
    const statuses = value.map((one: Json) => one.properties.status).sort();
    expect(statuses).toEqual(['Skipped', 'Skipped', 'Skipped', 'Skipped', 'Succeeded']);
  });

  it('is called by the URL of either form', async () => {
    await fixture.deploy({ forms: requested({ Answer: respond({ body: 'same' }) }) });
    const { properties } = await fixture.read('/forms');
    const consumption = await fixture.callbackUrl('forms');
    expect(
      consumption.startsWith(`${properties.accessEndpoint}/triggers/manual/paths/invoke?`),
    ).toBe(true);
    const standard = consumption.replace(
      /\/workflows\/.*\/paths\/invoke/,
      '/api/forms/triggers/manual/invoke',
    );
    for (const url of [consumption, standard])
      expect(await (await fetch(url, { method: 'POST' })).text()).toBe('same');
    const other = consumption.replace(/\/workflows\/[0-9a-f]{32}/, `/workflows/${'0'.repeat(32)}`);
    expect((await fetch(other, { method: 'POST' })).status).toBe(404);
  });

  it('repeated with the same Idempotency-Key finds the run of the first call', async () => {
    await fixture.deploy({
      once: requested({ Answer: respond({ body: '@workflow().run.name' }) }),
    });
    const send = async () => {
      const answer = await fixture.call('once', {}, { headers: { 'idempotency-key': 'k-1' } });
      return [answer.status, await answer.text(), answer.headers.get('x-ms-workflow-run-id')];
    };
    const [one, two, three] = await Promise.all([send(), send(), send()]);
    expect([two, three]).toEqual([one, one]);
    expect((await fixture.read('/once/runs')).value).toHaveLength(1);
  });

  it('over the concurrency limit waits, and over the waiting limit gets 429', async () => {
    fixture.answer = () => ({ after: 800, body: {} });
    await fixture.deploy({
      narrow: requested(
        {
          Call: { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/narrow` } },
          Answer: respond({ body: 'done' }, { Call: ['Succeeded'] }),
        },
        { runtimeConfiguration: { concurrency: { runs: 1, maximumWaitingRuns: 1 } } },
      ),
    });
    const first = fixture.call('narrow');
    await until(() => fixture.calls.some(({ path }) => path === '/narrow'));
    const second = fixture.call('narrow');
    await until(async () =>
      (await fixture.read("/narrow/runs?$filter=status eq 'Waiting'")).value.length === 1
        ? true
        : undefined,
    );
    const third = await fixture.call('narrow');
    expect([third.status, ((await third.json()) as Json).error.code]).toEqual([
      429,
      'WorkflowRunsLimitExceeded',
    ]);
    expect([(await first).status, (await second).status]).toEqual([200, 504]);
    await until(async () =>
      (await fixture.read('/narrow/runs')).value.every((run: Json) => run.properties.endTime)
        ? true
        : undefined,
    );
    expect(fixture.calls.filter(({ path }) => path === '/narrow')).toHaveLength(2);
  });
});

describe('access control', () => {
  const note = { Note: { type: 'Compose', inputs: 1 } };
  const put = (name: string, accessControl: object) =>
    fixture.manage('PUT', `/${name}`, {
      body: { properties: { definition: requested(note), accessControl } },
    });

  it('lets in the addresses of the ranges only', async () => {
    const ranges = (addressRange: string) => ({
      triggers: { allowedCallerIpAddresses: [{ addressRange }] },
    });
    expect((await put('near', ranges('127.0.0.0-127.0.0.9'))).status).toBe(201);
    expect((await put('far', ranges('192.0.2.0/24'))).status).toBe(201);
    expect((await fixture.call('near')).status).toBe(202);
    const refused = await fixture.call('far');
    expect([refused.status, ((await refused.json()) as Json).error.code]).toEqual([
      403,
      'AuthorizationFailed',
    ]);
  });

  it('with an empty list lets nobody in from outside', async () => {
    await put('inner', { triggers: { allowedCallerIpAddresses: [] } });
    expect((await fixture.call('inner')).status).toBe(403);
  });

  it('takes a token that satisfies a policy instead of the signature', async () => {
    const [, claims = ''] = fixture.tokens['Reader']!.split('.');
    const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iss: string };
    const wanted = [
      { name: 'iss', value: iss },
      { name: 'azp', value: 'test' },
    ];
    await put('open', {
      triggers: {
        sasAuthenticationPolicy: { state: 'Disabled' },
        openAuthenticationPolicies: {
          policies: { p: { type: 'AAD', claims: wanted } },
        },
      },
    });
    const url = await fixture.callbackUrl('open');
    const bare = url.split('?')[0]!;
    const send = (address: string, token?: string) =>
      fetch(address, {
        method: 'POST',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
    expect((await send(bare, fixture.tokens['Reader'])).status).toBe(202);
    expect((await send(url)).status).toBe(401);
    expect((await send(bare, `${fixture.tokens['Reader']!.slice(0, -6)}AAAAAA`)).status).toBe(401);
  });
});
