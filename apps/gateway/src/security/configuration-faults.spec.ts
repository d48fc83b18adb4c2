/** F6 and F7 over sockets: a gateway whose control plane goes away, lies, or sends what cannot be used. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Resource } from '@isthmus/artifacts';
import { createLogger, hostSettings, Readiness, readSettings } from '@isthmus/host';
import { Configuration } from '../configuration/configuration.js';
import { DataPlaneServer } from '../data-plane.server.js';
import { GatewayProcess } from '../gateway-process.js';
import { GatewayPorts } from '../services/gateway-ports.js';
import { gatewaySettings } from '../settings.js';
import type { GatewaySettings } from '../settings.js';
import { rawBackend, talk } from '../testing/start-gateway.js';
import type { RawBackend } from '../testing/start-gateway.js';

/** A catalog that publishes what a test says; 0 as revision makes it say nothing. */
class Catalog {
  revision = 0;
  resources: readonly Resource[] = [];
  /** Takes the place of the configuration's bytes. */
  instead: string | undefined;
  readonly reports: {
    revision: string;
    applied: boolean;
    failed: { id: string; problems: { message: string; line?: number }[] }[];
  }[] = [];
  #server = this.#create();
  port = 0;

  #create(): http.Server {
    return http.createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      if (request.method === 'PUT') {
        this.reports.push(JSON.parse(text));
        response.writeHead(204).end();
        return;
      }
      const since = new URL(request.url ?? '', 'http://x').searchParams.get('since');
      for (let index = 0; index < 200 && since === String(this.revision); index++) await wait(20);
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(
        this.instead ??
          JSON.stringify({ revision: String(this.revision), upserts: this.resources, deletes: [] }),
      );
    });
  }
  publish(resources: readonly Resource[]): void {
    this.resources = resources;
    this.revision++;
  }
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#server = this.#create();
  }
}

