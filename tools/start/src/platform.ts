import { join, resolve } from 'node:path';
import {
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@isthmus/database';
import { startProcess, stopProcesses, type RunningProcess } from './child-process.js';
import { writeAppSettings, writeConnections } from './example-files.js';
import { PortChooser } from './free-ports.js';
import { tenantId } from './operator.js';
import { publishExample } from './publish-example.js';
import { platformSecrets, type PlatformSecrets } from './secrets.js';

/** The usual ports, by name of the service. */
export const usualPorts: Readonly<Record<string, number>> = {
  gateway: 8080,
  catalog: 8081,
  orchestrator: 8082,
  'adapter-rest': 8083,
  'adapter-soap': 8084,
  'adapter-saas': 8085,
  identity: 8090,
  orders: 8091,
  stock: 8092,
  crm: 8093,
};
const managementOffset = 100;
const startTimeoutMs = 60_000;

/** Where and how the reference architecture runs. */
export interface PlatformOptions {
  readonly root: string;
  readonly dataFolder: string;
  readonly freePorts: boolean;
}

/** The reference architecture as processes; each step needs what the steps before it started. */
export class Platform {
  readonly running: RunningProcess[] = [];
  readonly #ports: PortChooser;
  readonly #secrets: PlatformSecrets;
  readonly #data: string;
  readonly #example: string;
  #postgres: EmbeddedPostgres | undefined;
  #key = '';

  constructor(private readonly options: PlatformOptions) {
    this.#data = resolve(options.root, options.dataFolder);
    this.#ports = new PortChooser(!options.freePorts);
    this.#secrets = platformSecrets(this.#data);
    this.#example = join(options.root, 'deploy/examples/reference-architecture');
  }

  /** Subscription key of the sample caller, once the example is published. */
  get key(): string {
    return this.#key;
  }

  get dataFolder(): string {
    return this.#data;
  }

  async startDatabase(): Promise<void> {
    this.#postgres = await startEmbeddedPostgres({ dataFolder: join(this.#data, 'postgres') });
  }

  async startSystems(): Promise<void> {
    await Promise.all([
      this.#start('identity', 'tools/identity/dist/main.js'),
      ...['orders', 'stock', 'crm'].map((name) =>
        this.#start(name, `tools/sample-backends/dist/${name}/main.js`),
      ),
    ]);
  }

  async startAdapters(): Promise<void> {
    const connections = writeConnections(join(this.#data, 'settings'), this.#systems());
    await Promise.all(
      (['rest', 'soap', 'saas'] as const).map((kind) =>
        this.#startService(
          `adapter-${kind}`,
          [
            ...['--connections-file', connections[kind]],
            ...(kind === 'saas'
              ? []
              : ['--connectors-folder', join(this.#example, 'connectors', kind)]),
          ],
          { ISTHMUS_ACCESS_KEY: this.#secrets.adapterKey },
        ),
      ),
    );
  }

  async startManagement(): Promise<void> {
    const issuer = `${this.url('identity')}/${tenantId}/v2.0`;
    const appSettings = writeAppSettings(join(this.#data, 'settings'), {
      systems: this.#systems(),
      adapters: {
        rest: this.url('adapter-rest'),
        soap: this.url('adapter-soap'),
        saas: this.url('adapter-saas'),
      },
      adapterKey: this.#secrets.adapterKey,
    });
    const management = ['--data-folder', this.#data, '--issuer', issuer, '--tenants', tenantId];
    await Promise.all([
      this.#startService('catalog', management, {
        ISTHMUS_MANAGED_GATEWAY_KEY: this.#secrets.gatewayKey,
        ISTHMUS_TRACE_SECRET: this.#secrets.traceSecret,
      }),
      this.#startService('orchestrator', [
        ...management,
        ...[
          '--project-folder',
          join(this.#example, 'workflows'),
          '--app-settings-file',
          appSettings,
        ],
      ]),
    ]);
  }

  async publish(): Promise<void> {
    this.#key = await publishExample({
      folder: join(this.#example, 'apim'),
      identityUrl: this.url('identity'),
      catalogUrl: this.url('catalog'),
      orchestratorUrl: this.url('orchestrator'),
      ordersUrl: this.url('orders'),
      stockUrl: this.url('stock'),
    });
  }

  startGateway(): Promise<void> {
    const backup = join(this.#data, 'gateway');
    return this.#startService(
      'gateway',
      [
        ...['--catalog-url', this.url('catalog')],
        ...['--backup-folder', backup, '--allow-private-backends', 'true'],
      ],
      {
        ISTHMUS_GATEWAY_KEY: this.#secrets.gatewayKey,
        ISTHMUS_TRACE_SECRET: this.#secrets.traceSecret,
      },
    );
  }

  async stop(): Promise<void> {
    await stopProcesses(this.running);
    await this.#postgres?.release();
    await stopEmbeddedPostgres(join(this.#data, 'postgres'));
  }

  url(name: string): string {
    const found = this.running.find((entry) => entry.name === name);
    if (!found) throw new Error(`${name} does not run yet`);
    return found.url;
  }

  #systems(): { orders: string; stock: string; crm: string } {
    return { orders: this.url('orders'), stock: this.url('stock'), crm: this.url('crm') };
  }

  async #startService(name: string, args: readonly string[], secrets: Secrets = {}): Promise<void> {
    const management = await this.#ports.choose(usualPorts[name]! + managementOffset);
    await this.#start(
      name,
      `apps/${name}/dist/main.js`,
      ['--management-port', String(management), ...args],
      secrets,
    );
  }

  async #start(
    name: string,
    module: string,
    args: readonly string[] = [],
    secrets: Secrets = {},
  ): Promise<void> {
    const port = await this.#ports.choose(usualPorts[name]!);
    this.running.push(
      await startProcess({
        name,
        module,
        args: ['--port', String(port), ...args],
        secrets,
        root: this.options.root,
        logFolder: join(this.#data, 'logs'),
        timeoutMs: startTimeoutMs,
        url: `http://127.0.0.1:${port}`,
      }),
    );
  }
}

type Secrets = Readonly<Record<string, string>>;
