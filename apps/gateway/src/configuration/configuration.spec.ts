import { mkdtemp, readdir, readFile, rm, writeFile, mkdir, chmod } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Resource } from '@isthmus/artifacts';
import type { GatewayConfiguration } from '@isthmus/contracts';
import { hostSettings, Readiness, readSettings } from '@isthmus/host';
import type { Logger } from '@isthmus/host';
import { GatewayProcess } from '../gateway-process.js';
import { GatewayPorts } from '../services/gateway-ports.js';
import { gatewaySettings } from '../settings.js';
import type { GatewaySettings } from '../settings.js';
import { applyChange } from './apply-change.js';
import { compileGateway } from './compile-gateway.js';
import { ConfigurationBackup } from './configuration-backup.js';
import { Configuration } from './configuration.js';
import { withoutFailures } from './keepable.js';

const forwardAll =
  '<policies><inbound/><backend><forward-request/></backend><outbound/><on-error/></policies>';
const broken =
  '<policies><inbound><no-such-policy/></inbound><backend/><outbound/><on-error/></policies>';

function makeApi(name: string, policy = forwardAll): Resource[] {
  return [
    {
      id: `/apis/${name}`,
      properties: {
        displayName: name,
        path: name,
        serviceUrl: 'https://backend.example',
        subscriptionRequired: false,
      },
    },
    {
      id: `/apis/${name}/operations/get`,
      properties: { displayName: 'get', method: 'GET', urlTemplate: '/*' },
    },
    { id: `/apis/${name}/policies/policy`, properties: { format: 'rawxml', value: policy } },
  ];
}

function makePorts(...flags: string[]): {
  settings: GatewaySettings;
  ports: GatewayPorts;
  logger: Logger;
  lines: string[];
} {
  const settings = readSettings(
    { ...hostSettings, ...gatewaySettings },
    flags,
    {},
  ) as GatewaySettings;
  const lines: string[] = [];
  const write = (_fields: unknown, message?: string): void => void lines.push(message ?? '');
  const logger = { info: write, warn: write, error: write, debug: write } as unknown as Logger;
  return { settings, ports: new GatewayPorts(settings, logger, undefined), logger, lines };
}

describe('compileGateway', () => {
  const { ports } = makePorts();
  const compile = (
    resources: Resource[],
    previous?: ReturnType<typeof compileGateway>,
  ): ReturnType<typeof compileGateway> =>
    compileGateway({ revision: 'r', resources }, ports, previous);

  it('reuses APIs that did not change', () => {
    const first = compile([...makeApi('a'), ...makeApi('b')]);
    const second = compile(
      [
        ...makeApi('a'),
        ...makeApi('b', forwardAll.replace('<forward-request/>', '<forward-request timeout="5"/>')),
      ],
      first,
    );
    expect(second.apisById.get('/apis/a')).toBe(first.apisById.get('/apis/a'));
    expect(second.apisById.get('/apis/b')).not.toBe(first.apisById.get('/apis/b'));
  });
  it('compiles all APIs again when something that they share changed', () => {
    const first = compile(makeApi('a'));
    const second = compile(
      [...makeApi('a'), { id: '/namedValues/x', properties: { displayName: 'x', value: '1' } }],
      first,
    );
    expect(second.apisById.get('/apis/a')).not.toBe(first.apisById.get('/apis/a'));
  });
  it('does not compile again when only subscriptions changed', () => {
    const first = compile(makeApi('a'));
    const second = compile(
      [
        ...makeApi('a'),
        { id: '/subscriptions/s', properties: { scope: '/apis', state: 'active' } },
      ],
      first,
    );
    expect(second.apisById.get('/apis/a')).toBe(first.apisById.get('/apis/a'));
  });
  it('keeps the previous model of an API with mistakes, and tells them with their places', () => {
    const first = compile([...makeApi('a'), ...makeApi('b')]);
    const second = compile([...makeApi('a', broken), ...makeApi('b')], first);
    expect(second.apisById.get('/apis/a')).toBe(first.apisById.get('/apis/a'));
    expect(second.failed).toEqual([
      {
        id: '/apis/a',
        keepsPrevious: true,
        problems: [expect.objectContaining({ line: 1, column: 21 })],
      },
    ]);
    const third = compile([...makeApi('a'), ...makeApi('b')], second);
    expect(third.failed).toEqual([]);
  });
  it('leaves an API out that never compiled', () => {
    const model = compile([...makeApi('a', broken), ...makeApi('b')]);
    expect([...model.apisById.keys()]).toEqual(['/apis/b']);
    expect(model.failed[0]).toMatchObject({ id: '/apis/a', keepsPrevious: false });
  });
  it('F7: keeps everything when the global policy has a mistake, and refuses it as the first', () => {
    const global = { id: '/policies/policy', properties: { format: 'rawxml', value: broken } };
    const first = compile(makeApi('a'));
    const second = compile([...makeApi('a'), global], first);
    expect(second.apisById.get('/apis/a')).toBe(first.apisById.get('/apis/a'));
    expect(second.unmatched).toBe(first.unmatched);
    expect(second.failed.map((one) => one.id)).toEqual(['/apis/a', '/policies/policy']);
    expect(() => compile([...makeApi('a'), global])).toThrow('The global policy');
  });
  it('F7: closes an API whose secret is missing', () => {
    const policy = forwardAll
      .replace('<forward-request/>', '<set-header name="x"><value>{{gone}}</value></set-header>')
      .replace('<inbound/>', '<inbound><base/></inbound>');
    const model = compile(makeApi('a', policy));
    expect(model.apisById.size).toBe(0);
    expect(JSON.stringify(model.failed)).toContain("Cannot find a property 'gone'");
  });
  it('tells a version set that is not there', () => {
    const [api, ...rest] = makeApi('a');
    const model = compile([
      {
        ...api!,
        properties: {
          ...api!.properties,
          apiVersionSetId: '/apiVersionSets/gone',
          apiVersion: 'v1',
        },
      },
      ...rest,
    ]);
    expect(JSON.stringify(model.failed)).toContain(
      "version set '/apiVersionSets/gone' could not be found",
    );
  });
  it('tells a backend with mistakes and goes on', () => {
    const model = compile([
      ...makeApi('a'),
      { id: '/backends/b', properties: { protocol: 'http' } },
    ]);
    expect(model.failed).toEqual([
      {
        id: '/backends/b',
        keepsPrevious: false,
        problems: [{ message: "The backend 'b' has no url." }],
      },
    ]);
    expect(model.apisById.size).toBe(1);
  });
});

