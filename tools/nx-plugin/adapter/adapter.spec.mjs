import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const left = new Set(['.git', '.isthmus', '.nx', 'dist', 'node_modules', 'coverage']);

/** A copy of the workspace with its own links between projects; third-party packages are shared. */
function copyWorkspace(target) {
  cpSync(root, target, {
    recursive: true,
    filter: (source) => source === root || !left.has(basename(source)),
  });
  const packages = join(root, 'node_modules');
  mkdirSync(join(target, 'node_modules/@isthmus'), { recursive: true });
  for (const name of readdirSync(packages)) {
    if (name !== '@isthmus') symlinkSync(join(packages, name), join(target, 'node_modules', name));
  }
  for (const folder of ['apps', 'libs', 'tools']) {
    for (const project of readdirSync(join(target, folder))) {
      const file = join(target, folder, project, 'package.json');
      if (!existsSync(file)) continue;
      const { name } = JSON.parse(readFileSync(file, 'utf8'));
      symlinkSync(join(target, folder, project), join(target, 'node_modules', name));
      const own = join(root, folder, project, 'node_modules');
      if (existsSync(own)) symlinkSync(own, join(target, folder, project, 'node_modules'));
    }
  }
}

const workflowThatAsks = {
  kind: 'Stateful',
  definition: {
    $schema:
      'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#',
    contentVersion: '1.0.0.0',
    triggers: { manual: { type: 'Request', kind: 'Http', inputs: {} } },
    actions: {
      Ask: {
        type: 'ApiConnection',
        inputs: {
          host: { connection: { referenceName: 'made' } },
          method: 'get',
          path: '/items/7',
        },
        runAfter: {},
      },
    },
  },
};

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value));
}

/** `isthmus run` of the built command line; gives what it prints. */
function runWorkflow(file) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      join(root, 'apps/cli/dist/main.js'),
      'run',
      file,
      '--json',
    ]);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

describe('npx nx g @isthmus/nx-plugin:adapter', () => {
  let workspace;
  const bin = (name) => join(root, 'node_modules/.bin', name);
  const run = (command, ...args) =>
    execFileSync(command, args, {
      cwd: workspace,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NX_DAEMON: 'false',
        NX_WORKSPACE_ROOT_PATH: workspace,
        NODE_OPTIONS: '',
      },
    });
  beforeAll(() => {
    workspace = mkdtempSync(join(tmpdir(), 'isthmus copy '));
    copyWorkspace(workspace);
  }, 60_000);
  afterAll(() => rmSync(workspace, { recursive: true, force: true, maxRetries: 9 }));

  it.each(['rest', 'soap', 'saas'])(
    'makes a %s adapter that builds and passes its own test',
    (kind) => {
      run(bin('nx'), 'g', '@isthmus/nx-plugin:adapter', `made-${kind}`, '--kind', kind);
      run(bin('tsc'), '-b', `apps/adapter-made-${kind}`);
      const jest = [
        '--experimental-vm-modules',
        '--no-warnings',
        join(root, 'node_modules/jest/bin/jest.js'),
      ];
      run(process.execPath, ...jest, `apps/adapter-made-${kind}/`);
      expect(readFileSync(join(workspace, 'package-lock.json'), 'utf8')).toContain(
        `apps/adapter-made-${kind}`,
      );
      expect(readFileSync(join(workspace, 'tsconfig.json'), 'utf8')).toContain(
        `apps/adapter-made-${kind}`,
      );
    },
    120_000,
  );

  it('makes a service that answers /readyz, and that a workflow calls', async () => {
    const system = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"7","count":3}'),
    );
    await once(system.listen(0, '127.0.0.1'), 'listening');
    const project = join(workspace, 'project');
    mkdirSync(join(project, 'ask'), { recursive: true });
    const connections = join(project, 'adapter-connections.json');
    const baseUrl = `http://127.0.0.1:${system.address().port}`;
    writeJson(connections, { connections: { main: { connector: 'made-rest', baseUrl } } });
    const service = spawn(
      process.execPath,
      [
        ...['apps/adapter-made-rest/dist/main.js', '--port', '0', '--management-port', '0'],
        ...['--connections-file', connections],
      ],
      {
        cwd: workspace,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { PATH: process.env.PATH },
      },
    );
    try {
      const { url, managementUrl } = await new Promise((resolve, reject) => {
        service.once('message', resolve);
        service.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      });
      expect((await fetch(`${managementUrl}/readyz`)).status).toBe(200);
      writeJson(join(project, 'host.json'), { version: '2.0' });
      const connection = {
        api: { id: 'x' },
        connection: { id: 'x' },
        connectionRuntimeUrl: `${url}/apim/made-rest/main`,
      };
      writeJson(join(project, 'connections.json'), { managedApiConnections: { made: connection } });
      writeJson(join(project, 'ask/workflow.json'), workflowThatAsks);
      const { status, actions } = JSON.parse(await runWorkflow(join(project, 'ask/workflow.json')));
      expect([status, actions.Ask.outputs.body]).toEqual(['Succeeded', { id: '7', count: 3 }]);
    } finally {
      service.kill();
      system.close();
    }
  }, 60_000);

  it('gives each adapter ports of its own and a chart for its own name', () => {
    const ports = ['rest', 'soap', 'saas'].map(
      (kind) =>
        /port: (\d+)/.exec(
          readFileSync(join(workspace, `apps/adapter-made-${kind}/src/settings.ts`), 'utf8'),
        )[1],
    );
    expect(new Set(ports).size).toBe(3);
    const chart = join(workspace, 'deploy/charts/adapter-made-rest');
    expect(readFileSync(join(chart, 'Chart.yaml'), 'utf8')).toContain('name: adapter-made-rest');
    expect(readFileSync(join(chart, 'templates/configmap.yaml'), 'utf8')).toContain(
      `ISTHMUS_PORT: "${ports[0]}"`,
    );
    expect(
      existsSync(join(workspace, 'deploy/environments/production/adapter-made-rest.yaml')),
    ).toBe(true);
  });

  it.each(['Billing', '../billing', 'a b', ''])('refuses the name %j', (name) => {
    expect(() => run(bin('nx'), 'g', '@isthmus/nx-plugin:adapter', `--name=${name}`)).toThrow(
      'kebab-case',
    );
  });
});
