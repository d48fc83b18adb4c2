import { isthmus } from './isthmus.js';
import { callerKey, ManagedGateway } from './managed-gateway.js';

const policy = `<policies>
  <inbound><base /><set-header name="X-Step"><value>@("a" + "b")</value></set-header></inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

describe('the trace of a call, with a credential that the catalog issued', () => {
  let services: ManagedGateway;
  let token = '';
  const trace = (path: string, ...more: readonly string[]) =>
    isthmus(['trace', `${services.gateway.url}${path}`, '--credential', token, ...more]);

  beforeAll(async () => {
    services = await ManagedGateway.start(policy);
    const issued = await services.manage('/gateways/managed/listDebugCredentials', {
      credentialsExpireAfter: 'PT10M',
      apiId: '/apis/greet',
      purposes: ['tracing'],
    });
    token = ((await issued.json()) as { token: string }).token;
  }, 120_000);
  afterAll(() => services?.stop(), 60_000);

  it('shows every step of a call that succeeds', async () => {
    const { output, status } = await trace(
      '/greet/x?a=1',
      ...['-H', `Ocp-Apim-Subscription-Key: ${callerKey}`],
    );
    expect(output).toMatch(/^200 {2}trace [\w-]{36}\n├─ inbound\n/);
    for (const step of ['set-header', 'forward-request', 'transfer-response'])
      expect(output).toMatch(new RegExp(`\\d ms {2}${step}\\n`));
    expect(output).not.toContain(callerKey);
    expect(status).toBe(0);
  });

  it('shows why a call without a key is refused', async () => {
    const { output, status } = await trace('/greet/x');
    expect(output).toMatch(/^401 {2}trace /);
    expect(output).toContain('SubscriptionKeyNotFound');
    expect(status).toBe(0);
  });

  it('shows why nothing matches', async () => {
    const { output, status } = await trace('/nowhere');
    expect(output).toMatch(/^404 {2}trace /);
    expect(output).toContain('no API has this path');
    expect(status).toBe(0);
  });

  it('comes from the catalog, which issues the credential and hands out the trace', async () => {
    const { output, status } = await isthmus(
      [
        ...['trace', `${services.gateway.url}/greet/x`, '--api', 'greet'],
        ...['--catalog', services.catalog.url],
        ...['-H', `Ocp-Apim-Subscription-Key: ${callerKey}`],
      ],
      { ISTHMUS_ACCESS_TOKEN: services.operatorToken },
    );
    expect(output).toMatch(/^200 {2}trace [\w-]{36}\n├─ inbound\n[^]*forward-request\n/);
    expect(output).not.toContain(callerKey);
    expect(status).toBe(0);
    const traceId = /trace ([\w-]{36})/.exec(output)![1];
    const listed = await services.manage('/gateways/managed/listTrace', { traceId });
    expect(await listed.json()).toMatchObject({
      traceId,
      traceEntries: { inbound: expect.any(Array), backend: expect.any(Array) },
    });
    await expect(
      services.manage('/gateways/managed/listTrace', { traceId: 'made-up' }),
    ).rejects.toThrow('404');
  });

  it('gives nothing for a credential that is made up', async () => {
    const { output, status } = await isthmus([
      ...['trace', `${services.gateway.url}/greet/x`, '--credential', `${token}x`],
    ]);
    expect(output).toContain('answered 401 without a trace');
    expect(status).toBe(1);
  });
});
