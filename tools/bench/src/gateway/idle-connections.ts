import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../measurement/process-tree.js';
import type { Table } from '../report/table.js';
import { isthmus, ours, type GatewayBench } from './isthmus-candidate.js';

const connections = 10_000;
const column = `MiB for ${connections.toLocaleString('en')} idle connections`;

/** What connections cost that have made one call and wait for the next. */
export async function idleConnections(bench: GatewayBench): Promise<Table> {
  const path = '/cached/things/1';
  const server = await isthmus(bench, [{ method: 'GET', path, headers: {} }]).start();
  if (typeof server === 'string') throw new Error(server);
  const sockets: Socket[] = [];
  try {
    // The first thousand fill pools and compile code; they do not count.
    await open(sockets, server.port, 1000);
    sockets.splice(0).forEach((socket) => socket.destroy());
    await sleep(2000);
    const before = usageOf(server.pids)?.memory ?? Number.NaN;
    await open(sockets, server.port, connections);
    await sleep(2000);
    const after = usageOf(server.pids)?.memory ?? Number.NaN;
    const cells = { 'RSS MiB before': before / 2 ** 20, [column]: (after - before) / 2 ** 20 };
    return {
      name: 'idle',
      title: 'memory of idle connections, each after one call',
      columns: Object.keys(cells),
      rows: [{ name: ours, cells }],
      targets: [{ row: ours, column, value: 100, better: 'less' }],
    };
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
}

async function open(sockets: Socket[], port: number, count: number): Promise<void> {
  for (let done = 0; done < count; done += 100)
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => openOne(port)))));
}

function openOne(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /cached/things/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'),
    );
    socket.once('error', reject);
    socket.once('data', () => resolve(socket));
  });
}
