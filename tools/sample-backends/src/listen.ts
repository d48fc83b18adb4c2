import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

/** A listening server and its base URL. */
export interface Listening {
  readonly server: Server;
  readonly url: string;
}

/** Listens on a port of the loopback interface; 0 takes any free one. */
export async function listen(handler: RequestListener, port: number): Promise<Listening> {
  const server = createServer(handler).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/**
 * Runs one backend as a process: `--port`, the URL on the first line of output and over IPC, and an
 * end on SIGTERM, SIGINT or when the process that started it goes away.
 */
export async function runBackend(
  name: string,
  start: (port: number) => Promise<Listening>,
): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const { server, url } = await start(Number(values.port));
  process.stdout.write(`${name} listens on ${url}\n`);
  process.send?.({ type: 'started', url });
  const stop = () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.channel) process.on('disconnect', stop);
}