describe('a gateway and its control plane', () => {
  let folder: string;
  let backend: RawBackend;
  let catalog: Catalog;
  const running: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'configuration-faults-'));
    backend = await rawBackend((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
    );
    catalog = new Catalog();
    await catalog.listen();
  });
  afterEach(async () => {
    for (const close of running.splice(0)) await close();
    await catalog.close();
    backend.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 9 });
  });

  async function start(
    ...flags: string[]
  ): Promise<{ port: number; log: unknown[]; close(): Promise<void> }> {
    const all = [
      '--port=0',
      '--allow-private-backends',
      `--catalog-url=http://127.0.0.1:${catalog.port}`,
      '--gateway-key=k',
      `--backup-folder=${folder}`,
      ...flags,
    ];
    const settings = readSettings(
      { ...hostSettings, ...gatewaySettings },
      all,
      {},
    ) as GatewaySettings;
    const log: unknown[] = [];
    const logger = createLogger('gateway', 'debug', {
      write: (line) => void log.push((JSON.parse(line) as { msg?: string }).msg),
    });
    const ports = await GatewayPorts.open(settings, logger);
    const process = new GatewayProcess(settings, logger, new Readiness());
    const configuration = new Configuration(process, ports);
    const server = new DataPlaneServer(process, configuration, ports);
    await server.onApplicationBootstrap();
    let closed = false;
    const close = async (): Promise<void> => {
      if (closed) return;
      closed = true;
      configuration.onApplicationShutdown();
      await server.beforeApplicationShutdown();
      await ports.onApplicationShutdown();
    };
    running.push(close);
    return { port: server.listening[0] ?? 0, log, close };
  }
  /** Kept configurations that are written whole, oldest first. */
  const kept = async (): Promise<string[]> =>
    (await readdir(folder)).filter((name) => /^configuration-\d+\.json$/.test(name)).sort();
  const api = (name: string, inbound = ''): Resource[] => [
    {
      id: `/apis/${name}`,
      properties: {
        path: name,
        serviceUrl: `http://127.0.0.1:${backend.port}`,
        subscriptionRequired: false,
      },
    },
    { id: `/apis/${name}/operations/g`, properties: { method: 'GET', urlTemplate: '/*' } },
    {
      id: `/apis/${name}/policies/policy`,
      properties: {
        format: 'rawxml',
        value: `<policies>\n<inbound>${inbound}</inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`,
      },
    },
  ];
  const status = async (port: number, path: string): Promise<string | undefined> =>
    /HTTP\/1\.1 (\d+)/.exec(
      (await talk(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).text,
    )?.[1];
  async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
    for (let index = 0; index < 150 && !(await condition()); index++) await wait(40);
    expect(await condition()).toBe(true);
  }
  const header = (value: string): string =>
    `<return-response><set-status code="${value}" reason="R"/></return-response>`;

  it('F6: serves on while the control plane is away, starts without it, and goes on with it', async () => {
    catalog.publish(api('a'));
    const first = await start();
    expect(await status(first.port, '/a/x')).toBe('200');
    await until(async () => (await kept()).length === 1);
    await catalog.close();
    for (let index = 0; index < 5; index++) expect(await status(first.port, '/a/x')).toBe('200');
    await first.close();
    const second = await start();
    expect(await status(second.port, '/a/x')).toBe('200');
    expect(second.log).toContain('serving the kept configuration');
    catalog.publish([...api('a'), ...api('b')]);
    await catalog.listen();
    await until(async () => (await status(second.port, '/b/x')) === '200');
  }, 30_000);

  it.each([
    ['truncated', (text: string) => text.slice(0, text.length / 2)],
    ['changed', (text: string) => text.replace('"/apis/a"', '"/apis/x"')],
    ['empty', () => ''],
    [
      'of an older layout with the right checksum',
      (text: string) => text.replace('"schema":', '"schema":9'),
    ],
  ])(
    'F6: a kept configuration that is %s is passed over for the one before',
    async (_name, harm) => {
      catalog.publish(api('a'));
      const first = await start();
      await until(async () => (await kept()).length === 1);
      catalog.publish([...api('a'), ...api('b')]);
      await until(async () => (await kept()).length === 2);
      await first.close();
      await catalog.close();
      const newest = join(folder, (await kept()).at(-1)!);
      await writeFile(newest, harm(await readFile(newest, 'utf8')));
      const second = await start();
      expect(await status(second.port, '/a/x')).toBe('200');
      expect(await status(second.port, '/b/x')).toBe('404');
      expect(second.log).toContain('a kept configuration is not usable');
    },
    30_000,
  );

  it('F6: an answer of the control plane that is no configuration changes nothing', async () => {
    catalog.publish(api('a'));
    const gateway = await start();
    for (const text of [
      '',
      '<html>',
      '[]',
      '{"revision":7}',
      '{"revision":"9","upserts":[{}],"deletes":"x"}',
      'null',
    ]) {
      catalog.instead = text;
      catalog.revision++;
      await wait(120);
      expect([text, await status(gateway.port, '/a/x')]).toEqual([text, '200']);
    }
    catalog.instead = undefined;
    catalog.publish([...api('a'), ...api('b')]);
    await until(async () => (await status(gateway.port, '/b/x')) === '200');
  }, 60_000);

  const bad: [string, string, string][] = [
    ['an unknown policy', '<no-such-policy/>', 'no-such-policy'],
    ['a missing secret', '<set-header name="k"><value>{{gone}}</value></set-header>', 'gone'],
    ['a missing fragment', '<include-fragment fragment-id="gone"/>', 'gone'],
    [
      'an expression that does not compile',
      '<set-variable name="a" value="@(context.Nope)"/>',
      'Nope',
    ],
    ['XML that is none', '<set-header', ''],
    ['a missing backend', '<set-backend-service backend-id="gone"/>', 'gone'],
  ];
  it.each(bad)(
    'F7: %s leaves the API as it was, is told with its place, and stops no other change',
    async (_name, inbound, told) => {
      catalog.publish([...api('a', header('201')), ...api('b', header('202'))]);
      const gateway = await start();
      expect([await status(gateway.port, '/a/x'), await status(gateway.port, '/b/x')]).toEqual([
        '201',
        '202',
      ]);
      catalog.publish([...api('a', inbound), ...api('b', header('203'))]);
      await until(async () => (await status(gateway.port, '/b/x')) === '203');
      expect(await status(gateway.port, '/a/x')).toBe('201');
      await until(() => catalog.reports.some(({ revision }) => revision === '2'));
      const { failed } = catalog.reports.at(-1)!;
      expect(failed.map(({ id }) => id)).toEqual(['/apis/a']);
      expect(JSON.stringify(failed)).toContain(told);
      expect(failed[0]?.problems[0]?.line).toBe(2);
      await gateway.close();
      await catalog.close();
      const again = await start();
      expect([await status(again.port, '/a/x'), await status(again.port, '/b/x')]).toEqual([
        '201',
        '203',
      ]);
    },
    30_000,
  );

  it('F7: fragments that include each other are told, and nothing hangs', async () => {
    const fragment = (id: string, other: string): Resource => ({
      id: `/policyFragments/${id}`,
      properties: {
        format: 'rawxml',
        value: `<fragment><include-fragment fragment-id="${other}"/></fragment>`,
      },
    });
    catalog.publish(api('a', header('201')));
    const gateway = await start();
    catalog.publish([
      fragment('one', 'two'),
      fragment('two', 'one'),
      ...api('a', '<include-fragment fragment-id="one"/>'),
      ...api('b'),
    ]);
    await until(async () => (await status(gateway.port, '/b/x')) === '200');
    expect(await status(gateway.port, '/a/x')).toBe('201');
    await until(() => catalog.reports.some(({ failed }) => failed.length > 0));
    expect(JSON.stringify(catalog.reports.at(-1)?.failed)).toMatch(
      /includes? itself|cycle|circular/i,
    );
  }, 30_000);

  it('F7, F20: a pattern that would run for ever ends its own call only', async () => {
    catalog.publish([
      ...api(
        'a',
        "<choose><when condition=\"@(System.Text.RegularExpressions.Regex.IsMatch(new string('a', 40) + '!', '^(a+)+$'))\"/></choose>"
          .replaceAll("'^(a+)+$'", '"^(a+)+$"')
          .replaceAll("'a'", "'a'")
          .replaceAll("'!'", '"!"'),
      ),
      ...api('b'),
    ]);
    const gateway = await start();
    const response = await fetch(`http://127.0.0.1:${gateway.port}/a/x`);
    expect([200, 500]).toContain(response.status);
    expect(await status(gateway.port, '/b/x')).toBe('200');
  }, 30_000);
});
