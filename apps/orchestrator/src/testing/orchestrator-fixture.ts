import 'reflect-metadata';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { stopEmbeddedPostgres, type Database } from '@isthmus/database';
import { createLogger, HostModule, prepareHttp, Readiness } from '@isthmus/host';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { AppModule, type OrchestratorSettings } from '../app.module.js';
import { WorkflowDeployer } from '../definitions/workflow-deployer.js';
import { DATABASE, LEASE_LOST } from '../providers.js';
import { settings } from '../settings.js';
import type { Tables } from '../store/tables.js';

const tenant = '7e57c0de-0000-4000-8000-000000000001';
const management = '/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Logic/workflows';

/** Parsed JSON, as tests look into it. */
export type Json = ReturnType<typeof JSON.parse>;

/** A call that reached the backend of a test. */
export interface BackendCall {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
}

/** An answer of the backend of a test. */
export interface BackendAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Milliseconds before it is given. */
  readonly after?: number;
}

/** One replica of the orchestrator. */
export interface ReplicaUnderTest {
  readonly app: NestExpressApplication;
  readonly url: string;
  readonly leaseLost: Error[];
}

/** The orchestrator over real sockets on a real PostgreSQL, with a backend that remembers its calls. */
export class OrchestratorFixture {
  readonly calls: BackendCall[] = [];
  /** What the backend answers; by default 200 with the path. */
  answer: (call: BackendCall) => BackendAnswer = ({ path }) => ({ body: { path } });
  readonly replicas: ReplicaUnderTest[] = [];
  readonly tokens: Record<string, string> = {};
  backendUrl = '';
  /** The address that callback URLs name, where it is not that of the first replica. */
  private publicUrl = '';
  private folder = '';
  private issuer = '';
  private readonly servers: Server[] = [];