describe('applyChange', () => {
  const before = { revision: '1', resources: [...makeApi('a'), ...makeApi('b')] };
  it('takes a complete configuration as it is', () => {
    expect(applyChange(before, { revision: '2', upserts: makeApi('c'), deletes: [] })).toEqual({
      revision: '2',
      resources: makeApi('c'),
    });
  });
  it('applies upserts and deletes; what a deleted resource owns goes with it', () => {
    const after = applyChange(before, {
      revision: '2',
      since: '1',
      upserts: [{ id: '/apis/B', properties: { path: 'new' } }],
      deletes: ['/apis/a'],
    });
    expect(after.resources.map((one) => one.id)).toEqual([
      '/apis/B',
      '/apis/b/operations/get',
      '/apis/b/policies/policy',
    ]);
  });
});

describe('withoutFailures', () => {
  it('keeps failed parts as they were when they worked, and the older revision', () => {
    const good = { revision: '1', resources: [...makeApi('a'), ...makeApi('b')] };
    const next = { revision: '2', resources: [...makeApi('a', broken), ...makeApi('c')] };
    const kept = withoutFailures(next, good, [
      { id: '/apis/a', problems: [], keepsPrevious: true },
    ]);
    expect(kept).toEqual({ revision: '1', resources: [...makeApi('c'), ...makeApi('a')] });
  });
});

describe('ConfigurationBackup', () => {
  let folder: string;
  const told: string[] = [];
  const make = (secret?: string): ConfigurationBackup =>
    new ConfigurationBackup(folder, secret, (problem) => void told.push(problem));
  const files = async (): Promise<string[]> => (await readdir(folder)).sort();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backup-'));
    told.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 9 }));

  it('keeps three generations and gives the newest', async () => {
    const backup = make();
    for (const revision of ['1', '2', '3', '4', '5'])
      await backup.save({ revision, resources: makeApi(`api${revision}`) });
    expect(await files()).toHaveLength(3);
    expect((await make().load())?.revision).toBe('5');
  });
  it('F6: passes over a truncated and a changed generation', async () => {
    const backup = make();
    for (const revision of ['1', '2', '3']) await backup.save({ revision, resources: [] });
    const [, second = '', third = ''] = await files();
    const text = await readFile(join(folder, third), 'utf8');
    await writeFile(join(folder, third), text.slice(0, -5));
    await writeFile(
      join(folder, second),
      (await readFile(join(folder, second), 'utf8')).replace('"2"', '"9"'),
    );
    expect((await make().load())?.revision).toBe('1');
    expect(told).toHaveLength(2);
  });
  it('F6: passes over another layout', async () => {
    await mkdir(folder, { recursive: true });
    await make().save({ revision: '1', resources: [] });
    await writeFile(join(folder, 'configuration-000000000009.json'), 'sha256:x\n{"schema":2}');
    expect((await make().load())?.revision).toBe('1');
  });
  it('F6: takes only what is signed with its secret', async () => {
    await make('s1').save({ revision: '1', resources: [] });
    expect((await make('s1').load())?.revision).toBe('1');
    expect(await make('s2').load()).toBeUndefined();
    expect(await make().load()).toBeUndefined();
  });
  it('goes on when the disk cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await new ConfigurationBackup(
      join(folder, 'file', 'below'),
      undefined,
      (problem) => void told.push(problem),
    ).save({ revision: '1', resources: [] });
    expect(told).toEqual(['the configuration could not be kept on disk']);
    await chmod(folder, 0o700);
  });
  it('has nothing in an empty folder', async () => expect(await make().load()).toBeUndefined());
});

