import { readFile } from 'node:fs/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres, stopEmbeddedPostgres } from '@isthmus/database';
import { root } from '../gateway/isthmus-gateway.js';
import { freePort, runProcess, type RunningProgram } from '../processes/run-process.js';
import { compositeDefinition, foreachDefinition, smallDefinition } from './definitions.js';

const tenant = '7e57c0de-0000-4000-8000-000000000001';
const workflowsPath =
  '/subscriptions/local/resourceGroups/local/providers/Microsoft.Logic/workflows';

/** An orchestrator with a database of its own and the workflows of the benchmark. */
export interface Orchestrator {
  readonly port: number;
  /** The service, then its PostgreSQL. */
  readonly pids: readonly number[];
  /** Path with query of a workflow's signed URL. */
  readonly callbackPath: (workflow: string) => Promise<string>;
  /** Reads from the management API, below a workflow; a whole URL is taken as it is. */
  readonly read: (address: string) => Promise<Response>;
  /** Bytes of the JavaScript heap that are in use. */
  readonly heap: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** The development identity provider, for the management API. */
export function startIdentity(scratch: string): Promise<RunningProgram & { readonly url: string }> {
  return freePort().then(async (port) => {
    const running = await runProcess({
      name: 'identity',
      command: process.execPath,
      args: [join(root, 'tools/identity/dist/main.js'), '--port', String(port)],
      log: join(scratch, 'identity.log'),
    });
    return { ...running, url: `http://localhost:${port}` };
  });
}

/** How an orchestrator is started. */
export interface OrchestratorStart {
  readonly name: string;
  readonly scratch: string;
  readonly backendPort: number;
  readonly identityUrl: string;
  readonly durability: 'response' | 'strict';
  readonly core: number;
  readonly nodeFlags: readonly string[];
}

/** Starts PostgreSQL, then the orchestrator on it. */
export async function startOrchestrator(start: OrchestratorStart): Promise<Orchestrator> {
  const folder = join(start.scratch, start.name);
  const project = join(folder, 'project');
  await writeProject(project, `http://127.0.0.1:${start.backendPort}`);
  const postgres = join(folder, 'postgres');
  const database = await startEmbeddedPostgres({ dataFolder: postgres });
  const port = await freePort();
  const running = await runProcess({
    name: `orchestrator (${start.name})`,
    command: process.execPath,
    args: [
      ...start.nodeFlags,
      join(root, 'apps/orchestrator/dist/main.js'),
      ...['--port', String(port), '--management-port', '0', '--data-folder', folder],
      ...['--project-folder', project, '--durability', start.durability, '--log-level', 'error'],
      ...['--issuer', `${start.identityUrl}/${tenant}/v2.0`, '--tenants', tenant],
    ],
    log: join(folder, 'orchestrator.log'),
    core: start.core,
  });
  const stop = async () => {
    await running.stop();
    await database.release();
    await stopEmbeddedPostgres(postgres);
  };
  const server = JSON.parse(await readFile(join(postgres, 'server.json'), 'utf8')) as {
    pid: number;
  };
  const heap = () => heapOf(running.started['managementUrl'] as string);
  const pids = [running.pid, server.pid];
  return { port, pids, stop, heap, ...managementOf(port, start.identityUrl) };
}

/** From the metrics that every service has on its management port. */
async function heapOf(managementUrl: string): Promise<number> {
  const { port } = new URL(managementUrl);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes\S* (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
}

function managementOf(port: number, identityUrl: string) {
  const base = `http://127.0.0.1:${port}${workflowsPath}`;
  let token: Promise<string> | undefined;
  const call = async (url: string, method: string): Promise<Response> =>
    fetch(url, {
      method,
      headers: { authorization: `Bearer ${await (token ??= operatorToken(identityUrl))}` },
    });
  return {
    read: (address: string) =>
      call(address.startsWith('http') ? address : `${base}/${address}`, 'GET'),
    callbackPath: async (workflow: string): Promise<string> => {
      const url = `${base}/${workflow}/triggers/manual/listCallbackUrl?api-version=2019-05-01`;
      const response = await call(url, 'POST');
      const text = await response.text();
      if (!response.ok) throw new Error(`listCallbackUrl answered ${response.status}: ${text}`);
      const { pathname, search } = new URL((JSON.parse(text) as { value: string }).value);
      return pathname + search;
    },
  };
}

async function operatorToken(identityUrl: string): Promise<string> {
  const response = await fetch(`${identityUrl}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      // The operator that tools/identity seeds.
      client_id: '7e57c0de-0000-4000-8000-00000000a002',
      client_secret: 'isthmus-operator-sample-secret',
      scope: 'api://isthmus/.default',
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function writeProject(folder: string, backend: string): Promise<void> {
  const workflows: Record<string, { kind: string; definition: object }> = {
    'composite-stateful': { kind: 'Stateful', definition: compositeDefinition(backend) },
    'composite-stateless': { kind: 'Stateless', definition: compositeDefinition(backend) },
    small: { kind: 'Stateful', definition: smallDefinition() },
    'foreach-1000': { kind: 'Stateful', definition: foreachDefinition(1000) },
    'foreach-10000': { kind: 'Stateful', definition: foreachDefinition(10_000) },
    'foreach-100000': { kind: 'Stateful', definition: foreachDefinition(100_000) },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'host.json'), JSON.stringify({ version: '2.0' }));
  for (const [name, workflow] of Object.entries(workflows)) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'workflow.json'), JSON.stringify(workflow));
  }
}
