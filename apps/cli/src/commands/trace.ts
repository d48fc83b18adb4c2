import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { request } from 'undici';

interface TraceOptions {
  readonly method: string;
  readonly header?: readonly string[];
  readonly data?: string;
  readonly credential?: string;
  readonly secret?: string;
  readonly json?: boolean;
}

interface TraceEntry {
  readonly source: string;
  readonly elapsed: string;
  readonly data: unknown;
}

interface CallTrace {
  readonly traceId: string;
  readonly traceEntries: Readonly<Record<string, readonly TraceEntry[]>>;
}

/** Adds `isthmus trace`: makes one call and shows what the gateway did with it. */
export function register(program: Command): void {
  program
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
    .option('--json', 'print the trace as JSON')
    .action(async (url: string, options: TraceOptions) => {
      process.exitCode = await trace(url, options);
    });
}

async function trace(text: string, options: TraceOptions): Promise<number> {
  const url = new URL(text);
  const credential = options.credential ?? ownCredential(options.secret ?? localSecret(url));
  if (credential === undefined) {
    console.error(
      'isthmus trace: who may trace? Give --credential or --secret, or trace a gateway that "isthmus gateway" runs on this machine.',
    );
    return 2;
  }
  const answer = await request(url, {
    method: options.method as 'GET',
    headers: { ...headersOf(options.header ?? []), 'Apim-Debug-Authorization': credential },
    body: options.data ?? null,
  });
  await answer.body.dump();
  const traceId = answer.headers['apim-trace-id'];
  if (typeof traceId !== 'string') {
    console.error(
      `isthmus trace: the gateway answered ${answer.statusCode} without a trace; the credential or the secret may be wrong.`,
    );
    return 1;
  }
  const found = await request(new URL(`/trace-0123456789abcdef/${traceId}`, url), {
    headers: { 'Apim-Debug-Authorization': credential },
  });
  const callTrace = (await found.body.json()) as CallTrace;
  console.log(
    options.json ? JSON.stringify(callTrace, null, 2) : tree(callTrace, answer.statusCode),
  );
  return 0;
}

/** `isthmus gateway` leaves its secret where only this user can read it. */
export function secretFile(port: string): string {
  return join(tmpdir(), `isthmus-gateway-${port}.json`);
}

function localSecret(url: URL): string | undefined {
  try {
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    return (JSON.parse(readFileSync(secretFile(port), 'utf8')) as { traceSecret: string })
      .traceSecret;
  } catch {
    return undefined;
  }
}

/** A credential for five minutes, by the secret of the gateway. */
function ownCredential(secret: string | undefined): string | undefined {
  if (secret === undefined) return undefined;
  const credential = { expires: Date.now() + 5 * 60_000 };
  const payload = Buffer.from(JSON.stringify(credential)).toString('base64url');
  return `${payload}.${createHmac('sha256', secret).update(`debug-credential:${payload}`).digest('base64url')}`;
}

function headersOf(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    list.map((one) => [
      one.slice(0, one.indexOf(':')).trim(),
      one.slice(one.indexOf(':') + 1).trim(),
    ]),
  );
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
