import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { callerKey, ManagedGateway } from './managed-gateway.js';

const cli = join(resolve(import.meta.dirname, '../../..'), 'apps/cli/dist/main.js');
const policy = `<policies>
  <inbound><base /><set-header name="X-Step"><value>@("a" + "b")</value></set-header></inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

/** `isthmus` with these arguments: what it prints, and its exit status. */
function isthmus(...args: readonly string[]): Promise<{ output: string; status: number | null }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', fail);
    child.once('close', (status) => done({ output, status }));
  });
}

describe('the trace of a call, with a credential that the catalog issued', () => {
  let services: ManagedGateway;
  let token = '';
  const trace = (path: string, ...more: readonly string[]) =>
    isthmus('trace', `${services.gateway.url}${path}`, '--credential', token, ...more);

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

  it('gives nothing for a credential that is made up', async () => {
    const { output, status } = await isthmus(
      ...['trace', `${services.gateway.url}/greet/x`, '--credential', `${token}x`],
    );
    expect(output).toContain('answered 401 without a trace');
    expect(status).toBe(1);
  });
});
