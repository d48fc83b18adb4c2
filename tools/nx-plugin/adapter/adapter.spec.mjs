import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
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
  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

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

  it('makes a service that answers /readyz', async () => {
    const service = spawn(
      process.execPath,
      ['apps/adapter-made-soap/dist/main.js', '--port', '0', '--management-port', '0'],
      {
        cwd: workspace,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { PATH: process.env.PATH },
      },
    );
    try {
      const { managementUrl } = await new Promise((resolve, reject) => {
        service.once('message', resolve);
        service.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      });
      expect((await fetch(`${managementUrl}/readyz`)).status).toBe(200);
    } finally {
      service.kill();
    }
  }, 30_000);

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
