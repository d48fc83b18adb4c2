import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, runProcess, type RunningProgram } from '../processes/run-process.js';
import { installPeer } from './install-peer.js';

const version = '5.0.7';

/** The version that is compared with. */
export const nodeRedName = `Node-RED ${version}`;

/** Starts Node-RED with one flow: two calls in parallel, a join, an answer. */
export async function startNodeRed(options: {
  readonly scratch: string;
  readonly core: number;
  readonly backendPort: number;
}): Promise<(RunningProgram & { readonly port: number }) | string> {
  const peer = await installPeer({ name: 'node-red', version });
  if ('missing' in peer) return peer.missing;
  const { scratch, core, backendPort } = options;
  const port = await freePort();
  await writeFile(join(scratch, 'flows.json'), JSON.stringify(flow(backendPort)));
  await writeFile(
    join(scratch, 'settings.js'),
    `module.exports = { uiPort: ${port}, uiHost: '127.0.0.1', flowFile: 'flows.json', httpAdminRoot: false,
  logging: { console: { level: 'error' } }, telemetry: { enabled: false }, diagnostics: { enabled: false } };`,
  );
  const running = await runProcess({
    name: nodeRedName,
    command: process.execPath,
    args: [
      join(peer.folder, 'node_modules/node-red/red.js'),
      ...['--userDir', scratch, '--settings', join(scratch, 'settings.js')],
    ],
    log: join(scratch, 'output.log'),
    core,
    port,
  });
  await firstAnswer(port);
  return { ...running, port };
}

/** The port is open before the flow runs. */
async function firstAnswer(port: number): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/composite`, {
      method: 'POST',
      signal: AbortSignal.timeout(5000),
    });
    if (response.ok) return;
    if (attempt > 100) throw new Error(`Node-RED answers ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function flow(backendPort: number): object[] {
  const node = (id: string, type: string, more: object) => ({
    ...{ id, type, z: 'flow', x: 0, y: 0 },
    ...more,
  });
  const call = (id: string, path: string) =>
    node(id, 'http request', {
      ...{ method: 'GET', ret: 'obj', url: `http://127.0.0.1:${backendPort}${path}` },
      wires: [['join']],
    });
  // A join in automatic mode needs msg.parts, which the function sets for each call.
  const fork = `const parts = (index) => ({ id: msg._msgid, type: 'array', len: 1, index, count: 2 });
return [{ ...msg, payload: '', parts: parts(0) }, { ...msg, payload: '', parts: parts(1) }];`;
  const answer = `const [customer, order] = msg.payload;
msg.payload = { customer: customer.id, order: order.id, text: 'order ' + order.id + ' of ' + customer.id };
return msg;`;
  return [
    { id: 'flow', type: 'tab', label: 'composite' },
    node('in', 'http in', { url: '/composite', method: 'post', wires: [['fork']] }),
    node('fork', 'function', { func: fork, outputs: 2, wires: [['customer'], ['order']] }),
    call('customer', '/customers/1'),
    call('order', '/orders/1'),
    node('join', 'join', { mode: 'auto', wires: [['answer']] }),
    node('answer', 'function', { func: answer, outputs: 1, wires: [['out']] }),
    node('out', 'http response', { wires: [] }),
  ];
}