  static async start(over: Partial<OrchestratorSettings> = {}): Promise<OrchestratorFixture> {
    const fixture = new OrchestratorFixture();
    fixture.publicUrl = over.publicUrl ?? '';
    fixture.folder = await mkdtemp(join(tmpdir(), 'isthmus orchestrator '));
    await fixture.#startIdentity();
    fixture.backendUrl = await fixture.#listen((request, response) =>
      fixture.#backend(request, response),
    );
    await fixture.startReplica(over);
    return fixture;
  }

  get url(): string {
    return this.replicas[0]!.url;
  }

  /** Where the embedded server keeps its data, below `postgres`. */
  get dataFolder(): string {
    return this.folder;
  }

  get database(): Database<Tables> {
    return this.replicas[0]!.app.get<Database<Tables>>(DATABASE);
  }

  /** One more replica on the same store. */
  async startReplica(over: Partial<OrchestratorSettings> = {}): Promise<ReplicaUnderTest> {
    const logger = createLogger('orchestrator', 'silent');
    const values = { ...defaults(), dataFolder: this.folder, issuer: this.issuer, ...over };
    const root = HostModule.with(AppModule.with(values), { logger, readiness: new Readiness() });
    const leaseLost: Error[] = [];
    const built = await Test.createTestingModule({ imports: [root] })
      .overrideProvider(LEASE_LOST)
      .useValue((error: Error) => leaseLost.push(error))
      .compile();
    const app = built.createNestApplication<NestExpressApplication>({ bodyParser: false });
    prepareHttp(app, logger, false);
    await app.listen(0, '127.0.0.1');
    const replica = { app, url: await app.getUrl(), leaseLost };
    this.replicas.push(replica);
    return replica;
  }

  /** Stops one replica gracefully. */
  async stopReplica(replica: ReplicaUnderTest): Promise<void> {
    this.replicas.splice(this.replicas.indexOf(replica), 1);
    await replica.app.close();
  }

  async stop(): Promise<void> {
    for (const { app } of this.replicas) await app.close().catch(() => undefined);
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await stopEmbeddedPostgres(join(this.folder, 'postgres'));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 9 });
  }

  /** Deploys workflows of a Standard project: definitions by name. */
  async deploy(
    workflows: Readonly<Record<string, object>>,
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const project = new Map(Object.entries(files));
    for (const [name, document] of Object.entries(workflows)) {
      const isDocument = 'definition' in document;
      const text = JSON.stringify(
        isDocument ? document : { definition: document, kind: 'Stateful' },
      );
      project.set(`${name}/workflow.json`, text);
    }
    await this.replicas[0]!.app.get(WorkflowDeployer).deployProject(project);
  }

  /** A call of the management API; the path is below the list of workflows. */
  manage(
    method: string,
    path: string,
    { body, role = 'Admin', url = this.url }: { body?: unknown; role?: string; url?: string } = {},
  ): Promise<Response> {
    const token = this.tokens[role];
    return fetch(path.startsWith('http') ? this.local(path) : `${url}${management}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  async read(path: string): Promise<Json> {
    const response = await this.manage('GET', path);
    return response.json();
  }

  async callbackUrl(workflow: string, trigger = 'manual', body: object = {}): Promise<string> {
    const path = `/${workflow}/triggers/${trigger}/listCallbackUrl`;
    const answer = await this.manage('POST', path, { body });
    return this.local(((await answer.json()) as { value: string }).value);
  }

  /** The address of the first replica for one that others see. */
  local(url: string): string {
    return this.publicUrl === '' ? url : url.replace(this.publicUrl, this.url);
  }

  /** Calls a request trigger with a JSON body. */
  async call(
    workflow: string,
    body: unknown = {},
    init: { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Response> {
    const url = await this.callbackUrl(workflow);
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...init.headers },
      body: JSON.stringify(body),
    });
  }

  /** The run of a workflow that was begun last. */
  async lastRun(workflow: string): Promise<Json> {
    const { value } = (await this.read(`/${workflow}/runs?$top=1`)) as { value: unknown[] };
    return value[0];
  }

  /** Waits until the run of that id is over. */
  async ended(workflow: string, run: string): Promise<Json> {
    return until(async () => {
      const view = await this.read(`/${workflow}/runs/${run}`);
      return view.properties?.endTime === undefined ? undefined : view.properties;
    });
  }

  #backend(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call: BackendCall = {
        method: request.method ?? '',
        path: request.url ?? '',
        key: String(request.headers['x-ms-client-request-id'] ?? ''),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        at: Date.now(),
      };
      this.calls.push(call);
      const { status = 200, headers = {}, body, after = 0 } = this.answer(call);
      setTimeout(() => {
        response.writeHead(status, {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      }, after).unref();
    });
  }

  async #startIdentity(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', use: 'sig' };
    this.issuer = await this.#listen((request, response) => {
      const metadata = { issuer: this.issuer, jwks_uri: `${this.issuer}/keys` };
      response.end(JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : metadata));
    });
    for (const role of ['Admin', 'Publisher', 'Reader']) {
      this.tokens[role] = await new SignJWT({
        tid: tenant,
        ver: '2.0',
        azp: 'test',
        oid: 'test',
        roles: [`Isthmus.${role}`],
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'k' })
        .setIssuer(this.issuer)
        .setAudience('api://isthmus')
        .setExpirationTime('1h')
        .sign(privateKey);
    }
  }

  async #listen(
    handler: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<string> {
    const server = createServer(handler);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

/** Repeats a question until it has an answer. @throws Error after `seconds` */
export async function until<Answer>(
  question: () => Promise<Answer | undefined> | Answer | undefined,
  seconds = 15,
): Promise<Answer> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const answer = await question();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited ${seconds} s in vain`);
}

/** A definition with a request trigger. */
export function requested(actions: object, trigger: object = {}): object {
  return {
    $schema:
      'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#',
    contentVersion: '1.0.0.0',
    triggers: { manual: { type: 'Request', kind: 'Http', inputs: {}, ...trigger } },
    actions,
    outputs: {},
  };
}

function defaults(): OrchestratorSettings {
  const declared = Object.entries(settings).map(
    ([name, declaration]) =>
      [name, 'default' in declaration ? declaration.default : undefined] as const,
  );
  return {
    ...Object.fromEntries(declared),
    environment: 'test',
    host: '127.0.0.1',
    port: 0,
  } as unknown as OrchestratorSettings;
}
