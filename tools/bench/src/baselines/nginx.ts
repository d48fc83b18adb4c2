import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, hasProgram, runProcess, type RunningProgram } from '../processes/run-process.js';

/** An nginx with one worker. */
export interface NginxOptions {
  readonly name: string;
  readonly scratch: string;
  readonly core: number;
  /** Directives of the http block, and of the server block. */
  readonly http?: string;
  readonly server: string;
}

/** What the rows say where nginx is not installed. */
export const withoutNginx = 'nginx is not installed (apt-get install -y nginx-light)';

/** Whether nginx is there. */
export function hasNginx(): boolean {
  return hasProgram('nginx');
}

/** Starts nginx on a free port, with every file below the scratch folder. */
export async function startNginx(
  options: NginxOptions,
): Promise<RunningProgram & { readonly port: number }> {
  const folder = join(options.scratch, `nginx-${options.name}`);
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port, options));
  const running = await runProcess({
    name: `nginx (${options.name})`,
    command: 'nginx',
    args: ['-p', folder, '-c', file, '-e', join(folder, 'error.log')],
    log: join(folder, 'output.log'),
    core: options.core,
    port,
  });
  return { ...running, port };
}

function configuration(folder: string, port: number, { http = '', server }: NginxOptions): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  const asRoot = process.getuid?.() === 0 ? 'user root;' : '';
  return `${asRoot}
daemon off;
worker_processes 1;
worker_rlimit_nofile 65536;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')} error;
events { worker_connections 20000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  ${paths.join('\n  ')}
  ${http}
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}
`;
}

/** An upstream block with kept connections. */
export function upstream(port: number): string {
  return `upstream backend { server 127.0.0.1:${port}; keepalive 256; keepalive_requests 1000000000; keepalive_timeout 300s; }`;
}

/** A location body that forwards over kept connections. */
export const forwardToUpstream =
  'proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";';
