import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { childEnvironment } from '../gateway-process/settings.js';
import { tokenValues } from '../token-values.js';
import { leaveSecret } from '../gateway-process/trace-secret.js';

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
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    console.error(`isthmus gateway: there is no folder '${folder}'.`);
    return 2;
  }
  if (!existsSync(entry)) {
    console.error(
      'isthmus gateway: the gateway is not built yet. Run "npm run build" in the root of the clone first.',
    );
    return 2;
  }
  const list = flags(options, folder);
  const scratch = mkdtempSync(join(tmpdir(), 'isthmus-gateway-'));
  const traceSecret = randomBytes(24).toString('base64url');
  const takeSecretAway = leaveSecret(options.port, traceSecret);
  const child = spawn(process.execPath, [entry, ...list, '--backup-folder', scratch], {
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
    takeSecretAway();
  }
}

function flags(options: GatewayOptions, folder: string): string[] {
  const list = [
    '--config',
    folder,
    '--host',
    '127.0.0.1',
    '--port',
    options.port,
    '--management-port',
    '0',
    '--log-level',
    options.logLevel,
  ];
  if (options.environment) list.push('--config-environment', options.environment);
  const tokens = [...tokenValues(options.token ?? [])].map((pair) => asListItem(pair.join('=')));
  if (tokens.length > 0) list.push('--tokens', tokens.join(','));
  if (options.allowPrivateBackends) list.push('--allow-private-backends');
  return list;
}

/** Commas of a value are no commas of the list that the setting is. */
function asListItem(text: string): string {
  return text.replaceAll(',', String.raw`\,`);
}
