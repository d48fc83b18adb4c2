import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, runProcess, type RunningProgram } from '../processes/run-process.js';
import { installPeer } from './install-peer.js';

const run = promisify(execFile);
const version = '2.41.0';
const workflowId = 'isthmusbench0001';

/** The version that is compared with, with the cheaper one of its expression engines. */
export const n8nName = `n8n ${version} (legacy expressions)`;

/**
 * Starts n8n with SQLite and one workflow. Its SQLite driver has to be built on this machine, which needs a compiler.
 * It runs its two branches one after the other.
 */
export async function startN8n(options: {
  readonly scratch: string;
  readonly core: number;
  readonly backendPort: number;
}): Promise<(RunningProgram & { readonly port: number }) | string> {
  const peer = await installPeer({ name: 'n8n', version });
  if ('missing' in peer) return peer.missing;
  const { scratch, core, backendPort } = options;
  const port = await freePort();
  const env = {
    N8N_USER_FOLDER: scratch,
    N8N_PORT: String(port),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_RUNNERS_ENABLED: 'false',
    N8N_EXPRESSION_ENGINE: 'legacy',
    EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
    N8N_LOG_LEVEL: 'error',
  };
  const program = join(peer.folder, 'node_modules/n8n/bin/n8n');
  await run('npm', ['rebuild', 'sqlite3'], { cwd: peer.folder, timeout: 10 * 60_000 });
  const file = join(scratch, 'workflow.json');
  await writeFile(file, JSON.stringify([workflow(backendPort)]));
  const command = { env: { ...env, PATH: process.execPath.replace(/[^/]+$/, '') } };
  await run(process.execPath, [program, 'import:workflow', `--input=${file}`], command);
  await run(process.execPath, [program, 'publish:workflow', `--id=${workflowId}`], command);
  const running = await runProcess({
    name: n8nName,
    command: process.execPath,
    args: [program, 'start'],
    env,
    log: join(scratch, 'output.log'),
    core,
    port,
    timeoutMs: 120_000,
  });
  await firstAnswer(port);
  return { ...running, port };
}

/** n8n answers 200 "starting up" before it works; only the joined answer counts. */
async function firstAnswer(port: number): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/webhook/composite`, { method: 'POST' });
    if ((await response.text()).includes('order 1')) return;
    await sleep(500);
  }
  throw new Error('n8n never gave the joined answer');
}

function workflow(backendPort: number): object {
  const node = (name: string, type: string, parameters: object, typeVersion: number) => ({
    ...{ id: name, name, type: `n8n-nodes-base.${type}`, typeVersion, position: [0, 0] },
    parameters,
    ...(type === 'webhook' ? { webhookId: 'composite' } : {}),
  });
  const call = (name: string, path: string) =>
    node(name, 'httpRequest', { url: `http://127.0.0.1:${backendPort}${path}`, options: {} }, 4.2);
  const to = (...targets: [string, number][]) => ({
    main: [targets.map(([name, index]) => ({ node: name, type: 'main', index }))],
  });
  const body =
    "={{ { customer: $('customer').item.json.id, order: $('order').item.json.id, text: 'order ' + $('order').item.json.id + ' of ' + $('customer').item.json.id } }}";
  return {
    ...{ id: workflowId, name: 'composite', active: true, settings: {} },
    nodes: [
      node(
        'in',
        'webhook',
        { path: 'composite', httpMethod: 'POST', responseMode: 'responseNode', options: {} },
        2,
      ),
      call('customer', '/customers/1'),
      call('order', '/orders/1'),
      node('join', 'merge', { mode: 'combine', combineBy: 'combineByPosition', options: {} }, 3),
      node(
        'out',
        'respondToWebhook',
        { respondWith: 'json', responseBody: body, options: {} },
        1.1,
      ),
    ],
    connections: {
      in: to(['customer', 0], ['order', 0]),
      customer: to(['join', 0]),
      order: to(['join', 1]),
      join: to(['out', 0]),
    },
  };
}
