import { createHmac } from 'node:crypto';
import { listDebugCredentials, listTrace, ContractError } from '@isthmus/contracts';
import type { CallTrace } from '@isthmus/contracts';
import type { Command } from 'commander';
import { request } from 'undici';
import { openCatalog, reached, withCatalogOptions } from '../catalog/catalog-access.js';
import type { AccessOptions, CatalogAccess } from '../catalog/catalog-access.js';
import { localSecret } from '../gateway-process/trace-secret.js';
import { UsageError } from '../usage-error.js';

interface TraceOptions extends Partial<AccessOptions> {
  readonly method: string;
  readonly header?: readonly string[];
  readonly data?: string;
  readonly credential?: string;
  readonly secret?: string;
  readonly json?: boolean;
  readonly api?: string;
  readonly gateway: string;
}

/** Adds `isthmus trace`: makes one call and shows what the gateway did with it. */
export function register(program: Command): void {
  const command = program
    .command('trace <url>')
    .description('Make a call and show every step that the gateway took, with times')
    .option('-X, --method <method>', 'HTTP method', 'GET')
    .option('-H, --header <name: value...>', 'request headers')
    .option('-d, --data <text>', 'request body')
    .option(
      '--credential <token>',
      "debug credential that the catalog's listDebugCredentials issued",
    )
    .option(
      '--secret <secret>',
      'trace-secret of the gateway; that of a local "isthmus gateway" is found by its port',
    )
    .option('--api <id>', 'API whose calls are traced, where --catalog issues the credential')
    .option('--gateway <id>', 'gateway that is called, as the catalog names it', 'managed')
    .option('--json', 'print the trace as JSON');
  withCatalogOptions(command, 'optional').action(async (url: string, options: TraceOptions) => {
    process.exitCode = await trace(url, options);
  });
}

async function trace(text: string, options: TraceOptions): Promise<number> {
  const url = callAddress(text);
  const headers = headersOf(options.header ?? []);
  const catalog =
    options.catalog === undefined ? undefined : await openCatalog(options as AccessOptions);
  const credential =
    options.credential ??
    (catalog ? await issued(catalog, options) : ownCredential(options.secret ?? secretAt(url)));
  if (credential === undefined)
    throw new UsageError(
      'Who may trace? Give --catalog and --api, --credential or --secret, or trace a gateway that "isthmus gateway" runs on this machine.',
    );
  const answer = await request(url, {
    method: options.method as 'GET',
    headers: [...headers, 'Apim-Debug-Authorization', credential],
    body: options.data ?? null,
  }).catch((error: Error) => {
    throw new UsageError(`${url.origin} gives no answer: ${error.message}`);
  });
  await answer.body.dump();
  const traceId = answer.headers['apim-trace-id'];
  if (typeof traceId !== 'string') {
    console.error(
      `isthmus trace: the gateway answered ${answer.statusCode} without a trace: the credential is wrong, expired or for another API, or the secret is wrong.`,
    );
    return 1;
  }
  const callTrace = catalog
    ? await published(catalog, options.gateway, traceId)
    : await kept(url, traceId, credential);
  console.log(
    options.json ? JSON.stringify(callTrace, null, 2) : tree(callTrace, answer.statusCode),
  );
  return 0;
}

/** The trace, from the gateway that recorded it. */
async function kept(url: URL, traceId: string, credential: string): Promise<CallTrace> {
  const found = await request(new URL(`/trace-0123456789abcdef/${traceId}`, url), {
    headers: { 'Apim-Debug-Authorization': credential },
  });
  if (found.statusCode === 200) return (await found.body.json()) as CallTrace;
  await found.body.dump();
  throw new UsageError(
    `the gateway has no trace ${traceId}; behind a load balancer ask the catalog for it (--catalog).`,
  );
}

/** A credential of the catalog for one API. */
async function issued(
  { client, params }: CatalogAccess,
  { api, gateway: gatewayId }: TraceOptions,
): Promise<string> {
  if (api === undefined) throw new UsageError('--catalog needs --api, the API that is called.');
  const body = { apiId: `/apis/${api.replace(/^\/?apis\//, '')}`, purposes: ['tracing' as const] };
  const answer = await reached(
    client(listDebugCredentials, { params: { ...params, gatewayId }, body }),
  );
  return answer.token;
}

/** The trace, from the catalog: the gateway gives it there a moment after the call. */
async function published(
  { client, params }: CatalogAccess,
  gatewayId: string,
  traceId: string,
): Promise<CallTrace> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await client(listTrace, { params: { ...params, gatewayId }, body: { traceId } });
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      if (error.status !== 404 || attempt === 20) throw new UsageError(error.message);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The secret of the gateway that `isthmus gateway` runs at the port of an address. */
function secretAt(url: URL): string | undefined {
  return localSecret(url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port);
}

/** A credential for five minutes, by the secret of the gateway. */
function ownCredential(secret: string | undefined): string | undefined {
  if (secret === undefined) return undefined;
  const credential = { expires: Date.now() + 5 * 60_000 };
  const payload = Buffer.from(JSON.stringify(credential)).toString('base64url');
  return `${payload}.${createHmac('sha256', secret).update(`debug-credential:${payload}`).digest('base64url')}`;
}

function callAddress(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError(`'${text}' is no address of a call, such as http://127.0.0.1:8080/shop.`);
  return url;
}

/** Names and values in turn, so that a field may be given several times. */
function headersOf(list: readonly string[]): string[] {
  return list.flatMap((one) => {
    const colon = one.indexOf(':');
    if (colon < 1) throw new UsageError(`A header is given as 'Name: value', not as '${one}'.`);
    return [one.slice(0, colon).trim(), one.slice(colon + 1).trim()];
  });
}

/** The trace as text: sections, steps with their times, and what each told. */
function tree(callTrace: CallTrace, status: number): string {
  const lines = [`${status}  trace ${callTrace.traceId}`];
  for (const [section, entries] of Object.entries(callTrace.traceEntries)) {
    if (entries.length === 0) continue;
    lines.push(`├─ ${section}`);
    for (const { source, elapsed, data } of entries) {
      lines.push(`│  ├─ ${milliseconds(elapsed).padStart(9)}  ${source}`);
      for (const line of details(data)) lines.push(`│  │             ${line}`);
    }
  }
  return lines.join('\n');
}

function milliseconds(elapsed: string): string {
  const [hours = 0, minutes = 0, seconds = 0] = elapsed.split(':').map(Number);
  return `${(((hours * 60 + minutes) * 60 + seconds) * 1000).toFixed(2)} ms`;
}

function details(data: unknown): string[] {
  if (typeof data === 'string') return [printable(data)];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).map(([name, value]) =>
    `${name}: ${printable(typeof value === 'string' ? value : JSON.stringify(value))}`.slice(
      0,
      240,
    ),
  );
}

/** What came over the wire must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