describe('Configuration', () => {
  let folder: string;
  const running: { onApplicationShutdown(): unknown }[] = [];
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'configuration-'))));
  afterEach(async () => {
    for (const one of running.splice(0)) await one.onApplicationShutdown();
    await rm(folder, { recursive: true, force: true, maxRetries: 9 });
  });

  function make(...flags: string[]): { configuration: Configuration; lines: string[] } {
    const { settings, ports, logger, lines } = makePorts(
      `--backup-folder=${join(folder, 'backup')}`,
      ...flags,
    );
    const configuration = new Configuration(
      new GatewayProcess(settings, logger, new Readiness()),
      ports,
    );
    running.push(configuration, ports);
    return { configuration, lines };
  }
  async function until(condition: () => boolean): Promise<void> {
    for (let index = 0; index < 100 && !condition(); index++) await wait(30);
    expect(condition()).toBe(true);
  }

  it('asks for a source outside development', async () => {
    await expect(make('--environment=production').configuration.start()).rejects.toThrow(
      'A gateway needs a configuration',
    );
  });

  it('serves a folder, takes up changes, and keeps the last good one', async () => {
    const root = join(folder, 'apim');
    const info = join(root, 'apis/a/apiInformation.json');
    await mkdir(join(root, 'apis/a'), { recursive: true });
    await writeFile(
      info,
      JSON.stringify({ properties: { path: 'one', serviceUrl: 'https://b.example' } }),
    );
    const { configuration, lines } = make(`--config=${root}`);
    await configuration.start();
    const path = (): string | undefined => configuration.model?.apisById.get('/apis/a')?.path;
    expect(path()).toBe('one');
    await writeFile(
      info,
      JSON.stringify({ properties: { path: 'two', serviceUrl: 'https://b.example' } }),
    );
    await until(() => path() === 'two');
    await writeFile(join(root, 'policy.xml'), broken);
    await until(() => (configuration.model?.failed.length ?? 0) > 0);
    expect(path()).toBe('two');
    expect(lines).toContain('a part of the configuration is not usable');
  });

  it('keeps an API whose information is broken for a while, and takes up the rest', async () => {
    const root = join(folder, 'apim');
    const write = async (api: string, text: string): Promise<void> => {
      await mkdir(join(root, 'apis', api), { recursive: true });
      await writeFile(join(root, 'apis', api, 'apiInformation.json'), text);
    };
    const api = (path: string): string =>
      JSON.stringify({ properties: { path, serviceUrl: 'https://b.example' } });
    await write('a', api('one'));
    const { configuration, lines } = make(`--config=${root}`);
    await configuration.start();
    const path = (name: string): string | undefined =>
      configuration.model?.apisById.get(`/apis/${name}`)?.path;
    await write('a', '{ "properties": {');
    await until(() => lines.includes('configuration folder'));
    expect(path('a')).toBe('one');
    await write('b', api('two'));
    await until(() => path('b') === 'two');
    expect(path('a')).toBe('one');
    await write('a', '{');
    await write('b', api('three'));
    await until(() => path('b') === 'three');
    expect(path('a')).toBe('one');
    await write('a', api('four'));
    await until(() => path('a') === 'four');
    await rm(join(root, 'apis/a'), { recursive: true, maxRetries: 9 });
    await until(() => path('a') === undefined);
    expect(path('b')).toBe('three');
  });

  it('F6: follows the catalog, reports, survives its absence, and starts without it', async () => {
    const answers: GatewayConfiguration[] = [{ revision: '1', upserts: makeApi('a'), deletes: [] }];
    const reports: unknown[] = [];
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    const catalog = http.createServer(async (request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      if (request.method === 'PUT') {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        reports.push(JSON.parse(text));
        response.writeHead(204).end();
        return;
      }
      if (answers.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(answers.shift()));
    });
    await new Promise<void>((resolve) => catalog.listen(0, '127.0.0.1', resolve));
    const { port } = catalog.address() as AddressInfo;
    const flags = [
      `--catalog-url=http://127.0.0.1:${port}`,
      '--gateway-id=g1',
      '--gateway-key=secret',
    ];
    const { configuration } = make(...flags);
    await configuration.start();
    expect(configuration.model?.revision).toBe('1');
    answers.push({ revision: '2', since: '1', upserts: makeApi('b'), deletes: [] });
    await until(() => waiting.length > 0);
    waiting.shift()?.();
    await until(() => configuration.model?.revision === '2');
    expect([...configuration.model!.apisById.keys()].sort()).toEqual(['/apis/a', '/apis/b']);
    await until(() => reports.length === 2);
    expect(reports[1]).toMatchObject({
      revision: '2',
      applied: true,
      failed: [],
      instanceId: configuration.instanceId,
    });
    expect(asked[0]).toMatch(
      /^GatewayKey secret \/publication\/gateways\/g1\/configuration\?wait=0/,
    );
    catalog.close();
    catalog.closeAllConnections();
    await wait(50);
    expect(configuration.model?.revision).toBe('2');
    const second = make(...flags);
    await second.configuration.start();
    expect(second.configuration.model?.revision).toBe('2');
    expect(second.lines).toContain('serving the kept configuration');
  });
});
