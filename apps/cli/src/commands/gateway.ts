import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { childEnvironment } from '../gateway-process/settings.js';
import { secretFile } from './trace.js';

/** What `isthmus gateway` was asked to do. */
interface GatewayOptions {
  readonly config: string;
  readonly port: string;
  readonly environment?: string;
  readonly token?: readonly string[];
  readonly allowPrivateBackends?: boolean;
  readonly logLevel: string;
}

const entry = fileURLToPath(new URL('../../../gateway/dist/main.js', import.meta.url));

/** Adds `isthmus gateway`: a gateway on an APIOps folder, without a catalog. */
export function register(program: Command): void {
  program
    .command('gateway')
    .description(
      'Serve an APIOps folder on this machine; changes of files are taken up while it runs',
    )
    .requiredOption('--config <folder>', 'APIOps folder')
    .option('--port <number>', 'port on 127.0.0.1', '8080')
    .option('--environment <name>', 'lay configuration.<name>.yaml over the folder')
    .option('--token <name=value...>', 'values of {#NAME#} tokens')
    .option('--allow-private-backends', 'backends may have private addresses')
    .option('--log-level <level>', 'least severe level that is logged', 'info')
    .action(async (options: GatewayOptions) => {
      process.exitCode = await runGateway(options);
    });
}

/** Runs the gateway as a process of its own and ends with it; resolves to the exit status. */
async function runGateway(options: GatewayOptions): Promise<number> {
  const folder = resolve(options.config);
  if (!existsSync(folder)) {
    console.error(`isthmus gateway: there is no folder '${folder}'.`);
    return 2;
  }
  if (!existsSync(entry)) {
    console.error(
      'isthmus gateway: the gateway is not built yet. Run "npm run build" in the root of the clone first.',
    );
    return 2;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'isthmus-gateway-'));
  // `isthmus trace` on this machine finds the secret by the port; nobody else can read it.
  const traceSecret = randomBytes(24).toString('base64url');
  writeFileSync(secretFile(options.port), JSON.stringify({ traceSecret }), { mode: 0o600 });
  const child = spawn(process.execPath, [entry, ...flags(options, folder, scratch)], {
    env: childEnvironment({ ISTHMUS_TRACE_SECRET: traceSecret }),
    // The gateway ends when this channel closes, so it never outlives the command.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = (signal: NodeJS.Signals): void =>
    void child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  for (const signal of signals) process.on(signal, pass);
  try {
    return await new Promise<number>((done) => {
      child.on('error', (error) => {
        console.error(`isthmus gateway: ${error.message}`);
        done(1);
      });
      child.on('exit', (code, signal) => done(code ?? (signal === 'SIGTERM' ? 143 : 1)));
    });
  } finally {
    for (const signal of signals) process.off(signal, pass);
    rmSync(scratch, { recursive: true, force: true });
    rmSync(secretFile(options.port), { force: true });
  }
}

function flags(options: GatewayOptions, folder: string, scratch: string): string[] {
  const list = [
    '--config',
    folder,
    '--host',
    '127.0.0.1',
    '--port',
    options.port,
    '--management-port',
    '0',
    '--backup-folder',
    scratch,
    '--log-level',
    options.logLevel,
  ];
  if (options.environment) list.push('--config-environment', options.environment);
  if (options.token?.length) list.push('--tokens', options.token.join(','));
  if (options.allowPrivateBackends) list.push('--allow-private-backends');
  return list;
}
