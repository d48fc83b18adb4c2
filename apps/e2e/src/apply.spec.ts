import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isthmus } from './isthmus.js';
import type { CommandResult } from './isthmus.js';
import { ManagedGateway } from './managed-gateway.js';

const example = resolve(
  import.meta.dirname,
  '../../../deploy/examples/reference-architecture/apim',
);
const pass =
  '<policies>\n  <inbound>\n    <base />\n  </inbound>\n  <backend>\n    <base />\n  </backend>\n  <outbound />\n  <on-error />\n</policies>';
const tokens = [
  'ORCHESTRATOR_URL=http://127.0.0.1:1',
  'ORDERS_URL=http://127.0.0.1:2',
  'STOCK_URL=http://127.0.0.1:3',
  'OPENID_CONFIGURATION_URL=http://127.0.0.1:4',
  'ORDER_SUMMARY_SIGNATURE=signature-of-this-test',
  'TENANT_ID=tenant',
];

describe('a folder and a catalog', () => {
  let services: ManagedGateway;
  let folder = '';
  const run = (command: string, path: string, ...more: readonly string[]): Promise<CommandResult> =>
    isthmus([command, path, '--catalog', services.catalog.url, ...more], {
      ISTHMUS_ACCESS_TOKEN: services.operatorToken,
    });
  const apply = (...more: readonly string[]) =>
    run('apply', example, '--token', ...tokens, ...more);

  beforeAll(async () => {
    services = await ManagedGateway.start(pass);
    folder = await mkdtemp(join(tmpdir(), 'isthmus-apply-'));
  }, 120_000);
  afterAll(async () => {
    await services?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 9 });
  }, 60_000);

  it('is planned without effect, applied whole, and applied again without a change', async () => {
    const plan = await run('plan', example, '--token', ...tokens);
    expect(plan.output).toMatch(/^\+ \/apis\/orders$/m);
    expect(plan.output).toMatch(/would be: \d{2} created, 0 updated, 0 deleted, 0 unchanged/);
    expect(plan.output).not.toContain('signature-of-this-test');
    const applied = await apply();
    expect(applied.output).toMatch(/^\d{2} created, 0 updated, 0 deleted, 0 unchanged$/m);
    expect(applied.output).toMatch(/\d+ in the catalog are not in the folder and stay/);
    const again = await apply('--exit-code');
    expect(again.output).toMatch(/^0 created, 0 updated, 0 deleted, \d{2} unchanged$/m);
    expect([applied.status, again.status]).toEqual([0, 0]);
    expect(await services.call()).toBe(200);
  }, 60_000);

  it('says which file has a mistake, all of them, and changes nothing', async () => {
    const copy = join(folder, 'wrong');
    await cp(example, copy, { recursive: true });
    await writeFile(
      join(copy, 'apis/orders/policy.xml'),
      pass.replace('<base />', '<set-heder />'),
    );
    await writeFile(join(copy, 'apis/stock/policy.xml'), pass.replace('<base />', '<no-such />'));
    const { output, status } = await run('apply', copy, '--token', ...tokens);
    expect(output).toContain(
      "apis/orders/policy.xml: error: Error in element 'set-heder' on line 3",
    );
    expect(output).toContain("apis/stock/policy.xml: error: Error in element 'no-such' on line 3");
    expect(status).toBe(1);
    expect((await apply()).output).toContain('0 created, 0 updated, 0 deleted');
  }, 60_000);

  it('comes out as it went in, policies byte for byte, and shows what differs line by line', async () => {
    const out = join(folder, 'out');
    const exported = await run('export', out);
    expect(exported.status).toBe(0);
    const policies = (await readdir(example, { recursive: true })).filter((path) =>
      path.endsWith('policy.xml'),
    );
    const textsBelow = (root: string): Promise<string[]> =>
      Promise.all(policies.map((path) => readFile(join(root, path), 'utf8')));
    expect(await textsBelow(out)).toEqual(await textsBelow(example));
    expect((await run('export', out)).output).toContain('--replace');
    expect((await run('plan', out, '--delete', '--exit-code')).status).toBe(0);
    const document = join(out, 'apis/greet/policy.xml');
    expect(await readFile(document, 'utf8')).toBe(pass);
    await writeFile(
      document,
      pass.replace('<base />', '<base />\n    <set-method>GET</set-method>'),
    );
    await rm(join(out, 'subscriptions'), { recursive: true, maxRetries: 9 });
    const changed = await run('plan', out, '--exit-code');
    expect(changed.output).toMatch(
      /^~ \/apis\/greet\/policies\/policy\n[^]*^ {4}\+ {5}<set-method>GET<\/set-method>$/m,
    );
    expect(changed.output).toMatch(/2 in the catalog are not in the folder and stay/);
    expect(changed.status).toBe(3);
  }, 60_000);

  it('deletes only when it is asked to', async () => {
    const out = join(folder, 'out');
    expect((await run('apply', out)).output).toMatch(/0 deleted/);
    const { output } = await run('apply', out, '--delete');
    expect(output).toMatch(/^- \/subscriptions\/caller$/m);
    expect(output).toMatch(/2 deleted/);
    await rm(out, { recursive: true, maxRetries: 9 });
    const nothing = await run('apply', folder, '--delete');
    expect(nothing.output).toContain('There are no artifacts');
    expect(nothing.status).toBe(2);
  }, 60_000);

  it('tells who calls and who does not answer', async () => {
    const nobody = await isthmus(['plan', example, '--catalog', services.catalog.url]);
    expect([nobody.output, nobody.status]).toEqual([expect.any(String), 1]);
    const stranger = await isthmus(
      ['export', join(folder, 'x'), '--catalog', services.catalog.url, '--access-token', 'made.up'],
      {},
    );
    expect([stranger.output, stranger.status]).toEqual([expect.stringContaining('401'), 2]);
    const away = await isthmus(
      ['export', join(folder, 'x'), '--catalog', 'http://127.0.0.1:9', '--access-token', 'x'],
      {},
    );
    expect([away.output, away.status]).toEqual([expect.stringContaining('cannot be reached'), 2]);
  }, 60_000);
});
