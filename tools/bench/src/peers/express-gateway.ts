import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort, runProcess, type RunningProgram } from '../processes/run-process.js';
import { installPeer } from './install-peer.js';

const version = '1.16.11';
const nodeVersion = '20.19.5';
const nodePackage = `node-${process.platform}-${process.arch}`;

/** The version that is compared with. */
export const expressGatewayName = `express-gateway ${version}`;

/** Policies of its one pipeline, in front of the proxy. */
export type ExpressPolicies = readonly Readonly<Record<string, object>>[];

/**
 * Starts express-gateway. It runs on the Node.js release of its time: on newer ones its response policies have no
 * effect. Its limits count in the Redis emulation that it brings along.
 */
export async function startExpressGateway(options: {
  readonly scratch: string;
  readonly core: number;
  readonly backendPort: number;
  readonly policies: ExpressPolicies;
}): Promise<(RunningProgram & { readonly port: number }) | string> {
  const peer = await installPeer({
    name: 'express-gateway',
    version,
    beside: { [nodePackage]: nodeVersion },
  });
  if ('missing' in peer) return peer.missing;
  const port = await freePort();
  const folder = join(options.scratch, 'express-gateway');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'gateway.config.yml'), gatewayConfig(port, options));
  await writeFile(join(folder, 'system.config.yml'), systemConfig);
  const library = join(peer.folder, 'node_modules/express-gateway');
  await cp(join(library, 'lib/config/models'), join(folder, 'models'), { recursive: true });
  const running = await runProcess({
    name: expressGatewayName,
    command: join(peer.folder, 'node_modules', nodePackage, 'bin/node'),
    args: ['-e', `require(${JSON.stringify(library)})().load(${JSON.stringify(folder)}).run()`],
    env: { EG_CONFIG_DIR: folder, EG_DISABLE_CONFIG_WATCH: 'true', LOG_LEVEL: 'error' },
    log: join(options.scratch, 'express-gateway.log'),
    core: options.core,
    port,
  });
  return { ...running, port };
}

function gatewayConfig(
  port: number,
  { backendPort, policies }: { readonly backendPort: number; readonly policies: ExpressPolicies },
): string {
  const proxy = { proxy: [{ action: { serviceEndpoint: 'backend', changeOrigin: true } }] };
  return stringify({
    http: { port, hostname: '127.0.0.1' },
    apiEndpoints: { all: { host: '*', paths: '/*' } },
    serviceEndpoints: { backend: { url: `http://127.0.0.1:${backendPort}` } },
    policies: [...policies.flatMap((policy) => Object.keys(policy)), 'proxy'],
    pipelines: {
      all: {
        apiEndpoints: ['all'],
        policies: [
          ...policies.map((policy) =>
            Object.fromEntries(
              Object.entries(policy).map(([name, action]) => [name, [{ action }]]),
            ),
          ),
          proxy,
        ],
      },
    },
  });
}

const systemConfig = stringify({
  db: { redis: { emulate: true, namespace: 'EG' } },
  crypto: { cipherKey: 'sensitiveKey', algorithm: 'aes256', saltRounds: 10 },
  session: { secret: 'bench', resave: false, saveUninitialized: false },
  accessTokens: { timeToExpiry: 7_200_000 },
  refreshTokens: { timeToExpiry: 7_200_000 },
  authorizationCodes: { timeToExpiry: 300_000 },
});
